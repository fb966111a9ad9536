"""The installation, checked line by line: what is right, and what to do about what is not."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from bot.commandline.check.database import check_database, check_database_in_use, is_running
from bot.commandline.check.device import check_device
from bot.commandline.check.files import check_data, check_settings
from bot.commandline.check.gateway import check_discord
from bot.commandline.check.lacks import lacks
from bot.commandline.check.model import check_model, check_model_unloaded, check_replicas, foresee_model
from bot.commandline.check.web import check_web, where_pages_are
from bot.config import IN_PROCESS, Settings, StartupError


async def check(settings: Settings) -> int:
    """One line per thing that must be right, each wrong one with its cure; 0 if all are.

    Beside a bot that runs its ports are not tried, and nothing is loaded.
    """
    runs = await is_running(settings)
    checks: list[tuple[str, Callable[[Settings], Awaitable[str]]]] = [
        ("device", check_device),
        ("settings", check_settings),
        ("data", check_data),
        ("database", check_database_in_use if runs else check_database),
        ("web", where_pages_are if runs else check_web),
        ("discord", check_discord),
    ]
    is_sound = all([await _tell(name, look, settings) for name, look in checks])
    is_ready = is_sound and not runs
    look_at_model = foresee_model if runs else check_model if is_ready else check_model_unloaded
    is_sound &= await _tell("model", look_at_model, settings)
    if is_ready and settings.engine != IN_PROCESS:
        is_sound &= await _tell("replicas", check_replicas, settings)
    for lack in await asyncio.to_thread(lambda: [*lacks(settings)]):
        sys.stdout.write(f"note  {lack}\n")
    return 0 if is_sound else 1


async def _tell(name: str, look: Callable[[Settings], Awaitable[str]], settings: Settings) -> bool:
    """Whether it is right; a line says so, or what to do."""
    try:
        line = f"ok    {name}: {await look(settings)}"
    except StartupError as error:
        line = f"FAIL  {name}: {error}"
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    return line.startswith("ok")
