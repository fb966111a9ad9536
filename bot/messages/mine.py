"""What /mine says: a member's own history, page by page, each picture with the way to it."""

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.echo import echo, echo_code, visible
from bot.domain.history import Shelf, Wanted
from bot.domain.job import Job
from bot.domain.sentences import Sentence, Translations, moment, say
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_choose, of_mine
from bot.messages.jobs import link_to
from bot.messages.kinds import WORDS
from bot.messages.lists import fitted
from bot.messages.payload import Button, Menu, Payload
from bot.services.gallery import HistoryPage

MAX_PROMPT = 56
HIDDEN = "🙈"


def page(shown: HistoryPage, locale: str) -> Payload:
    """One page, with the buttons to the next and the one before."""
    words = translations(locale)
    if not shown.jobs:
        return Payload(content=_nothing(shown.wanted).render(words))
    head = _head(shown).render(words)
    foot = _foot(shown.wanted.shelf).render(words)
    if any(job.is_hidden for job in shown.jobs):
        foot += " " + say("{sign} is hidden from the web page.", sign=HIDDEN).render(words)
    is_liked = shown.wanted.shelf is Shelf.LIKED
    rows = [_line(job, words, names_member=is_liked) for job in shown.jobs]
    controls: tuple[tuple[Button | Menu, ...], ...] = ((_menu(shown, words),), *_turn(shown))
    return Payload(content=fitted(words, head, rows, [f"-# {foot}"]), rows=controls)


def _head(shown: HistoryPage) -> Sentence:
    number, search = shown.number + 1, echo_code(shown.wanted.search)
    match shown.wanted.shelf, bool(search):
        case Shelf.ALL, False:
            return say("**Your pictures**, page {number}", number=number)
        case Shelf.ALL, True:
            return say("**Your pictures** with `{search}`, page {number}", search=search, number=number)
        case Shelf.LIKED, False:
            return say("**Pictures that you like**, page {number}", number=number)
        case Shelf.DELETED, False:
            return say("**Pictures that you took off**, page {number}", number=number)
        case Shelf.DELETED, True:
            return say(
                "**Pictures that you took off** with `{search}`, page {number}", search=search, number=number
            )
        case _:
            return say(
                "**Pictures that you like** with `{search}`, page {number}", search=search, number=number
            )


def _foot(shelf: Shelf) -> Sentence:
    match shelf:
        case Shelf.ALL:
            return say("/show brings one back by its number.")
        case Shelf.LIKED:
            return say("Yours are brought back by /show and their number.")
        case Shelf.DELETED:
            return say("Each is kept for a day: choose one to bring it back.")


def _nothing(wanted: Wanted) -> Sentence:
    search = echo_code(wanted.search)
    match wanted.shelf, bool(search):
        case Shelf.ALL, False:
            return say("There are no pictures of yours here yet. Try /imagine.")
        case Shelf.ALL, True:
            return say("None of your pictures here has `{search}` in its prompt.", search=search)
        case Shelf.LIKED, False:
            return say("You like no picture here yet. ❤️ stands under single pictures, after U.")
        case Shelf.DELETED, False:
            return say("There is nothing to bring back. What you take off with ❌ is kept for a day.")
        case Shelf.DELETED, True:
            return say("None of the pictures that you took off has `{search}` in its prompt.", search=search)
        case _:
            return say("None of the pictures that you like has `{search}` in its prompt.", search=search)


def choices(jobs: Iterable[Job], typed: str, locale: str) -> dict[int, str]:
    """What a list offers of these pictures for what was typed, by their numbers.

    A number that was typed is that of a picture, and none out of a prompt.
    """
    words = translations(locale)
    names = {job.id: _choice(job, words) for job in jobs}
    if typed.isdecimal():
        return {job_id: names[job_id] for job_id in sorted(names) if str(job_id).startswith(typed)}
    return {job_id: name for job_id, name in names.items() if typed.lower() in name.lower()}


def _choice(job: Job, words: Translations) -> str:
    return f"{job.id} · {_name(job, words)} · {visible(job.prompt)}"


def _line(job: Job, words: Translations, *, names_member: bool) -> str:
    what = f"**{job.id}** {echo(job.prompt, limit=MAX_PROMPT)} · {_name(job, words)}"
    hidden = f" · {HIDDEN}" if job.is_hidden else ""
    if names_member:
        hidden = f" · <@{job.user_id}>"
    return f"{what} · {_link(job, words)} · {moment(job.created_at)}{hidden}"


def _name(job: Job, words: Translations) -> str:
    """What kind of picture it is."""
    number = "" if job.parent is None else job.parent.index + 1
    return replace(WORDS[job.kind].name, values={"number": number}).render(words)


def _link(job: Job, words: Translations) -> str:
    link = link_to(job)
    if link is None:
        return say("not posted").render(words)
    to_it = say("to the picture").render(words)
    return f"[{to_it}]({link})"


def _menu(shown: HistoryPage, words: Translations) -> Menu:
    choices = tuple((str(job.id), _choice(job, words)) for job in shown.jobs)
    lines = {
        Shelf.ALL: say("Details, delete, hide: choose one"),
        Shelf.LIKED: say("Details: choose one"),
        Shelf.DELETED: say("Bring one back, or delete it for good: choose one"),
    }
    placeholder = lines[shown.wanted.shelf].render(words)
    return Menu(custom_id=of_choose(shown.number), placeholder=placeholder, choices=choices)


def _turn(shown: HistoryPage) -> tuple[tuple[Button, ...], ...]:
    buttons = []
    if shown.number > 0:
        buttons.append(Button(custom_id=of_mine(shown.number - 1, shown.wanted), emoji="◀️"))
    if shown.has_more:
        buttons.append(Button(custom_id=of_mine(shown.number + 1, shown.wanted), emoji="▶️"))
    return (tuple(buttons),) if buttons else ()
