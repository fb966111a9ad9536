/** The list of channels: a drawer on phones, and what is in it, which the server alone knows. */

const byId = (id) => document.getElementById(id);
const drawer = byId("chat-drawer");

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

/** Asks for the list anew: the bot may make rooms while one looks, others open threads, news come. */
export async function renewChannels() {
  const fresh = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const [now, next] = [document, fresh].map((page) => page.querySelector(".chat-links"));
  if (now.innerHTML !== next.innerHTML) now.replaceWith(next);
  drawer.toggleAttribute("data-news", Boolean(document.querySelector("#chat-sidebar [data-news]")));
}

setInterval(() => document.hidden || renewChannels().catch(() => {}), 1500);
