"""/help, the manual inside Discord: pages made of the tables, so that they say what is there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.domain.parameters import ROWS, Parameter, Subject
from bot.domain.prompt import ASK_ABOVE, foreign
from bot.domain.prompt.foreign import FOREIGN
from bot.domain.prompt.parts import MAX_PARTS, MAX_WEIGHT
from bot.domain.sentences import Sentence, Translations, say
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_help
from bot.messages.kinds import WORDS
from bot.messages.lists import fitted
from bot.messages.payload import Button, Payload

BUTTONS_IN_A_ROW = 4
"""On a phone a fifth is cut off."""
END_OF_LIST = ""
"""What follows a list would otherwise belong to its last row."""


class Page(StrEnum):
    """A page of the manual; its value is in the custom_id of the button that opens it."""

    DRAWING = "drawing"
    PARAMETERS = "parameters"
    PICTURES = "pictures"
    WORK = "work"
    ELSEWHERE = "elsewhere"
    BUTTONS = "buttons"
    YOURS = "yours"
    MODERATORS = "moderators"


LABELS = {
    Page.DRAWING: say("Drawing"),
    Page.PARAMETERS: say("Parameters"),
    Page.PICTURES: say("Pictures and styles"),
    Page.WORK: say("Models and work"),
    Page.ELSEWHERE: say("Not here"),
    Page.BUTTONS: say("Buttons"),
    Page.YOURS: say("Your commands"),
    Page.MODERATORS: say("For moderators"),
}

SUBJECTS = {
    Page.PARAMETERS: Subject.LOOK,
    Page.PICTURES: Subject.PICTURES,
    Page.WORK: Subject.WORK,
}
"""What the parameters of a page are about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command as Discord lists it."""

    name: str
    """With its slash; of a menu, what Discord shows under Apps."""
    about: str
    """Its description, as the catalogue knows it; may be empty of a menu."""
    parts: tuple["Command", ...] = ()
    """Those of a group, each with its whole name."""
    is_menu: bool = False
    """Whether it is in the menu of a message."""
    is_for_moderators: bool = False
    is_direct: bool = False
    """Whether it may be used in direct messages."""


def page(shown: Page, commands: Sequence[Command], locale: str, *, is_moderator: bool) -> Payload:
    """One page, with a button for each page that the reader may open."""
    words = translations(locale)
    head = say("**{title}**", title=LABELS[shown]).render(words)
    lines = _lines(shown, commands, words)
    pages = [one for one in Page if is_moderator or one is not Page.MODERATORS]
    buttons = tuple(Button(custom_id=of_help(one), label=LABELS[one].render(words)) for one in pages)
    rows = tuple(buttons[at : at + BUTTONS_IN_A_ROW] for at in range(0, len(buttons), BUTTONS_IN_A_ROW))
    return Payload(content=fitted(words, head, list(lines)), rows=rows)


def _lines(shown: Page, commands: Sequence[Command], words: Translations) -> Iterator[str]:
    match shown:
        case Page.DRAWING:
            return (sentence.render(words) for sentence in _drawing())
        case Page.PARAMETERS | Page.PICTURES | Page.WORK:
            rows = (row for row in ROWS.values() if row.subject is SUBJECTS[shown])
            return (line.render(words) for row in rows for line in _parameter(row))
        case Page.ELSEWHERE:
            return (sentence.render(words) for sentence in _elsewhere())
        case Page.BUTTONS:
            return _buttons(commands, words)
        case Page.YOURS:
            return _yours(commands, words)
        case Page.MODERATORS:
            return _moderators(commands, words)


def _drawing() -> Iterator[Sentence]:
    yield say("Type `/imagine` and what you want to see: `/imagine a red fox in the snow`.")
    yield say("Four pictures develop in front of you. **Cancel** stops them, and nothing is charged.")
    yield say("**Parameters** go at the end: `a red fox in the snow --ar 3:2 --no text, blur`.")
    yield say(
        "**Weights**: `a fox::2 snow::1` is two parts, and the fox counts twice as much as the snow. The "
        "number belongs to the part before it; without a number a part counts 1. Below zero it takes away: "
        "`a fox::2 fog::-0.5`. There may be {parts} parts, each from -{weight} to {weight}, more than zero "
        "together.",
        parts=MAX_PARTS,
        weight=MAX_WEIGHT,
    )
    yield say(
        "**Pictures** stand before the words: attach them to `/imagine`, or write their links, or "
        "`picture:12.3` for the third of picture 12; with a weight if you like, as `picture:12.3::2 a fox`. "
        "`/blend` makes one of several, `/edit` lets you work on yours, **Use as…** is in the menu of every "
        "message with one."
    )
    yield say(
        "**Choices**: `a {{red, blue}} bird` draws four of each. Braces may stand anywhere, also within "
        "braces and among the parameters; `\\{{` is a brace. More than {count} prompts are asked about "
        "first.",
        count=ASK_ABOVE,
    )
    yield say(
        "If I cannot read a prompt as you meant it, nothing is drawn: you get it back with all that is to be "
        "changed."
    )
    yield say(
        "**In direct messages** I draw too, once you have used me in a server: it counts in the server where "
        "you last used me."
    )


def _elsewhere() -> Iterator[Sentence]:
    yield say("What other bots know, and what comes nearest to it. **Draw without them** leaves it out.")
    yield from foreign.sentences(FOREIGN)


def _parameter(row: Parameter[Any]) -> Iterator[Sentence]:
    names = [f"`--{name}`" for name in (row.name, *row.aliases)]
    yield say("**{names}** {help}", names=" ".join(names), help=row.help)
    if row.words != 0:
        yield say(
            "-# {range} · if left out: {default} · `{example}`",
            range=row.range,
            default=row.default,
            example=row.example,
        )


def _buttons(commands: Sequence[Command], words: Translations) -> Iterator[str]:
    yield say("Under pictures, four or a single one:").render(words)
    for kind, known in WORDS.items():  # as they stand there: U first
        if known.help is not None:
            free = [say("It is free.")] if kind.traits.is_free else []
            yield "- " + " ".join(sentence.render(words) for sentence in (known.help, *free))
    yield "- " + say("**Cancel** stops what waits or is drawn; nothing is charged.").render(words)
    yield END_OF_LIST
    yield say(
        "In a server you may press under everybody's pictures, unless its moderators keep the buttons to who "
        "asked for them. What is drawn then is yours, and counts for you."
    ).render(words)
    if menus := [command for command in commands if command.is_menu]:
        yield say("In the menu of a message, under Apps:").render(words)
        yield from (f"- {_listed(command, words)}" for command in menus)


def _yours(commands: Sequence[Command], words: Translations) -> Iterator[str]:
    mine = [command for command in commands if not command.is_menu and not command.is_for_moderators]
    yield from (f"- {_listed(part, words)}" for command in mine for part in command.parts or (command,))
    direct = [part.name for command in mine if command.is_direct for part in command.parts or (command,)]
    yield END_OF_LIST
    names = " ".join(f"`{name}`" for name in direct)
    yield say("In direct messages: {commands}", commands=names).render(words)


def _moderators(commands: Sequence[Command], words: Translations) -> Iterator[str]:
    yield say(
        "Whoever has Manage Server moderates, and whoever has a role that was chosen in `/setup`. `/setup` "
        "and `/guild set` are for Manage Server alone. Every decision is in `/audit`."
    ).render(words)
    for command in commands:
        if command.is_for_moderators:
            yield _listed(command, words)
            names = [part.name.removeprefix(command.name).strip() for part in command.parts]
            yield from [f"-# {' · '.join(names)}"] if names else []


def _listed(command: Command, words: Translations) -> str:
    """Its name and what it does. Of a menu that may be unknown."""
    name = f"**{command.name}**" if command.is_menu else f"`{command.name}`"
    return f"{name}: {words.gettext(command.about)}" if command.about else name
