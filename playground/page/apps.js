/** The menu of a message, as a chat client has it under Apps: by its button, or by the other mouse button. */

const menu = document.createElement("div");
menu.id = "message-menu";
menu.setAttribute("role", "menu");
menu.hidden = true;
document.body.append(menu);

async function act(body) {
  const headers = {
    "Content-Type": "application/json",
    "X-Simcord-Capability": location.hash.slice(1),
    "X-Simcord-Context": document.body.dataset.context,
  };
  const answer = await fetch("/api/action", {
    method: "POST", headers, body: JSON.stringify({ kind: "menu", ...body }), cache: "no-store",
  });
  return answer.json();
}

function close() {
  menu.hidden = true;
}

async function open(messageId, x, y) {
  const { names } = await act({});
  if (!names.length) return;
  menu.replaceChildren(...names.map((name) => {
    const item = document.createElement("button");
    item.type = "button";
    item.setAttribute("role", "menuitem");
    item.textContent = name;
    item.addEventListener("click", () => { close(); act({ name, target_id: messageId }); });
    return item;
  }));
  menu.hidden = false;
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - menu.offsetHeight - 8))}px`;
  menu.firstElementChild.focus();
}

document.addEventListener("click", (event) => {
  const apps = event.target.closest(".message-apps");
  if (!apps) { if (!menu.contains(event.target)) close(); return; }
  const { left, bottom } = apps.getBoundingClientRect();
  open(apps.dataset.messageId, left, bottom);
});
document.addEventListener("contextmenu", (event) => {
  const message = event.target.closest("#channel-timeline *")?.closest(":has(> .message-context-actions)");
  const apps = message?.querySelector(".message-apps");
  if (!apps) return;
  event.preventDefault();
  open(apps.dataset.messageId, event.clientX, event.clientY);
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
