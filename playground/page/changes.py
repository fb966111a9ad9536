"""simcord's page with our changes in it, made at start: a text that is not there any more is an error."""

from dataclasses import dataclass
from importlib.resources import files

OURS = (
    "typed.js",
    "chat.js",
    "sidebar.js",
    "deeds.js",
    "popup.js",
    "apps.js",
    "links.js",
    "files.js",
)
STYLE = "page.css"
CONTENT_TYPES = {
    "html": "text/html",
    "css": "text/css",
    "js": "application/javascript",
    "png": "image/png",
}

TITLE = "<!-- title -->"
SIDEBAR = "<!-- sidebar -->"
VIEWER = "<!-- viewer -->"
PLACE = "<!-- place -->"
PARENT = "<!-- parent -->"
"""Places in the document that are filled for each channel and person."""


class PageChanged(Exception):
    """simcord's page is not the one that our changes were written for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A text of one of simcord's files, which must be there exactly once, and what stands there instead."""

    file: str
    old: str
    new: str

    def made_in(self, text: str) -> str:
        """The text with the change in it. Raises: PageChanged."""
        if text.count(self.old) != 1:
            raise PageChanged(
                f"{self.file} of simcord's page has changed: {self.old[:80]!r} is there "
                f"{text.count(self.old)} times. Install the simcord that pyproject.toml names."
            )
        return text.replace(self.old, self.new)


CHANGES = (
    # The document: our sidebar, a button for it on phones, a hint below the composer, our script.
    Change(file="index.html", old="<title>SimCord Preview</title>", new=f"<title>{TITLE}</title>"),
    Change(
        file="index.html",
        old='<link rel="stylesheet" href="/preview.css">',
        new="""<link rel="stylesheet" href="/preview.css">
    <link rel="icon" href="/icon.png">""",
    ),
    Change(file="index.html", old="<body>", new=f'<body data-viewer="{VIEWER}" data-place="{PLACE}">'),
    Change(file="index.html", old='<div id="preview-stage"', new=f'{SIDEBAR}<div id="preview-stage"'),
    Change(
        file="index.html",
        old='<span class="channel-hash" aria-hidden="true">#</span>',
        new=f"""<button id="chat-drawer" type="button" aria-label="Channels and people"
                  aria-controls="chat-sidebar" aria-expanded="false"></button>{PARENT}
                <span class="channel-hash" aria-hidden="true">#</span>""",
    ),
    Change(
        file="index.html",
        old="""<p id="channel-topic" class="channel-topic"></p>
                </div>""",
        new="""<p id="channel-topic" class="channel-topic"></p>
                </div>
                <button id="new-thread" type="button" data-deed="thread"
                  aria-haspopup="dialog">New thread</button>""",
    ),
    Change(
        file="index.html",
        old="""<div class="composer-row">""",
        new="""<ul id="attached" aria-label="Files that go with the message"></ul>
                <div class="composer-row">
                  <button id="attach" type="button" aria-label="Attach files">+</button>
                  <input id="attach-input" type="file" multiple hidden>""",
    ),
    Change(
        file="index.html",
        old="No messages in this channel.",
        new="<strong>Nothing has been drawn here yet.</strong> "
        "Type <code>/imagine a red apple</code> and press Enter.",
    ),
    Change(
        file="index.html",
        old="""</form>
            </section>""",
        new="""</form>
              <p id="chat-hint" role="status"></p>
            </section>""",
    ),
    Change(
        file="index.html",
        old='<script type="module" src="/app.js"></script>',
        new="""<script type="module" src="/app.js"></script>
    <script type="module" src="/chat.js"></script>
    <script type="module" src="/sidebar.js"></script>
    <script type="module" src="/apps.js"></script>
    <script type="module" src="/links.js"></script>
    <script type="module" src="/files.js"></script>""",
    ),
    # The page is opened as the person that its address names.
    Change(
        file="app.js",
        old='request("/api/pages", "POST", {}, null)',
        new='request("/api/pages", "POST", { viewer_id: document.body.dataset.viewer }, null)',
    ),
    # What hangs on a message: simcord's page has no menu (Apps), no new reactions, and opens no threads.
    Change(
        file="messages.js",
        old='if (allowedActions.has("reply")) addAction("reply", "Reply", options.onReply);',
        new="""if (allowedActions.has("reply")) addAction("reply", "Reply", options.onReply);
    /** @param {string} deed @param {string} text @param {string} label */
    const addDeed = (deed, text, label) => {
      const button = node("button", `message-action-button message-${deed}`, text);
      button.type = "button";
      button.dataset.deed = deed;
      button.dataset.messageId = String(message.id);
      button.title = label;
      button.setAttribute("aria-label", label);
      button.setAttribute("aria-haspopup", "menu");
      toolbar.append(button);
    };
    if (!message.ephemeral && allowedActions.has("set_reaction")) addDeed("react", "☺", "Add a reaction");
    if (!message.ephemeral && !message.thread && document.body.dataset.place === "room") {
      addDeed("thread", "↳", "Open a thread");
    }
    addDeed("apps", "Apps", "Apps");""",
    ),
    Change(
        file="messages.js",
        old="""root.append(node("div", "message-ephemeral-note", "Only you can see this"));""",
        new="""const note = node("div", "message-ephemeral-note", "Only you can see this · ");
    const dismiss = node("button", "message-dismiss", "Dismiss message");
    dismiss.type = "button";
    dismiss.dataset.deed = "dismiss";
    dismiss.dataset.messageId = String(message.id);
    note.append(dismiss);
    root.append(note);""",
    ),
    Change(
        file="surfaces.js",
        old="""      dispatch("set_reaction", {
        target_id: String(item.id),
        emoji: key,
        reacted: !reaction.viewer_reacted,
      });""",
        new="""      const detail = { target_id: String(item.id), emoji: key,
        reacted: !reaction.viewer_reacted };
      document.dispatchEvent(new CustomEvent("react", { detail }));""",
    ),
    # Threads and replies lead where they say.
    Change(
        file="messages.js",
        old="""  if (thread.archived) summary""",
        new="""  summary.dataset.toChannel = String(thread.id);
  summary.tabIndex = 0;
  summary.setAttribute("role", "link");
  if (thread.archived) summary""",
    ),
    Change(
        file="messages.js",
        old="""  const preview = node("div", "message-reply");
""",
        new="""  const preview = node("div", "message-reply");
  preview.dataset.toChannel = String(reply.channel_id);
  preview.dataset.toMessage = String(reply.message_id);
  preview.tabIndex = 0;
  preview.setAttribute("role", "link");
""",
    ),
    Change(
        file="transport.js",
        old="setContext: (id) => { contextId = id; },",
        new='setContext: (id) => { contextId = id; document.body.dataset.context = id || ""; },',
    ),
    # It begins at the newest message, and only a hand leaves the end: what grows or shrinks does not.
    Change(
        file="timeline.js",
        old="state.scrollIntent = snapshot.targetId &&",
        new='state.scrollIntent = !previousIds.length ? { policy: "bottom" } : snapshot.targetId &&',
    ),
    Change(
        file="timeline.js",
        old="""state.ready = false;
      if (state.scrollIntent?.policy !== "target")""",
        new="""state.ready = false;
      if (!["target", "bottom"].includes(state.scrollIntent?.policy || ""))""",
    ),
    Change(
        file="timeline.js",
        old="""  ui.timeline.addEventListener("scroll", () => {
""",
        new="""  let handAt = -Infinity;
  let lastTop = 0;
  /** @param {Event} event */
  const noteHand = (event) => {
    if (event.type === "keydown" && !["PageUp", "Home", "ArrowUp", "Tab"].includes(event.key)) return;
    if (event.type === "pointerdown" && event.target !== ui.timeline) return;  // its scroll bar
    handAt = performance.now();
  };
  for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"])
    document.addEventListener(kind, noteHand, { passive: true, capture: true });
  ui.timeline.addEventListener("scroll", () => {
    const isUp = ui.timeline.scrollTop < lastTop && performance.now() - handAt < 1000;
    lastTop = ui.timeline.scrollTop;
    if (!isUp && state.scrollIntent?.policy === "bottom") return;
""",
    ),
    Change(file="timeline.js", old="ui.timeline.clientHeight <= 1 ?", new="ui.timeline.clientHeight <= 8 ?"),
    # A menu of a message that was edited shows what the message says now, not what was chosen in it before.
    Change(
        file="surfaces.js",
        old="    candidates: snapshot.candidates || {},",
        new="    candidates: snapshot.candidates || {}, editedAt: message?.edited_timestamp,",
    ),
    Change(
        file="selects.js",
        old="  const candidateKey = component.control_key || key;",
        new="""  options.onSent?.(key, JSON.stringify([component.custom_id, options.editedAt]));
  const candidateKey = component.control_key || key;""",
    ),
    Change(
        file="select-drafts.js",
        old="""  /** @param {string} key */
  function identityEntries(key) {""",
        new="""  /** @type {Map<string, string>} */
  const sent = new Map();
  /** @param {string} key @param {string} now */
  function renew(key, now) {
    const before = sent.get(key);
    if (before === now || state.dropdown?.key === key) return;
    sent.set(key, now);
    if (before === undefined) return;
    const known = [state.drafts, state.selectDrafts, state.selectStatuses, state.candidateIdentities,
      state.candidateQueries, state.selectValidationRevisions, state.pendingSelectValidations];
    for (const map of known) map.delete(key);
  }
  /** @param {string} key */
  function identityEntries(key) {""",
    ),
    Change(
        file="select-drafts.js",
        old="      draftValue: (key) => drafts.get(key),",
        new="""      draftValue: (key) => drafts.get(key),
      ...(modal ? {} : { onSent: renew }),""",
    ),
    # Opening a menu renders the channel anew, and for a moment pictures have no height: it stays open then.
    Change(
        file="select-drafts.js",
        old="""  function fitOpenDropdowns(scrollHighlighted = false) {""",
        new="""  let handAt = -Infinity;
  for (const kind of ["wheel", "touchmove"])
    document.addEventListener(kind, () => { handAt = performance.now(); }, { passive: true, capture: true });
  function fitOpenDropdowns(scrollHighlighted = false) {""",
    ),
    Change(
        file="select-drafts.js",
        old="""      if (rect.bottom <= 0 || rect.top >= viewportHeight) {""",
        new="""      const isAway = rect.bottom <= 0 || rect.top >= viewportHeight;
      if (isAway && performance.now() - handAt < 1000) {""",
    ),
    # A form begins in its first field, and says nothing of counts where one is chosen of several.
    Change(
        file="components.js",
        old="""dialog.querySelector("input, textarea, button");""",
        new="""dialog.querySelector(".modal-body :is(input:not([type=file]), textarea)")
    || dialog.querySelector("input, textarea, button");""",
    ),
    Change(
        file="selects.js",
        old=""": selectionStatus || `${selected.length} selected.""",
        new=""": selectionStatus || maximum === 1 ? selectionStatus || "" : `${selected.length} selected.""",
    ),
    # What is used most comes first in the list of commands.
    Change(
        file="commands.js",
        old="String(a.entry.invocation).localeCompare(String(b.entry.invocation))",
        new="byUse(a.entry, b.entry)",
    ),
    # What an option is for stands beside its name.
    Change(
        file="commands.js",
        old="""if (optional) item.append(node("span", "command-suggestion-ellipsis", "…"));""",
        new="""if (optional) item.append(node("span", "command-suggestion-about", value.description));""",
    ),
    # What can be chosen is asked for as soon as somebody is there, not only once they type.
    Change(
        file="commands.js",
        old="""option.name, current)) || [];
            renderPopup(field, `OPTIONS MATCHING ${current.toUpperCase()}`,""",
        new="""option.name, current)) || [];
            const asked = autocompleteKey(currentDraft(), option.name, current);
            if (!autocompleteResults.has(asked)) queryAutocomplete(option, current);
            renderPopup(field, current ? `OPTIONS MATCHING ${current.toUpperCase()}` : "OPTIONS",""",
    ),
    Change(
        file="commands.js",
        old=""""Loading options failed" : "No options match")""",
        new=""""Loading options failed" : autocomplete.state === "loading" ? "…" : "No options match")""",
    ),
    # A command is picked by the space behind its name, and by a line that is pasted.
    Change(
        file="commands.js",
        old="""import { createCommandDrafts } from "./command-drafts.js";
""",
        new="""import { createCommandDrafts } from "./command-drafts.js";
import { byUse, typedCommand, withoutName } from "./typed.js";
""",
    ),
    Change(
        file="commands.js",
        old="""  function exitCommand() {
""",
        new="""  /** @param {string} line */
  function pickTyped(line) {
    const typed = canOpen() && catalogState === "ready" && typedCommand(catalog?.entries || [], line);
    if (!typed) return false;
    select(typed.entry);
    if (!typed.last) return true;
    for (const [name, value] of Object.entries(typed.values)) {
      if (!optionsFor().find((option) => option.name === name)?.required) drafts.add(name);
      drafts.value(name, value);
    }
    const open = optionsFor().find((option) => option.required && !optionValue(option).valid);
    drafts.focus(open?.name || typed.last);
    renderCompose({ focus: true });
    return true;
  }
  let isAwaited = false;
  /** Picks what was typed while there were no commands yet, and sends it where Enter was pressed too. */
  function pickWaiting() {
    const line = isAwaited ? `${input.value} ` : input.value;
    if (document.activeElement !== input || !pickTyped(line)) return false;
    if (isAwaited && Object.keys(currentDraft().values).length) validateAndRun();
    isAwaited = false;
    return true;
  }
  function exitCommand() {
""",
    ),
    Change(
        file="commands.js",
        old="""input.addEventListener("input", () => { if (!draft) updateBrowse(); });""",
        new="""input.addEventListener("input", () => {
    isAwaited = false;
    if (!draft && !pickTyped(input.value)) updateBrowse();
  });""",
    ),
    Change(
        file="commands.js",
        old="""    if (mode === "browsing") updateBrowse();
  } });""",
        new="""    if (!draft && !pickWaiting() && mode === "browsing") updateBrowse();
  } });""",
    ),
    # What was typed while the page was busy is picked once it is not.
    Change(
        file="commands.js",
        old="""    if (!draft) { if (mode === "browsing") updateBrowse(); return; }""",
        new="""    if (!draft) { if (!pickWaiting() && mode === "browsing") updateBrowse(); return; }""",
    ),
    Change(
        file="commands.js",
        old="""    if (mode === "browsing") {
      if (["ArrowDown", "ArrowUp", "Enter", "Tab"].includes""",
        new="""    if (mode === "browsing" && catalogState === "ready") {
      if (["ArrowDown", "ArrowUp", "Enter", "Tab"].includes""",
    ),
    Change(
        file="commands.js",
        old="""          const raw = option.type === "boolean" &&""",
        new="""          const written = withoutName(option, field.value);
          if (written !== field.value) field.value = written;
          const raw = option.type === "boolean" &&""",
    ),
    # What was chosen stands there by its name, and Enter then sends instead of choosing it once more.
    Change(
        file="commands.js",
        old="""(value.raw ? "True" : "False") : String(value?.raw ?? "");""",
        new="""(value.raw ? "True" : "False") : String(value?.label ?? value?.raw ?? "");""",
    ),
    Change(
        file="commands.js",
        old="""    renderCompose({ focus: Boolean(next) });
  }
  /** @param {CommandOption} option */
  function candidateEntries""",
        new="""    renderCompose({ focus: true });
  }
  /** @param {HTMLElement} active */
  function isChosen(active) {
    const value = currentDraft().values[currentDraft().focused || ""];
    return Boolean(value?.label || value?.entity) && active.dataset.value === String(value.raw);
  }
  /** @param {CommandOption} option */
  function candidateEntries""",
    ),
    Change(
        file="commands.js",
        old="if (active instanceof HTMLElement) { active.click(); return true; }",
        new="if (active instanceof HTMLElement && !isChosen(active)) { active.click(); return true; }",
    ),
    Change(
        file="commands.js",
        old="if (listItems.length) suggestionListbox.setActive(0, { scroll: false });",
        new="""if (optional) suggestionListbox.setActive(-1);  // Enter sends without them
    else if (listItems.length) suggestionListbox.setActive(Math.max(0, listItems.findIndex(isChosen)));""",
    ),
    Change(
        file="commands.js",
        old="fieldFor(focusedOption) : restore ?",
        new="fieldFor(focusedOption) : restore && !focus ?",
    ),
    # So it is by "Send" behind its name.
    Change(
        file="commands.js",
        old="""    if (!draft || composer.report().editTargetId) return;
    event.preventDefault(); event.stopImmediatePropagation(); validateAndRun();""",
        new="""    if (composer.report().editTargetId) return;
    const isEarly = !draft && input.value.startsWith("/") && catalogState !== "ready";
    const isPicked = !draft && !isEarly && pickTyped(`${input.value} `);
    if (!draft && !isEarly) return;
    event.preventDefault(); event.stopImmediatePropagation();
    isAwaited = isEarly;
    if (draft && (!isPicked || Object.keys(currentDraft().values).length)) validateAndRun();""",
    ),
    # What is sent while the page is busy with something else goes as soon as it is not.
    Change(
        file="actions.js",
        old="""  function dispatch(kind, extra = {}, metadata = null) {
""",
        new="""  let held = 0;
  function dispatch(kind, extra = {}, metadata = null) {
    const isBusy = pending || (awaitingRevision !== null && awaitingRevision > context.publishedRevision);
    const canWait = ["run_command", "send_message"].includes(kind) && pending?.kind !== kind && !uncertain;
    if (isBusy && canWait) {
      clearTimeout(held);
      held = setTimeout(() => dispatch(kind, extra, metadata), 100);
      return;
    }
""",
    ),
)


def changed_files() -> dict[str, str]:
    """simcord's files that we change, and our own beside them, by name. Raises: PageChanged."""
    texts = {"preview.css": f"{_simcords('preview.css')}\n{_ours(STYLE)}"}
    for change in CHANGES:
        before = texts.get(change.file) or _simcords(change.file)
        texts[change.file] = change.made_in(before)
    return texts | {name: _ours(name) for name in OURS}


def content_type(name: str) -> str:
    """What a file is, by its name."""
    return CONTENT_TYPES[name.rpartition(".")[2]]


def _simcords(name: str) -> str:
    return (files("simcord.preview") / "static" / name).read_text(encoding="utf-8")


def _ours(name: str) -> str:
    return (files("playground.page") / name).read_text(encoding="utf-8")
