"""What /audit shows."""

import json
from collections.abc import Sequence

from bot.domain.audit import RULE, AuditEntry, AuditPage
from bot.domain.echo import echo
from bot.domain.sentences import Translations, say, say_n
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_audit
from bot.messages.deeds import choice, details, sentence
from bot.messages.lists import fitted, more
from bot.messages.payload import Button, Payload
from bot.messages.table import to_csv

MAX_REASON = 70
MAX_ROW = 240
"""Characters of a row with its details; a page of them fits a message."""


def page(page: AuditPage, locale: str) -> Payload:
    """One page of the log, with buttons for the others and for the export."""
    words = translations(locale)
    title = say("**Audit log**, page {number}", number=page.number + 1).render(words)
    lines = [_line(entry, words) for entry in page.entries]
    if not lines:
        lines = [say("Nothing was done yet, or nothing of this kind.").render(words)]
    return Payload(content=fitted(words, title, lines), rows=(_buttons(page, words),))


def exported(count: int, locale: str) -> Payload:
    """What comes with the file."""
    sentence = say_n("The newest row of the log.", "The newest {count} rows of the log.", count)
    return Payload(content=sentence.render(translations(locale)))


def table(entries: Sequence[AuditEntry]) -> bytes:
    """The log as CSV (UTF-8 with a mark, for spreadsheets). Takes a moment: not for the loop."""
    return to_csv(
        ("id", "when", "actor", "action", "target", "reason", "details"),
        [
            (
                entry.id,
                entry.created_at.isoformat(),
                entry.actor_id,
                entry.action,
                entry.target_id,
                entry.reason,
                json.dumps(dict(entry.details), ensure_ascii=False, sort_keys=True),
            )
            for entry in entries
        ],
    )


def member(user_id: int, words: Translations) -> str:
    """A member, as a mention that notifies nobody; a rule; or somebody who was forgotten."""
    if user_id == RULE:
        return say("a rule").render(words)
    if user_id < 0:
        return say("a forgotten member").render(words)
    return f"<@{user_id}>"


def choices(actions: Sequence[str], typed: str, locale: str) -> list[tuple[str, str]]:
    """The kinds of action that a search finds: what each is called, and its name in the log."""
    words = translations(locale)
    named = sorted((choice(action, words), action) for action in actions)
    return [(name, action) for name, action in named if typed.lower() in f"{name} {action}".lower()]


def _line(entry: AuditEntry, words: Translations) -> str:
    target = "–" if entry.target_id is None else member(entry.target_id, words)
    told = sentence(entry.action, words, actor=member(entry.actor_id, words), member=target)
    line = f"<t:{int(entry.created_at.timestamp())}:f> {told}"
    if entry.reason:
        line += f": {echo(entry.reason, limit=MAX_REASON)}"
    kept, known = "", details(entry.details, words)
    for number, detail in enumerate(known):
        longer = f"{kept}; {detail}" if kept else detail
        if len(line) + len(longer) > MAX_ROW:
            kept = f"{kept}; {more(words, len(known) - number)}" if kept else ""
            break
        kept = longer
    return f"{line} ({kept})" if kept else line


def _buttons(page: AuditPage, words: Translations) -> tuple[Button, ...]:
    buttons = []
    if page.number > 0:
        buttons.append(Button(custom_id=of_audit(page.number - 1, page.filter), label="◀"))
    if page.has_more:
        buttons.append(Button(custom_id=of_audit(page.number + 1, page.filter), label="▶"))
    export = say("Export as CSV").render(words)
    return (*buttons, Button(custom_id=of_audit(page.number, page.filter, is_export=True), label=export))
