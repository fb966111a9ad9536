/** What a chat client's composer does beside simcord's: it takes every key, and hints to whoever only talks. */

const byId = (id) => document.getElementById(id);
const form = byId("channel-composer");
const input = byId("channel-composer-input");
const hint = byId("chat-hint");

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
  if (!byId("history-newer").hidden) byId("new-messages").click();  // it looks at older ones: back to the newest
  const timeline = byId("channel-timeline");
  timeline.scrollTop = timeline.scrollHeight;
}

form.addEventListener("keydown", (event) => { if (event.key === "Enter") showEnd(); }, true);
byId("send-message").addEventListener("click", showEnd);
