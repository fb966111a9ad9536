"""The engine on a cluster, as the settings ask for it: what is refused, and what its driver is told."""

import logging
import stat
from pathlib import Path
from typing import Any

import pytest

from bot import cluster
from bot.cluster import cluster_engine, driver_environment
from bot.config import Settings, StartupError
from bot.logs import Redaction
from engine.cluster.engine import ClusterEngine
from engine.config import EngineConfig

TOKEN = "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def with_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether or not it is installed where the tests run."""
    monkeypatch.setattr(cluster, "find_spec", lambda _: object())


def test_without_ray_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    with pytest.raises(StartupError, match=r"pip install 'darkroom\[ray\]'"):
        driver_environment(settings(tmp_path, engine="ray"))


def test_a_cluster_without_a_token_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="RAY_AUTH_TOKEN_PATH"):
        driver_environment(settings(tmp_path, engine="10.0.0.5:6379"))


@pytest.mark.parametrize(
    ("text", "mode", "sentence"),
    [(TOKEN, 0o640, "chmod 600"), ("short", 0o600, "too short"), (None, 0o600, "cannot be read")],
)
def test_a_token_that_protects_nothing_is_refused(
    tmp_path: Path, text: str | None, mode: int, sentence: str
) -> None:
    path = tmp_path / "token"
    if text is not None:
        path.write_text(text)
        path.chmod(mode)
    with pytest.raises(StartupError, match=sentence):
        driver_environment(settings(tmp_path, engine="10.0.0.5:6379", ray_auth_token_path=path))


def test_on_one_machine_the_token_is_made_once_and_for_nobody_else(tmp_path: Path) -> None:
    first = driver_environment(settings(tmp_path, engine="ray"))
    path = Path(first["RAY_AUTH_TOKEN_PATH"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    token = path.read_text()
    assert driver_environment(settings(tmp_path, engine="ray")) == first
    assert path.read_text() == token


def test_the_driver_must_show_the_token_and_is_told_no_secret_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "hush-hush")
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://a:hush-hush@b/c")
    environment = driver_environment(settings(tmp_path, engine="ray"))
    assert environment["RAY_AUTH_MODE"] == "token"
    assert not any("hush-hush" in value for value in environment.values())


def test_the_token_of_the_cluster_reaches_no_log(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(TOKEN)
    path.chmod(0o600)
    driver_environment(settings(tmp_path, engine="10.0.0.5:6379", ray_auth_token_path=path))
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "driver: Bearer %s", (TOKEN,), None)
    assert Redaction("%(message)s").format(record) == "driver: Bearer [secret]"


def test_one_device_and_all_gpus_are_not_both_asked_for(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="DEVICE=auto"):
        cluster_engine(settings(tmp_path, engine="ray", device="cuda:1"), EngineConfig())
    assert isinstance(cluster_engine(settings(tmp_path, engine="ray"), EngineConfig()), ClusterEngine)


@pytest.mark.parametrize("engine", ["ray://10.0.0.5:10001", "10.0.0.5", "cluster", "a b:1"])
def test_what_names_no_cluster_is_refused(engine: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"in_process, ray, or the host and port"):
        settings(tmp_path, engine=engine)


@pytest.mark.parametrize(
    "engine", ["in_process", "ray", "10.0.0.5:6379", "gpu-1.local:6379", "[fd00::1]:6379"]
)
def test_what_names_a_place_to_draw_is_taken(engine: str, tmp_path: Path) -> None:
    assert settings(tmp_path, engine=engine).engine == engine


def settings(folder: Path, **values: Any) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **values)  # type: ignore[call-arg]
