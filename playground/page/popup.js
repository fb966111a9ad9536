/** One small window over the page: a menu, a choice of emojis, a question. */

const popup = document.createElement("div");
popup.id = "message-menu";
popup.hidden = true;
document.body.append(popup);
let opener = null;

export function closePopup() {
  if (popup.hidden) return;
  popup.hidden = true;
  opener?.isConnected && opener.focus();
}

/** Shows these elements near a point, and puts the cursor into the first. */
export function openPopup(className, elements, x, y) {
  opener = document.activeElement;
  popup.className = className;
  popup.setAttribute("role", className === "question" ? "dialog" : "menu");
  popup.replaceChildren(...elements);
  popup.hidden = false;
  popup.style.left = `${Math.max(8, Math.min(x, innerWidth - popup.offsetWidth - 8))}px`;
  popup.style.top = `${Math.max(8, Math.min(y, innerHeight - popup.offsetHeight - 8))}px`;
  popup.querySelector("input, button").focus();
}

/** A button of a menu, which closes it. */
export function menuItem(text, press, label = text) {
  const item = document.createElement("button");
  item.type = "button";
  item.setAttribute("role", "menuitem");
  item.setAttribute("aria-label", label);
  item.textContent = text;
  item.addEventListener("click", () => { closePopup(); press(); });
  return item;
}

document.addEventListener("pointerdown", (event) => { if (!popup.contains(event.target)) popup.hidden = true; });
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closePopup();
  if (popup.hidden || !["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"].includes(event.key)) return;
  const items = [...popup.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  const step = ["ArrowDown", "ArrowRight"].includes(event.key) ? 1 : -1;
  items[(at + step + items.length) % items.length].focus();
});
