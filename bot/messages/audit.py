"""What /audit shows."""

import json
from collections.abc import Sequence

from bot.domain.audit import RULE, AuditEntry, AuditPage
from bot.domain.echo import echo, echo_code
from bot.domain.sentences import Translations, say, say_n
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_audit
from bot.messages.lists import fitted
from bot.messages.payload import Button, Payload
from bot.messages.table import to_csv

MAX_REASON = 70
MAX_DETAIL = 40
CHIPS = {"channel": "<#{}>", "role": "<@&{}>"}
"""Details that are ids, and how Discord shows them."""


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


def _line(entry: AuditEntry, words: Translations) -> str:
    line = f"<t:{int(entry.created_at.timestamp())}:f> `{echo_code(entry.action)}` "
    line += member(entry.actor_id, words)
    if entry.target_id is not None:
        line += f" → {member(entry.target_id, words)}"
    if entry.reason:
        line += f": {echo(entry.reason, limit=MAX_REASON)}"
    details = ", ".join(_detail(key, value) for key, value in sorted(entry.details.items()))
    return f"{line} ({details})" if details else line


def _detail(key: str, value: object) -> str:
    """One detail: a channel or a role as a chip, anything else as it was written."""
    name = key.replace("_", " ")
    if key in CHIPS:
        return CHIPS[key].format(value) if value else f"{name}: –"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{name}: {echo(text, limit=MAX_DETAIL) or '–'}"


def _buttons(page: AuditPage, words: Translations) -> tuple[Button, ...]:
    buttons = []
    if page.number > 0:
        buttons.append(Button(custom_id=of_audit(page.number - 1, page.filter), label="◀"))
    if page.has_more:
        buttons.append(Button(custom_id=of_audit(page.number + 1, page.filter), label="▶"))
    export = say("Export as CSV").render(words)
    return (*buttons, Button(custom_id=of_audit(page.number, page.filter, is_export=True), label=export))
