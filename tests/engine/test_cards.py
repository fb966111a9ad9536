"""What an owner is advised to draw with: what fits the card and is not waited for too long."""

import re
from pathlib import Path

import pytest

from engine.cards import CHOICES, LIGHTNING, PATIENCE_SECONDS, SD15, SDXL, Choice, advised

PAGE = (Path(__file__).parents[2] / "deploy" / "CARDS.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("gib", "teraflops", "choice"),
    [
        (24, 165, SDXL),  # RTX 4090
        (12, 25.5, LIGHTNING),  # RTX 3060: SDXL fits, but is waited for too long
        (8, 30, SD15),  # RTX 4060
        (2, 30, None),
        (24, 0.1, None),  # a processor
    ],
)
def test_the_best_that_fits_and_is_soon_done_is_advised(
    gib: float, teraflops: float, choice: Choice | None
) -> None:
    assert advised(gib, teraflops) == choice


def test_twice_the_throughput_halves_the_grid() -> None:
    assert SDXL.grid_seconds(100) == pytest.approx(2 * SDXL.grid_seconds(200))


def test_the_page_of_cards_says_what_is_reckoned_here() -> None:
    rows = re.findall(r"^\| (\w[^|]*) \| (\d+) GiB \| ([\d.]+) \|([^\n]+)\|$", PAGE, re.MULTILINE)
    assert len(rows) >= 8
    for name, gib, teraflops, cells in rows:
        advice, *seconds = (cell.strip() for cell in cells.split("|")[:4])
        best = advised(float(gib), float(teraflops))
        assert advice == ("`sketch`" if best is None else best.name), name
        for choice, said in zip(CHOICES, seconds, strict=True):
            assert said == _cell(choice, float(gib), float(teraflops)), name


def _cell(choice: Choice, gib: float, teraflops: float) -> str:
    if not choice.fits(gib):
        return "–"
    seconds = choice.grid_seconds(teraflops)
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def test_what_is_advised_is_waited_for() -> None:
    assert all(choice.grid_seconds(1000) < PATIENCE_SECONDS for choice in CHOICES)
