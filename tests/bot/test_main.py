"""The program's first and last words, on terminals of all kinds."""

import os
import subprocess
import sys
from importlib.metadata import version
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from bot import refusal
from bot.__main__ import _importing, main
from bot.config import StartupError


def test_it_says_its_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["bot", "--version"])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().out == f"Darkroom {version('darkroom')}\n"


@pytest.mark.parametrize(
    ("version", "platform", "said"),
    [
        ((3, 10), "linux", "runs on Python 3.11 to 3.13, and this is 3.10. Use one of those."),
        ((3, 14), "darwin", "and this is 3.14. Use one of those."),
        ((3, 12), "win32", "On Windows, run it in WSL or in a container."),
        ((3, 11), "linux", ""),
        ((3, 13), "darwin", ""),
    ],
)
def test_a_system_that_nobody_tried_is_refused_in_a_sentence(
    version: tuple[int, int], platform: str, said: str
) -> None:
    assert refusal(version, platform).endswith(said)
    assert bool(said) is bool(refusal(version, platform))


def test_a_terminal_that_knows_only_ascii_is_no_reason_to_die(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    terminal = TextIOWrapper(BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(sys, "argv", ["bot", "imagine", "a fox", "--out", str(tmp_path / "grid.gif")])
    assert main() == 1  # there is no such kind of picture
    terminal.write("256×256")
    assert terminal.buffer.getvalue() == b"256?256"


def test_who_has_read_enough_gets_no_traceback(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd()), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "check"], cwd=tmp_path, env=environment, stdout=-1, stderr=-1
    ) as check:
        assert check.stdout is not None
        assert check.stderr is not None
        check.stdout.close()
        assert check.stderr.read() == b""
    assert check.returncode == 1


def test_a_torchvision_that_breaks_everything_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "torchvision.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')")
    failure = RuntimeError("Could not import module 'CLIPImageProcessor'.")
    with pytest.raises(RuntimeError, match="CLIPImageProcessor"), _importing():
        raise failure
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(StartupError, match="pip uninstall torchvision"), _importing():
        raise failure
