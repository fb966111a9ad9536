/** Files go with a message, or into a command that asks for them: chosen by +, pasted, or dropped. */

import { act, tell } from "./deeds.js";

const MAX_FILES = 10;
const MAX_BYTES = 10 * 1024 * 1024;

const form = document.getElementById("channel-composer");
const input = document.getElementById("channel-composer-input");
const chooser = document.getElementById("attach-input");
const list = document.getElementById("attached");
let attached = [];

const isCommand = () => Boolean(form.querySelector(".command-row"));
const emptyField = () => [...form.querySelectorAll(".command-file-input")]
  .find((field) => !field.parentElement.querySelector(".command-file-remove"));

/** A command's empty options take the files in their order. */
function fillIn(files) {
  for (const file of files) {
    const field = emptyField();
    if (!field) { tell("This command has no empty place for a file: add one of its options first."); return; }
    const transfer = new DataTransfer();
    transfer.items.add(file);
    field.files = transfer.files;
    field.dispatchEvent(new Event("change"));
  }
}

function attach(files) {
  const small = files.filter((file) => file.size <= MAX_BYTES);
  if (small.length < files.length) tell("A file may have 10 MB.");
  attached = [...attached, ...small].slice(0, MAX_FILES);
  show();
  input.focus();
}

function show() {
  list.replaceChildren(...attached.map((file) => {
    const item = document.createElement("li");
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.setAttribute("aria-label", `Remove ${file.name}`);
    remove.addEventListener("click", () => detach(file));
    item.append(file.name, remove);
    return item;
  }));
}

function detach(file) {
  attached = attached.filter((other) => other !== file);
  show();
  input.focus();
}

function take(files) {
  if (!files.length) return false;
  tell("");
  if (isCommand()) fillIn(files); else attach(files);
  return true;
}

document.getElementById("attach").addEventListener("click", () => chooser.click());
chooser.addEventListener("change", () => { take([...chooser.files]); chooser.value = ""; });

const isInForm = (event) => Boolean(event.target.closest?.("#modal-root"));
document.addEventListener("paste", (event) => {
  if (!isInForm(event) && take([...event.clipboardData.files])) event.preventDefault();
});
document.addEventListener("dragover", (event) => { if (!isInForm(event)) event.preventDefault(); });
document.addEventListener("drop", (event) => {
  if (isInForm(event)) return;
  event.preventDefault();
  take([...event.dataTransfer.files]);
});

form.addEventListener("submit", async (event) => {
  if (!attached.length || isCommand()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const sent = attached;
  if (!await act("post", { content: input.value }, { files: sent })) return;
  attached = attached.filter((file) => !sent.includes(file));
  show();
  input.value = "";
  input.dispatchEvent(new Event("input", { bubbles: true }));
}, true);
