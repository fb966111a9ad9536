"""The composition root: the one module that knows every concrete class, and the order of life and death."""

import asyncio
import logging
import os
import signal
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import aiohttp
import discord
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.client import Darkroom, point_discord_to
from bot.cluster import ClusterMeters, cluster_engine
from bot.config import IN_PROCESS, Settings, StartupError, named_files, required_token, split_models
from bot.delivery.community import Community
from bot.imaging.fetch import Fetcher
from bot.meters import Meters
from bot.services import KEY_FILE, Services, build_services
from bot.services.backups import EVERY_SECONDS
from bot.storage.backups import BackupFailed
from bot.storage.database import owned_database, wal_of
from bot.storage.forgetting import get_key
from bot.storage.outage import persistently, reason_of
from bot.storage.ownership import DatabaseUnusable
from bot.supervisor import Supervisor
from bot.web.community import CommunityPages
from bot.web.health import Folders, HealthPages, LoopLag
from bot.web.server import application, serving
from engine.api import Engine
from engine.cluster.engine import ClusterEngine
from engine.config import EngineConfig
from engine.device import choose_device, free_memory, total_memory
from engine.errors import DeviceLost, EngineError
from engine.worker import InProcessEngine

log = logging.getLogger(__name__)

EXIT_OK = 0
EXIT_STARTUP = 1
EXIT_DISOWNED = 75
"""The database is another process's by now. sysexits' EX_TEMPFAIL: a supervisor tries again."""
PURGE_SECONDS = 6 * 3600.0
SWEEP_SECONDS = 3600.0
QUIET_SECONDS = 60.0
"""After the start, before the first backup."""
MOST_SHOWN = 100
CACHE = "cache"
"""The folder in DATA_DIR that may be deleted at any time."""
ANSWER_SECONDS = 2.0
"""At the end, for those who have just asked."""


async def run(settings: Settings) -> int:
    """Run the bot until it is told to stop; returns the process's exit code.

    Raises: StartupError.
    """
    os.umask(0o077)  # whatever we write is for nobody else's eyes
    token = required_token(settings)
    log.info("Darkroom %s, Python %s, data in %s", version("darkroom"), python_version(), settings.data_dir)
    if settings.discord_api_base:
        point_discord_to(settings.discord_api_base)
    await check_port(settings)
    async with readable_discord_errors(), discord.Client(intents=discord.Intents(guilds=True)) as visitor:
        await visitor.login(token)  # what is wrong with it is told before a model is loaded for minutes
    async with AsyncExitStack() as stack:
        services, engine = await stack.enter_async_context(open_services(settings))
        for model in engine.models():
            log.info("model %s (hash %s, %d pixels)", model.name, model.hash, model.native_size)
        meters = Meters()
        measure_devices(meters, settings, engine)
        client = await stack.enter_async_context(
            Darkroom(
                services,
                meters=meters,
                members_intent=settings.members_intent,
                reactions_intent=settings.reactions_intent,
                owner_guild=settings.owner_guild,
            )
        )
        await stack.enter_async_context(served_pages(settings, services, client, meters))
        await stack.enter_async_context(swept(settings, services))
        async with readable_discord_errors():
            await client.login(token)
        return await _serve(client, services, engine)


def measure_devices(meters: Meters, settings: Settings, engine: Engine) -> None:
    """What draws: this process's own device, or a cluster."""
    if isinstance(engine, ClusterEngine):
        meters.registry.register(ClusterMeters(engine))
    if isinstance(engine, InProcessEngine):
        device = choose_device(settings.device)
        meters.memory_free.set_function(lambda: free_memory(device))
        meters.memory_total.set(total_memory(device))


async def check_port(settings: Settings) -> None:
    """Whether the web pages can be served, before a model is loaded for nothing.

    Raises: StartupError.
    """
    if settings.web_port:
        async with serving(application([]), host=settings.web_host, port=settings.web_port):
            pass
    if settings.metrics_port:
        async with _serving_metrics(settings, application([])):
            pass


def _serving_metrics(settings: Settings, app: web.Application) -> AbstractAsyncContextManager[None]:
    return serving(app, host=settings.metrics_host, port=settings.metrics_port or 0, setting="METRICS_PORT")


@asynccontextmanager
async def started_engine(
    settings: Settings, *, cache_dir: Path | None = None, tell: Callable[[str], object] = log.debug
) -> AsyncIterator[Engine]:
    """The engine with its models loaded.

    `cache_dir` keeps what was measured of them, by default in the settings' data_dir; `tell` is called,
    on the engine's thread, with what is being done.
    Raises: StartupError.
    """
    config = engine_config(settings, cache_dir=cache_dir, tell=tell)
    is_here = settings.engine == IN_PROCESS
    engine = InProcessEngine(config) if is_here else cluster_engine(settings, config)
    try:
        await engine.__aenter__()
    except EngineError as error:
        raise StartupError(_unusable(settings, error)) from error
    try:
        yield engine
    finally:
        await engine.__aexit__(None, None, None)


def engine_config(
    settings: Settings, *, cache_dir: Path | None = None, tell: Callable[[str], object] = log.debug
) -> EngineConfig:
    """The settings that are the engine's.

    Raises: StartupError, where LORAS or EMBEDDINGS names no files.
    """
    return EngineConfig(
        model=settings.model,
        more_models=split_models(settings.models),
        vae=settings.vae or None,
        upscaler=settings.upscaler,
        captioner=settings.captioner or None,
        ip_adapter=settings.ip_adapter or None,
        loras=named_files("LORAS", settings.loras),
        embeddings=named_files("EMBEDDINGS", settings.embeddings),
        controlnets=_named(split_models(settings.controlnets)),
        device=settings.device,
        dtype=settings.dtype,
        memory_gib=settings.memory_gib,
        compile=settings.compile,
        cache_dir=cache_dir or settings.data_dir / CACHE,
        tell=tell,
    )


def _named(pairs: Iterable[str]) -> dict[str, str]:
    parted = (pair.partition("=") for pair in pairs)
    return {name.strip(): source.strip() for name, _, source in parted}


def _unusable(settings: Settings, error: EngineError) -> str:
    """Which setting is wrong, where the engine knows it, and why."""
    if error.model is None:
        return f"The engine cannot start. {error}"
    if error.model == str(settings.upscaler):
        return f"UPSCALER={error.model[:MOST_SHOWN]} cannot be used: {error}"
    setting = "MODEL" if error.model == settings.model else "MODELS"
    return f"{setting}={error.model[:MOST_SHOWN]} cannot be used: {error}"


@asynccontextmanager
async def readable_discord_errors() -> AsyncGenerator[None]:
    """Say what to do where Discord cannot be reached, or does not want us.

    Raises: StartupError.
    """
    try:
        yield
    except discord.LoginFailure:
        raise StartupError(
            "Discord does not accept DISCORD_TOKEN. Reset it in the developer portal (Bot > Reset Token)."
        ) from None
    except discord.PrivilegedIntentsRequired:
        raise StartupError(
            "MEMBERS_INTENT is set, but Discord does not grant it. Switch on the Server Members Intent in "
            "the developer portal (Bot), or remove MEMBERS_INTENT."
        ) from None
    except discord.HTTPException as error:
        raise StartupError(
            f"Discord answered with an error ({error.status}, code {error.code}: {error.text or 'no text'}). "
            "If it does not pass by itself, look for the code in Discord's documentation."
        ) from error
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        raise StartupError(f"Discord does not answer ({error}). Is this machine online?") from error


@asynccontextmanager
async def open_services(
    settings: Settings, *, cache_dir: Path | None = None, tell: Callable[[str], object] = log.debug
) -> AsyncGenerator[tuple[Services, Engine]]:
    """The services on the settings' database, owned by this process, and the engine that draws for them.

    The database comes first: a second process is turned away before it loads a model onto the same GPU.

    Raises: StartupError.
    """
    make_data_dir(settings.data_dir)
    await asyncio.to_thread(check_key, settings.data_dir)
    async with AsyncExitStack() as stack:
        try:
            database = await stack.enter_async_context(owned_database(settings.database_url))
        except DatabaseUnusable as error:
            raise StartupError(str(error)) from error
        engine = await stack.enter_async_context(started_engine(settings, cache_dir=cache_dir, tell=tell))
        services = build_services(
            database,
            engine,
            data_dir=settings.data_dir,
            daily_images=settings.daily_images,
            allows_nsfw=settings.allow_nsfw,
            public_url=settings.pages_url,
            fetcher=Fetcher(split_models(settings.image_hosts), stand_in=settings.discord_api_base),
            upload_days=settings.upload_days,
            owners=settings.owner_ids,
            guilds=settings.guild_ids,
        )
        yield services, engine


def make_data_dir(folder: Path) -> None:
    """The folder of the pictures, for nobody else's eyes.

    Raises: StartupError, where it cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        raise StartupError(
            f"DATA_DIR={folder} cannot be written to ({reason}). Name a folder that this user may write to."
        ) from error


def check_key(folder: Path) -> None:
    """Make the key by which forgotten members are known again, or see that it is one.

    Raises: StartupError.
    """
    try:
        get_key(folder / KEY_FILE)
    except ValueError as error:
        raise StartupError(str(error)) from None
    except OSError as error:
        raise StartupError(f"{folder / KEY_FILE} cannot be read or written ({error.strerror}).") from error


@asynccontextmanager
async def served_pages(
    settings: Settings, services: Services, client: Darkroom, meters: Meters
) -> AsyncGenerator[None]:
    """The web pages, unless WEB_PORT is 0, and what machines ask: beside them, or at METRICS_PORT.

    Raises: StartupError.
    """
    lag = LoopLag()
    folders = Folders(
        data=settings.data_dir,
        backups=settings.backup_folder if settings.backup_keep else None,
        wal=wal_of(settings.database_url),
    )
    health = HealthPages(services, meters, lag, folders=folders, is_connected=client.is_ready).routes()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(lag.measured())
        if settings.metrics_port:
            log.info("metrics at http://%s:%d/metrics", settings.metrics_host, settings.metrics_port)
            await stack.enter_async_context(_serving_metrics(settings, application(health)))
        if settings.web_port:
            log.info("web pages at %s", settings.served_at)
            if not settings.pages_url:
                log.info("members are not told where: PUBLIC_URL is empty")
            community = CommunityPages(services, Community(client, services.rooms))
            beside = [] if settings.metrics_port else health
            app = application([*beside, *community.routes()], error_page=community.error_page)
            await stack.enter_async_context(serving(app, host=settings.web_host, port=settings.web_port))
        yield


@asynccontextmanager
async def swept(settings: Settings, services: Services) -> AsyncGenerator[None]:
    """Meanwhile, forget orders kept too long and pictures that were brought along and are not used any more,
    and delete picture files older than RETENTION_DAYS.

    A RETENTION_DAYS of 0 keeps every picture.
    """
    tasks = [
        asyncio.create_task(_sweep_orders(services), name="sweep"),
        asyncio.create_task(_back_up(services, settings), name="backups"),
        asyncio.create_task(_sweep_orphans(services, before=time.time()), name="sweep files"),
        asyncio.create_task(_sweep_uploads(services), name="uploads"),
    ]
    if settings.retention_days:
        tasks.append(asyncio.create_task(_purge(services, settings.retention_days), name="purge"))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()


async def _sweep_orders(services: Services) -> None:
    while True:
        await services.makings_of.purge()
        if gone := await persistently(services.binning.sweep):
            log.info("deleted %d pictures for good that were taken off a day ago", gone)
        if forgotten := await persistently(services.kept.sweep):
            log.info("forgot %d kept orders that nobody came back for", forgotten)
        await asyncio.sleep(SWEEP_SECONDS)


async def _back_up(services: Services, settings: Settings) -> None:
    """Every hour, from a quiet moment after the start on; what fails is told, and tried again in an hour."""
    if not settings.backup_keep:
        return
    await asyncio.sleep(QUIET_SECONDS)
    folder = settings.backup_folder
    while True:
        await asyncio.sleep(await asyncio.to_thread(services.backups.seconds_until_next, folder))
        try:
            path = await services.backups.back_up(folder, keep=settings.backup_keep)
            log.info("backup: %s (%.1f MB)", path, path.stat().st_size / 1e6)
        except (BackupFailed, OSError, SQLAlchemyError) as error:
            log.warning("no backup was made: %s", reason_of(error))
            await asyncio.sleep(EVERY_SECONDS)


async def _sweep_orphans(services: Services, *, before: float) -> None:
    if deleted := await persistently(lambda: services.removals.sweep_orphans(before)):
        log.info("deleted %d pictures that an earlier process had not settled", deleted)


async def _sweep_uploads(services: Services) -> None:
    while True:
        if deleted := await persistently(services.uploads.sweep):
            log.info("deleted %d pictures that members brought along and use no more", deleted)
        await asyncio.sleep(SWEEP_SECONDS)


async def _purge(services: Services, days: int) -> None:
    while True:
        deleted = await persistently(lambda: services.pictures.purge(days))
        log.info("deleted %d picture files older than %d days", deleted, days)
        await asyncio.sleep(PURGE_SECONDS)


async def _serve(client: Darkroom, services: Services, engine: Engine) -> int:
    """Connected to the gateway, until a signal, a lost device or a refused token ends it."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    ready = asyncio.Event()
    announcing = asyncio.create_task(_announce(client, ready), name="ready")
    waits = {
        asyncio.create_task(client.connect(), name="gateway"): EXIT_STARTUP,
        asyncio.create_task(stop.wait(), name="signal"): EXIT_OK,
        asyncio.create_task(engine.ended(), name="device"): DeviceLost.exit_code,
        asyncio.create_task(client.delivery.token_refused.wait(), name="token"): EXIT_STARTUP,
        asyncio.create_task(_disowned(services), name="database"): EXIT_DISOWNED,
    }
    try:
        async with Supervisor().told(ready):
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        ended = done.pop()
        async with readable_discord_errors():
            ended.result()
        return waits[ended]
    finally:
        await _drain(client, services)
        for task in (*waits, announcing):
            task.cancel()


async def _announce(client: Darkroom, ready: asyncio.Event) -> None:
    await client.wait_until_ready()
    ready.set()


async def _disowned(services: Services) -> None:
    log.critical("%s This process ends.", await services.health.database_lost())


async def _drain(client: Darkroom, services: Services) -> None:
    """Nothing new, what runs goes back to the queue, what is owed stays owed."""
    services.jobs.drain()
    await client.answered(ANSWER_SECONDS)
    await client.left_behind.close()
    await services.runs.drain()
    await client.rooms.close()
    await client.digests.close()
    await client.remover.close()
    await client.delivery.close()
