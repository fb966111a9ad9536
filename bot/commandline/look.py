"""Looking from the command line: what a picture shows, and which words of a prompt count."""

import asyncio
import json
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable, Mapping

from bot.commandline.scratch import index_of, read, scratch
from bot.config import Settings
from bot.domain.errors import UserError
from bot.services import Services
from bot.services.looking import ShortenedPrompt


async def describe(settings: Settings, asked: Namespace) -> int:
    """Four prompts for a picture.

    Raises: StartupError.
    """
    file = await asyncio.to_thread(read, asked.picture)
    picture = file.pictures[index_of(asked.picture, file, asked.index)]

    async def look(services: Services) -> str:
        captions = await services.looking.describe(picture)
        return _written({"captions": captions}) if asked.json else _numbered(captions)

    return await _said(settings, look)


async def shorten(settings: Settings, asked: Namespace) -> int:
    """A prompt with the words that count little in parentheses, and shorter ones.

    Raises: StartupError.
    """

    async def look(services: Services) -> str:
        short = await services.looking.shorten(asked.prompt)
        return _written(_values(short)) if asked.json else plain(short)

    return await _said(settings, look)


async def _said(settings: Settings, look: Callable[[Services], Awaitable[str]]) -> int:
    async with scratch(settings) as services:
        try:
            sys.stdout.write(f"{await look(services)}\n")
        except UserError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    return 0


def _numbered(prompts: tuple[str, ...]) -> str:
    return "\n".join(f"{number}. {prompt}" for number, prompt in enumerate(prompts, start=1))


def plain(short: ShortenedPrompt) -> str:
    """For people: the words that count little in parentheses, then the shorter prompts by number."""
    marked = " :: ".join(
        " ".join(f"({word.text})" if word.is_struck else word.text for word in part) for part in short.parts
    )
    if not short.shorter:
        return f"{marked}\n\nThere is nothing to leave out."
    return f"{marked}\n\n{_numbered(short.shorter)}"


def _values(short: ShortenedPrompt) -> Mapping[str, object]:
    words = [
        [{"word": word.text, "share": round(word.share, 4), "struck": word.is_struck} for word in part]
        for part in short.parts
    ]
    return {"parts": words, "shorter": short.shorter}


def _written(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, indent=2)
