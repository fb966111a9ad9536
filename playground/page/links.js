/** Links to messages and channels, threads and replies lead there inside this page instead of to discord.com. */

import { tell } from "./deeds.js";
import { renewChannels } from "./sidebar.js";

const LINK = /^https:\/\/(?:\w+\.)?discord\.com\/channels\/(@me|\d+)\/(\d+)(?:\/(\d+))?\/?$/;
const PARAMETER = "message";

const linkOf = (channelId) => document.querySelector(`#chat-sidebar [data-channel="${channelId}"]`);
const isHere = (link) => link.hasAttribute("aria-current");

async function follow(channelId, messageId) {
  if (!linkOf(channelId)) await renewChannels();
  const link = linkOf(channelId);
  if (!link) { tell("That channel is not shown here."); return; }
  if (!isHere(link)) {
    const address = new URL(link.href);
    if (messageId) address.searchParams.set(PARAMETER, messageId);
    location.href = address.href;
  } else if (messageId) jump(messageId);
}

/** Shows a message of this channel, also one that is too old to be on the page yet. */
export function jump(messageId) {
  const form = document.getElementById("message-exact-form");
  document.getElementById("message-exact-id").value = messageId;
  form.requestSubmit();
  const ends = Date.now() + 5000;
  const look = () => {
    const message = document.querySelector(`.channel-message[data-message-id="${messageId}"]`);
    if (message) { message.scrollIntoView({ block: "center" }); light(message); }
    else if (Date.now() < ends) setTimeout(look, 50);
    else tell("That message is not there any more.");
  };
  look();
}

function light(message) {
  for (const other of document.querySelectorAll(".is-pointed-at")) other.classList.remove("is-pointed-at");
  message.classList.add("is-pointed-at");
  setTimeout(() => message.classList.remove("is-pointed-at"), 3000);
}

document.addEventListener("click", (event) => {
  const anchor = event.target.closest("a[href]");
  const [, , channelId, messageId] = anchor?.href.match(LINK) || [];
  const near = event.target.closest("[data-to-channel]");
  if (channelId) follow(channelId, messageId);
  else if (near && !anchor) follow(near.dataset.toChannel, near.dataset.toMessage);
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[data-to-channel]")) event.target.click();
});

const asked = new URLSearchParams(location.search).get(PARAMETER);
if (asked) {
  const address = new URL(location.href);
  address.searchParams.delete(PARAMETER);
  history.replaceState(null, "", address.href);
  const wait = () => (window.simcordPreview?.ready ? jump(asked) : setTimeout(wait, 50));
  wait();
}
