"""The engine on a cluster, as the settings ask for it: what must be there, how its driver is started, and
what is measured of it."""

import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.config import LOCAL_RAY, Settings, StartupError
from bot.logs import blot
from engine.cluster.engine import ClusterEngine
from engine.cluster.process import DriverProcess
from engine.config import EngineConfig

TOKEN_FILE = "ray-token"  # noqa: S105 - the name of a file
"""In DATA_DIR, where this host is all of the cluster: nobody else needs to know it."""
TOKEN_BYTES = 32
OURS_ALONE = {"DISCORD_TOKEN", "DATABASE_URL"}
"""What the driver, and whatever runs in the cluster, need not know."""
DRIVER: tuple[str, ...] = (sys.executable, "-m", "engine.cluster.on_ray")
MODELS_FILE = "cluster-models.json"


def cluster_engine(settings: Settings, config: EngineConfig) -> ClusterEngine:
    """An engine on the cluster that ENGINE names.

    Raises: StartupError.
    """
    if settings.device not in {"auto", "cuda", "cpu"}:
        raise StartupError(
            f"DEVICE={settings.device} names one device, and ENGINE={settings.engine} draws on all GPUs. "
            "Set DEVICE=auto."
        )
    drivers = DriverProcess([*DRIVER, ray_address(settings)], environment=driver_environment(settings))
    remembered = config.cache_dir / MODELS_FILE if config.cache_dir else None
    return ClusterEngine(config, drivers, remembered=remembered)


def ray_address(settings: Settings) -> str:
    """As the driver is told it."""
    return "local" if settings.engine == LOCAL_RAY else settings.engine


def driver_environment(settings: Settings) -> Mapping[str, str]:
    """What a driver sees of our environment, and the token that it must show.

    Raises: StartupError, where Ray or a token that nobody else can read is missing.
    """
    if find_spec("ray") is None:
        raise StartupError(f"ENGINE={settings.engine} needs Ray. Install it: pip install 'darkroom[ray]'")
    path = _token_file(settings)
    blot(_token(path))
    passed = {name: value for name, value in os.environ.items() if name not in OURS_ALONE}
    return passed | {
        "PYTHONUNBUFFERED": "1",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(path),
        "RAY_USAGE_STATS_ENABLED": "0",
    }


def _token_file(settings: Settings) -> Path:
    if settings.ray_auth_token_path is not None:
        return settings.ray_auth_token_path.expanduser().absolute()
    if settings.engine != LOCAL_RAY:
        raise StartupError(
            f"ENGINE={settings.engine} needs RAY_AUTH_TOKEN_PATH: a file with the token that all nodes of "
            "the cluster have (deploy/CLUSTER.md). Without one, whoever reaches a node runs programs on it."
        )
    path = settings.data_dir.absolute() / TOKEN_FILE
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(TOKEN_BYTES))
    return path


def _token(path: Path) -> str:
    try:
        token, mode = path.read_text().strip(), path.stat().st_mode
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise StartupError(f"RAY_AUTH_TOKEN_PATH={path} cannot be read ({reason}).") from error
    if mode & 0o077:
        raise StartupError(f"others on this machine can read the token of the cluster: chmod 600 {path}")
    if len(token) < TOKEN_BYTES:
        raise StartupError(
            f"the token in {path} is too short to be safe. Make another for all nodes: openssl rand -hex 32"
        )
    return token


class ClusterMeters(Collector):
    """What a cluster does, as its driver last told it; read when somebody asks for it."""

    def __init__(self, engine: ClusterEngine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        """Of all, and of each replica."""
        engine, status = self._engine, self._engine.status
        yield _gauge("driver_up", "Whether the driver runs.", engine.is_driver_here)
        yield _gauge("head_up", "Whether the driver speaks: the head answers it.", engine.is_head_here)
        yield _gauge("devices", "Devices that there should be.", len(status.replicas))
        yield _gauge("devices_drawing", "Those that can draw.", status.num_drawing)
        yield _gauge("waiting", "Requests that are on no replica yet.", status.num_waiting)
        yield CounterMetricFamily(
            "darkroom_cluster_dropped",
            "Requests that replicas dropped, as the driver that had sent them was dead.",
            value=engine.num_dropped,
        )
        yield CounterMetricFamily(
            "darkroom_cluster_drivers_started",
            "Drivers that the bot has started, each after the end of the one before.",
            value=engine.num_drivers,
        )
        yield from self._of_replicas()

    def _of_replicas(self) -> Iterator[Metric]:
        serving = GaugeMetricFamily(
            "darkroom_cluster_replicas", "Replicas that draw with a model now.", labels=["model"]
        )
        for model in self._engine.models():
            able = sum(model.name in one.models for one in self._engine.status.replicas)
            serving.add_metric([model.name], able)
        yield serving
        labels = ["replica", "host"]
        jobs = GaugeMetricFamily("darkroom_cluster_replica_jobs", "Requests on a replica.", labels=labels)
        seconds = GaugeMetricFamily(
            "darkroom_cluster_replica_seconds",
            "Until a replica has nothing left to do, as is reckoned.",
            labels=labels,
        )
        for one in self._engine.status.replicas:
            jobs.add_metric([one.name, one.host], one.num_jobs)
            seconds.add_metric([one.name, one.host], one.seconds)
        yield from (jobs, seconds)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"darkroom_cluster_{name}", words, value=value)
