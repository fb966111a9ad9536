"""The checkpoint: what there is of it before it is loaded, and how fast it draws here."""

import asyncio
import sys
from collections.abc import Iterator, Mapping

from bot.app import started_engine
from bot.config import IN_PROCESS, Settings, StartupError
from engine.api import ModelInfo, Refusal
from engine.cluster.engine import ClusterEngine
from engine.errors import EngineError
from engine.hub import cache_folder, free_bytes
from engine.sources import count_missing_bytes, resolve

MOST_SHOWN = 100
COMING = "are to be downloaded"
GRIDS_AN_HOUR = 6
BUSY_SECONDS = 0.7 * 3600
"""Of an hour: fuller than that, everybody waits."""
REPLICAS_SECONDS = 300.0
"""For all of a cluster to load their models, once the first has."""


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


async def check_model_unloaded(settings: Settings) -> str:
    """Nobody waits for gigabytes to be loaded who has something else to mend first."""
    return f"{await foresee_model(settings)}; it is loaded and timed once the rest is right"


async def check_model(settings: Settings) -> str:
    """All models, loaded and timed. Raises: StartupError."""
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


async def check_replicas(settings: Settings) -> str:
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
