"""What the commands on pictures share: services on a scratch database, and the files that they are given."""

import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

from tqdm import tqdm

from bot.app import CACHE, make_data_dir, open_services
from bot.config import Settings, StartupError
from bot.domain.asker import Asker
from bot.imaging.read import PictureFile, UnreadableFile, read_picture
from bot.services import Services

UNLIMITED = 2**31
BAR = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}"


@asynccontextmanager
async def scratch(settings: Settings) -> AsyncGenerator[Services]:
    """The services on a database and a folder that are gone afterwards."""
    with suppress(StartupError):  # what was measured is kept there; where it cannot be, it is measured again
        make_data_dir(settings.data_dir)
    with tempfile.TemporaryDirectory(prefix="darkroom-") as folder, closing(_status()) as status:
        scratch = settings.model_copy(
            update={
                "database_url": f"sqlite+aiosqlite:///{folder}/scratch.db",
                "data_dir": Path(folder),
                "daily_images": UNLIMITED,
            }
        )
        cache_dir, tell = settings.data_dir / CACHE, status.set_description_str
        async with open_services(scratch, cache_dir=cache_dir, tell=tell) as (services, _):
            status.close()
            yield services


def asker() -> Asker:
    """Whoever sits at the terminal."""
    return Asker(source=str(uuid4()), guild_id=1, channel_id=1, user_id=1)


def _status() -> "tqdm[NoReturn]":
    """A line on the terminal, and nowhere else, that says what is being done before the drawing begins."""
    return tqdm(desc="starting", bar_format="{desc} … {elapsed}", leave=False, disable=None)


def read(path: Path) -> PictureFile:
    """The pictures of a file. Raises: StartupError."""
    try:
        return read_picture(path)
    except UnreadableFile as error:
        raise StartupError(str(error)) from None


def index_of(path: Path, file: PictureFile, index: int | None) -> int:
    """Which of the file's pictures is meant, from 0, by its number from 1."""
    if len(file.pictures) == 1:
        return 0
    if index is None:
        raise StartupError(f"{path} is a grid of four: say which one with --index 1 to 4.")
    return index - 1
