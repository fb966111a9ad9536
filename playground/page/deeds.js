/** What this page does beside what simcord's does is asked of the server here, and its refusals are shown. */

const hint = document.getElementById("chat-hint");

/** Shows a line below the composer. */
export function tell(text) {
  hint.replaceChildren(text);
}

/** Does one of our own deeds; what the server answers, or null where it refused. Files go by their fields' names. */
export async function act(kind, body = {}, files = {}) {
  const headers = {
    "X-Simcord-Capability": location.hash.slice(1),
    "X-Simcord-Context": document.body.dataset.context,
  };
  const form = new FormData();
  form.append("payload", JSON.stringify({ kind, values: {}, ...body }));
  for (const [name, chosen] of Object.entries(files)) {
    for (const file of chosen) form.append(`file:${name}`, file, file.name);
  }
  const answer = await fetch("/api/action", { method: "POST", headers, body: form, cache: "no-store" })
    .then((response) => response.json())
    .catch(() => ({ refused: "the playground does not answer" }));
  tell("");
  if (!answer.refused) return answer;
  tell(`This cannot be done: ${answer.refused}`);
  return null;
}
