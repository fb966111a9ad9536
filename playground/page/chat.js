/** What a chat client does beside its channel: a drawer on phones, and a hint to whoever only talks. */

const byId = (id) => document.getElementById(id);
const drawer = byId("chat-drawer");
const form = byId("channel-composer");
const input = byId("channel-composer-input");
const hint = byId("chat-hint");

function showDrawer(isOpen) {
  document.body.classList.toggle("drawer-open", isOpen);
  drawer.setAttribute("aria-expanded", String(isOpen));
  (isOpen ? document.querySelector("#chat-sidebar a[aria-current]") : drawer).focus();
}

drawer.addEventListener("click", () => showDrawer(!document.body.classList.contains("drawer-open")));
byId("chat-scrim").addEventListener("click", () => showDrawer(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("drawer-open")) showDrawer(false);
});

// The bot may make rooms while one looks; which there are is known to the server alone.
async function renewChannels() {
  if (document.hidden) return;
  const fresh = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const [now, next] = [document, fresh].map((page) => page.querySelector(".chat-links"));
  if (now.innerHTML !== next.innerHTML) now.replaceWith(next);
}
setInterval(() => renewChannels().catch(() => {}), 3000);

// Whatever is typed or pasted goes into the composer, also before somebody has clicked there.
document.addEventListener("keydown", (event) => {
  const isShortcut = (event.ctrlKey || event.metaKey || event.altKey) && event.key !== "v";
  const isIdle = document.activeElement === document.body;
  const isOnButton = event.key !== " " && document.activeElement.matches("button, a");  // pressed a moment ago
  if (event.key.length === 1 && !isShortcut && (isIdle || isOnButton)) input.focus();
});

function startCommand() {
  input.value = "/imagine ";
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function showHint(text) {
  const command = document.createElement("button");
  command.type = "button";
  command.textContent = "/imagine";
  command.addEventListener("click", startCommand);
  hint.replaceChildren(text, " Type ", command, " to draw.");
}

// Commands do not come this far: simcord's own listener, in the phase before, takes them.
form.addEventListener("submit", () => {
  const written = input.value.trim();
  if (!written || byId("send-message").dataset.mode === "Save") return;
  showHint(written.startsWith("/") ? "There is no such command." : "Only commands draw.");
});
input.addEventListener("input", () => { if (input.value.startsWith("/")) hint.replaceChildren(); });

// Who sends something wants to see what comes of it.
function showEnd() {
  const timeline = byId("channel-timeline");
  timeline.scrollTop = timeline.scrollHeight;
}

form.addEventListener("keydown", (event) => { if (event.key === "Enter") showEnd(); }, true);
byId("send-message").addEventListener("click", showEnd);
