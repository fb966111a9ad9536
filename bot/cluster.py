"""The engine on a cluster, as the settings ask for it: what must be there, and how its driver is started."""

import os
import secrets
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

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
DRIVER = (sys.executable, "-m", "engine.cluster.on_ray")
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
