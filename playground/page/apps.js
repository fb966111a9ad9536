/** What hangs on a message: reactions, a thread, and its menu (Apps), by its buttons or by the other mouse button. */

import { act, tell } from "./deeds.js";
import { closePopup, menuItem, openPopup } from "./popup.js";

/** What people put under pictures, and what the bot listens to. */
const EMOJIS = {
  "✉️": "Send it to me", "❌": "Take it away", "⭐": "Star", "❤️": "Heart", "👍": "Thumbs up", "👎": "Thumbs down",
  "😍": "In love", "😂": "Laughing", "🎉": "Hooray", "🔥": "Fire", "👀": "Eyes", "🤔": "Thinking",
};

async function openApps(messageId, x, y) {
  const answer = await act("menu", { target_id: messageId });
  if (!answer) return;
  const commands = answer.names.map((name) => menuItem(name, () => act("menu", { name, target_id: messageId })));
  const links = answer.links.map(([name, link]) => menuItem(name, () => copy(link)));
  openPopup("names", [...commands, ...links], x, y);
}

/** Copies a link, and shows it where the browser does not let it be copied. */
async function copy(link) {
  await navigator.clipboard.writeText(link).then(() => tell(`Copied: ${link}`), () => tell(link));
}

function openEmojis(messageId, x, y) {
  const react = (emoji) => act("react", { target_id: messageId, emoji, reacted: true });
  openPopup("emojis", Object.entries(EMOJIS).map(([emoji, name]) => menuItem(emoji, () => react(emoji), name)), x, y);
}

/** Asks for a thread's name, opens it, and goes there. */
function openQuestion(messageId, proposal, x, y) {
  const name = document.createElement("input");
  name.maxLength = 100;
  name.value = proposal;
  name.placeholder = "The thread's name";
  name.setAttribute("aria-label", name.placeholder);
  const submit = document.createElement("button");
  submit.textContent = "Open thread";
  const question = document.createElement("form");
  question.append(name, submit);
  question.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!name.value.trim()) return;
    closePopup();
    const opened = await act("thread", { name: name.value, target_id: messageId });
    if (opened) location.href = opened.address;
  });
  openPopup("question", [question], x, y);
  name.select();
}

/** A picture's thread is called like its prompt. */
const proposalOf = (message) => (message.querySelector(".message-content")?.innerText || "")
  .trim().split("\n")[0].split(" - ")[0].slice(0, 60);

/** What only one person sees goes from their page alone; the bot is not told. */
const DISMISSED = "dismissed";
const hidden = new CSSStyleSheet();
document.adoptedStyleSheets.push(hidden);
const readDismissed = () => JSON.parse(sessionStorage.getItem(DISMISSED) || "[]");

function hideDismissed() {
  hidden.replaceSync(readDismissed().map((id) => `[data-message-id="${id}"] { display: none !important; }`).join("\n"));
}

function dismiss(messageId) {
  sessionStorage.setItem(DISMISSED, JSON.stringify([...readDismissed(), messageId]));
  hideDismissed();
}
hideDismissed();

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-deed]");
  if (!button) return;
  const { left, bottom } = button.getBoundingClientRect();
  const { deed, messageId = null } = button.dataset;
  const message = button.closest(".channel-message");
  if (deed === "dismiss") dismiss(messageId);
  else if (deed === "apps") openApps(messageId, left, bottom);
  else if (deed === "react") openEmojis(messageId, left, bottom);
  else openQuestion(messageId, message ? proposalOf(message) : "", left, bottom);
});

// simcord's page reacts by an action of its own, which direct messages do not have.
document.addEventListener("react", ({ detail }) => act("react", detail));

document.addEventListener("contextmenu", (event) => {
  const message = event.target.closest("#channel-timeline .channel-message");
  const apps = message?.querySelector(".message-apps");
  if (!apps || event.target.closest("a, input, textarea")) return;
  event.preventDefault();
  openApps(apps.dataset.messageId, event.clientX, event.clientY);
});
