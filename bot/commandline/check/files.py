"""The files beside the program: settings, and the folder of the pictures."""

import os
import shutil
from pathlib import Path

from bot.app import make_data_dir
from bot.config import ENV_FILE, Settings, StartupError

SCARCE_BYTES = 1e9


async def check_settings(settings: Settings) -> str:
    """Whether the settings are read by nobody else. Raises: StartupError."""
    del settings  # they were read: that is what is said
    if not ENV_FILE.exists():
        return f"there is no {ENV_FILE} in {Path.cwd()}: they come from the environment alone"
    if is_open(ENV_FILE):
        raise StartupError(
            f"others on this machine can read {ENV_FILE.absolute()}, and with it your token. Run: "
            f"chmod 600 {ENV_FILE.absolute()}"
        )
    return f"{ENV_FILE} is readable, for nobody else"


async def check_data(settings: Settings) -> str:
    """Whether there is room for pictures. Raises: StartupError."""
    make_data_dir(settings.data_dir)
    free = shutil.disk_usage(settings.data_dir).free
    if free < SCARCE_BYTES:
        raise StartupError(
            f"only {free / 1e9:.1f} GB are free in {settings.data_dir}. Make room, or set RETENTION_DAYS."
        )
    return f"{settings.data_dir} can be written to; {free / 1e9:.0f} GB are free"


def is_open(path: Path) -> bool:
    """Whether others than its owner can read a file."""
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)
