"""What an owner deploys by: containers and units that fit each other, and the code that they start."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OURS_ALONE = {"DISCORD_TOKEN", "DATABASE_URL"}


LOADER: Any = type("Loader", (yaml.SafeLoader,), {})
LOADER.add_constructor("!reset", lambda *_: None)  # Compose's way to take out what another file has put in


def services(name: str) -> dict[str, Any]:
    """The services of a file of Compose's."""
    read = yaml.load((ROOT / name).read_text(encoding="utf-8"), LOADER)
    return dict(read["services"])


def test_a_replica_in_a_container_finds_models_where_the_bot_does() -> None:
    bots = {volume for volume in services("compose.yaml")["darkroom"]["volumes"] if ":/data" not in volume}
    for name in ("deploy/ray.yaml", "deploy/node.yaml"):
        assert bots <= set(services(name)["ray"]["volumes"])


def test_ray_in_a_container_knows_the_token_and_nothing_of_the_bot() -> None:
    for name in ("deploy/ray.yaml", "deploy/node.yaml"):
        ray = services(name)["ray"]
        assert ray["secrets"] == ["ray_token"]
        assert ray["environment"]["RAY_AUTH_TOKEN_PATH"] == "/run/secrets/ray_token"
        assert not OURS_ALONE & set(ray["environment"])
        assert "env_file" not in ray


def test_to_ray_the_bots_container_and_the_heads_are_one_machine() -> None:
    bot, ray = (services("deploy/ray.yaml")[name] for name in ("darkroom", "ray"))
    assert bot["network_mode"] == ray["network_mode"] == "host"
    assert bot["pid"] == bot["ipc"] == "service:ray"
    shared = next(volume for volume in ray["volumes"] if volume.startswith("ray:"))
    assert shared in bot["volumes"]
    assert f"--temp-dir={shared.removeprefix('ray:')}" in ray["command"]


def test_what_the_network_of_the_machine_reaches_stays_with_the_machine() -> None:
    bot = services("deploy/ray.yaml")["darkroom"]
    assert bot["ports"] is None
    assert bot["environment"]["WEB_HOST"] == bot["environment"]["METRICS_HOST"] == "127.0.0.1"


def test_the_head_is_started_with_the_health_settings_that_check_looks_for() -> None:
    script = (DEPLOY / "ray.sh").read_text(encoding="utf-8")
    (written,) = re.findall(r"health='(.+)'", script)
    settings = json.loads(written)
    names = ("health_check_period_ms", "health_check_timeout_ms", "health_check_failure_threshold")
    code = (ROOT / "engine/cluster/on_ray.py").read_text(
        encoding="utf-8"
    )  # it cannot be imported without Ray
    assert f"HEALTH = {tuple(settings[name] for name in names)}" in code


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
@pytest.mark.parametrize("name", ["darkroom.service", "darkroom-ray.service"])
def test_systemd_finds_nothing_wrong_with_the_units(name: str, tmp_path: Path) -> None:
    unit = (DEPLOY / name).read_text(encoding="utf-8").replace("/opt/darkroom", str(tmp_path))
    for program in re.findall(rf"^ExecStart=({tmp_path}\S+)", unit, re.MULTILINE):
        Path(program).parent.mkdir(parents=True)
        Path(program).touch(0o755)
    (tmp_path / name).write_text(unit)
    verified = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / name)], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stderr) == (0, "")
