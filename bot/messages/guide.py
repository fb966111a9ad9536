"""The short guide for newcomers, and what is said beside a prompt."""

from collections.abc import Sequence

from bot.domain.quota import Balance
from bot.domain.quota_words import left
from bot.domain.sentences import Sentence, say
from bot.messages.catalogue import translations
from bot.messages.payload import Payload


def welcome(balance: Balance, locale: str) -> Payload:
    """What a member reads at their first picture, with what they have left after it."""
    words = translations(locale)
    lines = [
        say("**Welcome to the darkroom!** Your first picture is developing.").render(words),
        say(
            "When the four are there: **U1**–**U4** give you one of them, **V1**–**V4** make "
            "variations of it, 🔄 draws four new ones."
        ).render(words),
        say(
            "Parameters go at the end of a prompt, such as `--ar 3:2` for a wide picture. /help explains all "
            "of them, and /mine finds your pictures again."
        ).render(words),
        left(balance).render(words),
    ]
    return Payload(content="\n".join(lines))


def remarks(told: Sequence[Sentence], locale: str) -> Payload:
    """What a member should know of how their prompt was read."""
    words = translations(locale)
    return Payload(content="\n".join(sentence.render(words) for sentence in told))
