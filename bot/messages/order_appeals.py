"""A refused prompt before the moderators: what they read, and what its member is told."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.echo import echo, echo_code
from bot.domain.errors import UserError
from bot.domain.job import Job
from bot.domain.order import Order
from bot.domain.pardons import EXPLICIT, ROOM, OrderAppeal, phrase_of
from bot.domain.sentences import Sentence, Translations, say
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_moderation
from bot.messages.payload import MAX_CONTENT, Button, Payload
from bot.messages.refusals import refusal
from bot.services.order_appeals import OrderVerdict, asker_of

MAX_PROMPT = 900
MAX_NAME = 100
MAX_RULES = 10
RULES = {
    ROOM: say("what this room is for"),
    EXPLICIT: say("nudity belongs into age-restricted rooms"),
}


def asked(locale: str) -> Payload:
    """To the member who asks."""
    told = say("Your prompt is with the moderators of this server. If they allow it, it is drawn by itself.")
    return Payload(content=told.render(translations(locale)))


def letter(appeal: OrderAppeal, locale: str) -> Payload:
    """To the moderators: who asks for what, where, and which rules refused it."""
    words = translations(locale)
    head = say(
        "**Refused prompt**: {member} asks you to allow it in {channel}",
        member=f"<@{appeal.user_id}>",
        channel=f"<#{asker_of(appeal).channel_id}>",
    )
    rules = ", ".join(_rule(rule, words) for rule in appeal.rules[:MAX_RULES])
    lines = [
        head.render(words),
        say("What refused it: {rules}", rules=rules).render(words),
        f"> {echo(_prompt(appeal), limit=MAX_PROMPT)}",
    ]
    row = (
        Button(
            custom_id=of_moderation("order", appeal.id, "allow"), label=say("Allow and draw").render(words)
        ),
        Button(
            custom_id=of_moderation("order", appeal.id, "refuse"),
            label=say("Refuse").render(words),
            is_danger=True,
        ),
    )
    return Payload(content="\n".join(lines)[:MAX_CONTENT], rows=(row,))


def allowed(verdict: OrderVerdict, job: Job, server: str) -> Payload:
    """To its member, in private: it is drawn."""
    told = [
        say("The moderators allow your prompt: it is drawn in {channel}.", channel=f"<#{job.channel_id}>")
    ]
    if verdict.is_strike_taken_back:
        told.append(say("The strike that it cost you is taken back."))
    return _told(verdict.appeal, told, server)


def refused(verdict: OrderVerdict, server: str) -> Payload:
    """To its member, in private: it is not drawn."""
    return _told(verdict.appeal, [say("The moderators looked at your prompt. It stays refused.")], server)


def not_drawn(verdict: OrderVerdict, error: UserError, server: str) -> Payload:
    """To its member, in private: what is in the way of what was allowed, with the press that mends it."""
    locale = asker_of(verdict.appeal).locale
    why = refusal(error, locale)
    head = _told(verdict.appeal, [say("The moderators allow your prompt, but it is not drawn yet:")], server)
    return replace(why, content=f"{head.content}\n{why.content}"[:MAX_CONTENT])


def _told(appeal: OrderAppeal, sentences: Sequence[Sentence], server: str) -> Payload:
    words = translations(asker_of(appeal).locale)
    head = say("**{server}**: about your prompt", server=echo(server, limit=MAX_NAME)).render(words)
    lines = [head, f"> {echo(_prompt(appeal), limit=MAX_PROMPT)}"]
    # The empty line ends the quote.
    return Payload(content="\n".join([*lines, "", *(sentence.render(words) for sentence in sentences)]))


def _prompt(appeal: OrderAppeal) -> str:
    """What would be drawn; of a batch, as it was typed."""
    order = Order.from_json(appeal.order)
    return order.text if order.batch_size > 1 else order.recipe.written


def _rule(rule: str, words: Translations) -> str:
    phrase = phrase_of(rule)
    return RULES[rule].render(words) if phrase is None else f"`{echo_code(phrase)}`"
