"""The words of the web page, in the visitor's language."""

import re
from collections.abc import Mapping
from datetime import date

from bot.domain.sentences import Sentence, say, say_n
from bot.messages.catalogue import FOLDER, translations

ENGLISH = "en-US"
NAME = "Darkroom"
MAX_HEADER = 200

WORDS: Mapping[str, Sentence] = {
    "tagline": say("Type a sentence. Watch four pictures develop."),
    "about": say(
        "Darkroom lives in a Discord server. Type /imagine and a sentence, and four pictures come out of the "
        "dark in front of you, drawn by the server's own computer, among people who do the same."
    ),
    "join": say("Join on Discord"),
    "join_short": say("Join"),
    "gallery": say("Gallery"),
    "recent": say("Fresh from the darkroom"),
    "all": say("See all"),
    "nothing": say("Nothing hangs here yet. Members who use /gallery join are shown."),
    "no_match": say("No picture matches."),
    "how": say("How it works"),
    "step_type": say("Type"),
    "step_type_text": say("/imagine and what you want to see."),
    "step_watch": say("Watch"),
    "step_watch_text": say("Four pictures develop, step by step, in the channel."),
    "step_press": say("Press"),
    "step_press_text": say("Enlarge one, vary it, or draw four new ones."),
    "search": say("Search prompts and names"),
    "find": say("Find"),
    "older": say("Older"),
    "newer": say("Newer"),
    "beside": say("Older and newer pictures"),
    "use": say("Use this prompt"),
    "use_text": say("Copy this line and send it in the server."),
    "channel": say("Open it in Discord"),
    "by": say("By"),
    "on": say("Drawn on"),
    "shape": say("Shape"),
    "servers": say("Servers that show what they draw"),
    "home": say("To the first page"),
    "pages": say("Pages of this server"),
    "skip": say("Skip to the content"),
    "everybody": say("Everybody"),
    "closed": say("Nobody can be invited just now. Please come back later."),
    "gone": say("There is nothing here."),
    "only_read": say("This page can only be read."),
    "unreadable": say("This address cannot be read."),
    "broken": say("Something went wrong here. Please try again in a minute."),
    "private": say("Only pictures whose members chose to show them are here. They can stop at any time."),
    "no_server": say(
        "This is a Darkroom, a bot that draws in a Discord server. Its server is not shown in public."
    ),
}

MONTHS = (
    say("January"),
    say("February"),
    say("March"),
    say("April"),
    say("May"),
    say("June"),
    say("July"),
    say("August"),
    say("September"),
    say("October"),
    say("November"),
    say("December"),
)

_LANGUAGE = re.compile(r"[a-z]{2,3}", re.IGNORECASE)


def words(locale: str) -> dict[str, str]:
    """Every word of the page."""
    known = translations(locale)
    return {name: sentence.render(known) for name, sentence in WORDS.items()}


def members(count: int, locale: str) -> str:
    """How many members there are."""
    return say_n("{count} member", "{count} members", count).render(translations(locale))


def online(count: int, locale: str) -> str:
    """How many of them are there now."""
    return say_n("{count} online", "{count} online", count).render(translations(locale))


def title(*parts: str) -> str:
    """The title of a page: what it shows, then whose it is; nothing is said twice."""
    return " · ".join(dict.fromkeys(part for part in (*parts, NAME) if part))


def drawn_by(name: str, server: str, locale: str) -> str:
    """Whose a picture is."""
    return say("Drawn by {name} in {server}.", name=name, server=server).render(translations(locale))


def shape(width: int, height: int, num_images: int, locale: str) -> str:
    """The shape of each picture, in pixels, and how many there are."""
    kind = say("square") if width == height else say("wide") if width > height else say("tall")
    sentence = say_n(
        "{shape}, {width} × {height} pixels",
        "{shape}, {count} pictures of {width} × {height} pixels",
        num_images,
        shape=kind,
        width=width,
        height=height,
    )
    return sentence.render(translations(locale))


def day(at: date, locale: str) -> str:
    """A day, as it is written."""
    sentence = say("{month} {day}, {year}", month=MONTHS[at.month - 1], day=at.day, year=at.year)
    return sentence.render(translations(locale))


def pictures_of(name: str, locale: str) -> str:
    """The title of a member's page."""
    return say("Pictures by {name}", name=name).render(translations(locale))


def language(accepted: str) -> str:
    """The best language of an Accept-Language header that there are sentences in."""
    known = {path.name for path in FOLDER.iterdir() if path.is_dir()}
    for tag in accepted[:MAX_HEADER].split(","):
        found = _LANGUAGE.match(tag.strip())
        if found is None:
            continue
        if found[0].lower() == "en":
            return ENGLISH
        if found[0].lower() in known:
            return found[0].lower()
    return ENGLISH
