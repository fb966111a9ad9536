"""The first quarter of an hour: what is missing is asked for, tried at once, and written into .env."""

import asyncio
import getpass
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bot.app import started_engine
from bot.client import invitation
from bot.commandline.check.database import check_database
from bot.commandline.check.device import check_device
from bot.commandline.check.files import check_data
from bot.commandline.check.gateway import list_guilds, logged_in, named
from bot.commandline.check.model import foresee_model, pace
from bot.commandline.check.web import check_web
from bot.config import (
    ENV_FILE,
    Settings,
    StartupError,
    env_example,
    required_token,
    tell_libraries,
    with_answers,
    written_into,
)

TRIES = 5
"""After so many wrong answers to one question, somebody is not there."""
NAMED = 10
"""Servers that it leaves; of more their number is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One setting, how it is asked for, and what proves its answer."""

    name: str
    words: str
    prove: Callable[[Settings], Awaitable[str]]
    is_secret: bool = False
    propose: Callable[[Settings], str] = lambda _: ""
    """What an empty answer means, where that is not what the setting is now."""


async def init(settings: Settings, answers: Mapping[str, str], *, is_asking: bool) -> int:
    """Ask, prove, write, and say how to go on; 0, or 1 where something is not right yet.

    `answers` are settings that flags already gave, by name. Nothing is asked where nobody sits at a terminal.
    Raises: StartupError.
    """
    settings = with_answers(settings, answers)
    try:
        settings, kept = await _questioned(settings, answers, is_asking=is_asking)
    except (KeyboardInterrupt, asyncio.CancelledError):
        _say("\nNothing was written.")
        raise
    await asyncio.to_thread(_write, kept)
    _say(f"Written: {ENV_FILE.absolute()}, readable by you alone.")
    async with started_engine(settings, tell=_say) as engine:
        for model in engine.models():
            _say(f"{model.name}: {pace(model)}.")
    _say(f"Invite the bot: {await _invitation(settings)}")
    _say("Then: python -m bot check, and python -m bot runs it.")
    return 0


async def _questioned(
    settings: Settings, answers: Mapping[str, str], *, is_asking: bool
) -> tuple[Settings, dict[str, str]]:
    """The settings with all answers, proven, and what is to be written.

    Raises: StartupError.
    """
    kept = dict(answers)
    for question in QUESTIONS:
        is_given = question.name in answers
        settings, value = await _answered(question, settings, is_asking=is_asking and not is_given)
        kept |= value
        tell_libraries(settings)
    kept.setdefault("discord_token", required_token(settings))
    return settings, kept


async def _answered(
    question: Question, settings: Settings, *, is_asking: bool
) -> tuple[Settings, dict[str, str]]:
    """The settings with a proven answer, and what of it is to be written.

    Raises: StartupError, where a wrong answer cannot be asked for again.
    """
    proposed = question.propose(settings)
    if not is_asking:
        value = {question.name: proposed} if proposed else {}
        settings = with_answers(settings, value)
        _say(f"{question.name}: {await question.prove(settings)}")
        return settings, value
    for _ in range(TRIES):
        typed = _ask(question, settings, proposed) or proposed
        try:
            tried = with_answers(settings, {question.name: typed} if typed else {})
            _say(f"  {await question.prove(tried)}")
        except StartupError as error:
            _say(f"  {error}")
        else:
            return tried, {question.name: typed} if typed else {}
    raise StartupError(f"{question.name.upper()} is still not right. Begin again: python -m bot init")


def _ask(question: Question, settings: Settings, proposed: str) -> str:
    """What is typed; empty where it stays as it is, or as is proposed. Blocks, as nothing else goes on.

    Raises: StartupError, where the terminal is closed; KeyboardInterrupt.
    """
    now = proposed or getattr(settings, question.name)
    stays = "" if now in (None, "") else f" [{'as it is' if question.is_secret else now}]"
    try:
        read = getpass.getpass if question.is_secret else input
        with _interruptible():
            return read(f"{question.words}{stays}: ").strip()
    except EOFError:
        raise StartupError("Nobody answers. Say it by flags: python -m bot init --help") from None


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C ends what blocks: asyncio would only note it, and go on once something is typed."""
    noted = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, noted)


def _write(values: Mapping[str, str]) -> None:
    """Put the values into .env, which is ours alone from its first byte on, whole or not at all. Blocking.

    Raises: StartupError.
    """
    try:
        text = ENV_FILE.read_text() if ENV_FILE.exists() else env_example()
        temporary = ENV_FILE.with_name(f"{ENV_FILE.name}.new")
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(written_into(text, values))
        temporary.replace(ENV_FILE)
    except (OSError, UnicodeError) as error:
        raise StartupError(f"{ENV_FILE.absolute()} cannot be written ({error}).") from error


async def _prove_token(settings: Settings) -> str:
    async with logged_in(settings) as client:
        return f"Discord knows it: {client.user}"


async def _invitation(settings: Settings) -> str:
    async with logged_in(settings) as client:
        return invitation(client.application_id or 0, makes_rooms=True)


async def _prove_guilds(settings: Settings) -> str:
    """Which of the servers it is in, by name: a number that is a slip off is told by having none."""
    if not settings.guild_ids:
        return "every one: whoever has the invitation can add it, and draw on your card"
    async with logged_in(settings) as client:
        guilds, left = await list_guilds(client, settings, limit=None)
    coming = settings.guild_ids - {guild.id for guild in guilds}
    told = [named(guild) for guild in guilds]
    told += [f"{guild_id}, where it is to be invited yet" for guild_id in sorted(coming)]
    told += [f"it leaves {one}" for one in left[:NAMED]]
    return "; ".join([*told, f"and {len(left) - NAMED} more"] if len(left) > NAMED else told)


async def _prove_hub_token(settings: Settings) -> str:
    if settings.hf_token is None:
        return "none: most models need none"
    return "it is tried with the checkpoint"


def _beside_pictures(settings: Settings) -> str:
    """A database in the folder of the pictures, where that was moved and the database was not."""
    default = {name: Settings.model_fields[name].default for name in ("data_dir", "database_url")}
    is_moved = settings.data_dir != default["data_dir"] and settings.database_url == default["database_url"]
    return f"sqlite+aiosqlite:///{settings.data_dir / 'darkroom.db'}" if is_moved else ""


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


QUESTIONS = (
    Question(
        name="discord_token",
        words="The bot's token (Discord's developer portal > your application > Bot > Reset Token)",
        prove=_prove_token,
        is_secret=True,
    ),
    Question(name="device", words="What draws: auto, cuda, cuda:1, mps or cpu", prove=check_device),
    Question(
        name="hf_token",
        words="A token of the Hugging Face hub, for models behind terms (empty: none)",
        prove=_prove_hub_token,
        is_secret=True,
    ),
    Question(name="model", words="The checkpoint: sketch, a folder, a file or a hub id", prove=foresee_model),
    Question(name="data_dir", words="The folder of the pictures", prove=check_data),
    Question(name="database_url", words="The database", prove=check_database, propose=_beside_pictures),
    Question(
        name="public_url",
        words="Where people find the web pages, as https://art.example.org (empty: nowhere yet)",
        prove=check_web,
    ),
    Question(
        name="guilds",
        words="The servers that may use it, by their numbers, with commas between (empty: every one)",
        prove=_prove_guilds,
    ),
)
