"""What draws here, and which checkpoint suits it."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE

from bot.cluster import DRIVER, driver_environment, ray_address
from bot.config import IN_PROCESS, Settings, StartupError
from engine.cards import advised
from engine.errors import EngineError
from engine.machine import Machine, look_at_device


async def check_device(settings: Settings) -> str:
    """What draws and what suits it, or why a card that is there does not. Raises: StartupError."""
    if settings.engine != IN_PROCESS:
        return await check_cluster(settings)
    try:
        machine = await asyncio.to_thread(look_at_device, settings.device)
    except EngineError as error:
        raise StartupError(str(error)) from error
    return f"{machine.words}; {_advice(machine)}"


def _advice(machine: Machine) -> str:
    """The checkpoint that suits a device, which is reckoned."""
    choice = advised(machine.gib, machine.teraflops)
    if choice is None:
        return "it suits MODEL=sketch: anything larger is too slow here, or does not fit"
    return (
        f"it suits checkpoints like {choice.name} (MODEL={choice.model}), a grid of which should take about "
        f"{choice.grid_seconds(machine.teraflops):.2g} s (reckoned; see deploy/CARDS.md)"
    )


async def check_cluster(settings: Settings) -> str:
    """Which GPUs the cluster has, and whether this host is one of its nodes. Raises: StartupError."""
    environment = driver_environment(settings)
    looking = await asyncio.create_subprocess_exec(
        *DRIVER, ray_address(settings), "look", env=environment, stdout=PIPE, stderr=DEVNULL
    )
    told, _ = await looking.communicate()
    sentence = told.decode(errors="replace").strip()
    if looking.returncode != 0:
        raise StartupError(sentence or f"the driver of ENGINE={settings.engine} does not start.")
    return sentence
