"""What newcomers read: the guide to begin with, the greeting in a room."""

from bot.domain.onboarding import EXAMPLES, Start
from bot.domain.quota import Balance
from bot.domain.quota_words import left
from bot.domain.sentences import Translations, say
from bot.messages import guide
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_example
from bot.messages.payload import Button, Payload

MAX_LABEL = 80  # Discord's limit


def accepted(balance: Balance, locale: str) -> Payload:
    """What the terms turn into: the guide, while the first picture develops."""
    return guide.welcome(balance, locale)


def start(shown: Start, balance: Balance, locale: str, *, page_url: str | None = None) -> Payload:
    """/start: how to draw, where, how much, what others drew, and examples to press."""
    words = translations(locale)
    lines = [_how(words), left(balance).render(words)]
    if shown.room_id is not None:
        lines.append(say("There is room for you in {channel}.", channel=f"<#{shown.room_id}>").render(words))
    if shown.has_terms:
        lines.append(say("Before your first picture I show you this server's terms.").render(words))
    if page_url is not None:
        lines.append(say("What others drew: {address}", address=f"<{page_url}>").render(words))
    lines.append(say("Or press one of these:").render(words))
    return Payload(content="\n".join(lines), rows=_examples())


def room_guide(locale: str) -> Payload:
    """The pinned guide of a newbie room."""
    words = translations(locale)
    lines = [
        say("**Welcome! This room is for first pictures.**").render(words),
        _how(words),
        say(
            "Under four pictures, **U1**–**U4** give you one of them, **V1**–**V4** make variations of it, "
            "🔄 draws four new ones. You may press under others' pictures too, where this server allows it."
        ).render(words),
        say("/mine finds all your pictures again, /quota tells you what you have left.").render(words),
        say("Or press one of these:").render(words),
    ]
    return Payload(content="\n".join(lines), rows=_examples())


def arrival(user_id: int, locale: str) -> Payload:
    """The greeting of somebody who has just joined."""
    words = translations(locale)
    welcome = say("Welcome, {member}!", member=f"<@{user_id}>").render(words)
    press = say("Or press one of these:").render(words)
    return Payload(content=f"{welcome} {_how(words)}\n{press}", rows=_examples())


def _how(words: Translations) -> str:
    return say("Type `/imagine` and what you want to see, and four pictures develop in front of you.").render(
        words
    )


def _examples() -> tuple[tuple[Button, ...], ...]:
    return (
        tuple(
            Button(custom_id=of_example(place), label=prompt[:MAX_LABEL], emoji="🖼️")
            for place, prompt in enumerate(EXAMPLES)
        ),
    )
