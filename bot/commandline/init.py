"""The first quarter of an hour: what is missing is asked for, tried at once, and written into .env."""

import asyncio
import getpass
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import discord

from bot.app import readable_discord_errors, started_engine
from bot.client import invitation, point_discord_to
from bot.commandline.check import check_data, check_database, check_device, check_web, pace
from bot.config import (
    ENV_FILE,
    Settings,
    StartupError,
    env_example,
    required_token,
    with_answers,
    written_into,
)

TRIES = 5
"""After so many wrong answers to one question, somebody is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One setting, how it is asked for, and what proves its answer."""

    name: str
    words: str
    prove: Callable[[Settings], Awaitable[str]]
    is_secret: bool = False


async def init(settings: Settings, answers: Mapping[str, str], *, is_asking: bool) -> int:
    """Ask, prove, write, and say how to go on; 0, or 1 where something is not right yet.

    `answers` are settings that flags already gave, by name. Nothing is asked where nobody sits at a terminal.
    Raises: StartupError.
    """
    settings = with_answers(settings, answers)
    if settings.discord_api_base:
        point_discord_to(settings.discord_api_base)
    kept = dict(answers)
    for question in QUESTIONS:
        is_given = question.name in answers
        settings, value = await _answered(question, settings, is_asking=is_asking and not is_given)
        kept |= value
    kept.setdefault("discord_token", required_token(settings))
    await asyncio.to_thread(_write, kept)
    _say(f"Written: {ENV_FILE.absolute()}, readable by you alone.")
    async with started_engine(settings, tell=_say) as engine:
        for model in engine.models():
            _say(f"{model.name}: {pace(model)}.")
    _say(f"Invite the bot: {await _invitation(settings)}")
    _say("Then: python -m bot check, and python -m bot runs it.")
    return 0


async def _answered(
    question: Question, settings: Settings, *, is_asking: bool
) -> tuple[Settings, dict[str, str]]:
    """The settings with a proven answer, and what of it is to be written.

    Raises: StartupError, where a wrong answer cannot be asked for again.
    """
    if not is_asking:
        _say(f"{question.name}: {await question.prove(settings)}")
        return settings, {}
    for _ in range(TRIES):
        typed = await asyncio.to_thread(_ask, question, settings)
        try:
            tried = with_answers(settings, {question.name: typed} if typed else {})
            _say(f"  {await question.prove(tried)}")
        except StartupError as error:
            _say(f"  {error}")
        else:
            return tried, {question.name: typed} if typed else {}
    raise StartupError(f"{question.name.upper()} is still not right. Begin again: python -m bot init")


def _ask(question: Question, settings: Settings) -> str:
    """What is typed; empty where it stays as it is. Blocking.

    Raises: StartupError, where the terminal is closed.
    """
    now = getattr(settings, question.name)
    stays = "" if now in (None, "") else f" [{'as it is' if question.is_secret else now}]"
    try:
        read = getpass.getpass if question.is_secret else input
        return read(f"{question.words}{stays}: ").strip()
    except EOFError:
        raise StartupError("Nobody answers. Say it by flags: python -m bot init --help") from None


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
    async with discord.Client(intents=discord.Intents(guilds=True)) as client, readable_discord_errors():
        await client.login(required_token(settings))
        return f"Discord knows it: {client.user}"


async def _invitation(settings: Settings) -> str:
    async with discord.Client(intents=discord.Intents(guilds=True)) as client, readable_discord_errors():
        await client.login(required_token(settings))
        return invitation(client.application_id or 0, makes_rooms=True)


async def _prove_model(settings: Settings) -> str:
    return await asyncio.to_thread(_seen_model, settings.model)


def _seen_model(model: str) -> str:
    """What there is of a checkpoint before it is loaded. Blocking.

    Raises: StartupError.
    """
    if model == "sketch":
        return "the small model that ships with Darkroom"
    path = Path(model).expanduser()
    if path.exists():
        files = path.rglob("*.safetensors") if path.is_dir() else [path]
        size = sum(file.stat().st_size for file in files)
        if not size or (path.is_file() and path.suffix != ".safetensors"):
            raise StartupError(f"{path} holds no .safetensors. Only these are loaded.")
        return f"{path}, {size / 1e9:.1f} GB"
    is_path = model.startswith(("/", ".", "~")) or model.endswith(".safetensors") or model.count("/") != 1
    if is_path:
        raise StartupError(f"There is no {path}. Name a folder, a .safetensors file, or a hub id.")
    return f"{model}, which comes from the hub (several GB) unless it is here already; see HF_HOME, HF_TOKEN"


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
    Question(name="model", words="The checkpoint: sketch, a folder, a file or a hub id", prove=_prove_model),
    Question(name="data_dir", words="The folder of the pictures", prove=check_data),
    Question(name="database_url", words="The database", prove=check_database),
    Question(
        name="public_url",
        words="Where people find the web pages, as https://art.example.org (empty: nowhere yet)",
        prove=check_web,
    ),
)
