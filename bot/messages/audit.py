"""What /audit shows."""

import re

from bot.domain.audit import RULE, AuditEntry, AuditFilter, AuditPage
from bot.domain.echo import echo, echo_code
from bot.domain.sentences import Translations, say
from bot.messages.catalogue import translations
from bot.messages.payload import MAX_CONTENT, Button, Payload

MAX_REASON = 90
MAX_DETAILS = 70
MAX_ACTION = 32
FILE_NAME = "audit.csv"

_NO_ACTION = re.compile(r"[^a-z_]")


def page(page: AuditPage, locale: str) -> Payload:
    """One page of the log, with buttons for the others and for the export."""
    words = translations(locale)
    title = say("**Audit log**, page {number}", number=page.number + 1).render(words)
    lines = [_line(entry, words) for entry in page.entries]
    if not lines:
        lines = [say("Nothing was done yet, or nothing of this kind.").render(words)]
    content = "\n".join([title, *lines])
    return Payload(content=content[:MAX_CONTENT], rows=(_buttons(page, words),))


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
    details = ", ".join(f"{key} {value}" for key, value in sorted(entry.details.items()))
    return f"{line} ({echo(details, limit=MAX_DETAILS)})" if details else line


def _buttons(page: AuditPage, words: Translations) -> tuple[Button, ...]:
    wanted = _wanted(page.filter)
    buttons = []
    if page.number > 0:
        buttons.append(Button(custom_id=f"audit:{page.number - 1}:show:{wanted}", label="◀"))
    if page.has_more:
        buttons.append(Button(custom_id=f"audit:{page.number + 1}:show:{wanted}", label="▶"))
    export = say("Export as CSV").render(words)
    return (*buttons, Button(custom_id=f"audit:{page.number}:export:{wanted}", label=export))


def _wanted(wanted: AuditFilter) -> str:
    action = _NO_ACTION.sub("", wanted.action or "")[:MAX_ACTION]  # it may have been typed by hand
    return f"{wanted.user_id or ''}-{action}"
