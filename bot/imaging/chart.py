"""Bar charts as PNG, in Discord's dark colours."""

import io
import threading
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from bot.domain.quota_words import duration

if TYPE_CHECKING:  # matplotlib takes a second and 40 MB to import, and most processes never draw a chart
    from matplotlib.axes import Axes

BACKGROUND = "#2b2d31"
TEXT = "#dbdee1"
FAINT = "#3f4147"
COLOUR = "#5865f2"
WIDTH_INCHES = 9.0
TIMELINE_INCHES = 4.2
HEAD_INCHES = 0.75
ROW_INCHES = 0.42
MARGIN_INCHES = 0.12
DPI = 110
MAX_LABEL = 24
MAX_DAY_LABELS = 15
MAX_DAY_NOTES = 14
NOTE_ROOM = 1.3
"""How much longer than the longest bar the axis is, for the note at its end."""

MAX_TICKS = 5
TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400)
"""Round steps of an axis of time, in seconds."""

_drawing = threading.Lock()
"""Matplotlib is not thread-safe: its fonts and caches belong to all figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: its label, its length, and what is written at its end."""

    label: str
    seconds: float
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars from top to bottom; on a timeline, from left to right."""

    title: str
    bars: tuple[Bar, ...]
    is_timeline: bool


def draw(chart: Chart) -> bytes:
    """The chart as a PNG, 990 pixels wide. Takes a second or two the first time: not for the event loop."""
    with _drawing:
        import matplotlib as mpl
        from matplotlib.figure import Figure
        from matplotlib.layout_engine import ConstrainedLayoutEngine

        mpl.rcParams["text.parse_math"] = False  # a name with two dollars is no formula
        height = TIMELINE_INCHES if chart.is_timeline else HEAD_INCHES + ROW_INCHES * len(chart.bars)
        layout = ConstrainedLayoutEngine(w_pad=MARGIN_INCHES, h_pad=MARGIN_INCHES)
        figure = Figure(figsize=(WIDTH_INCHES, height), dpi=DPI, facecolor=BACKGROUND, layout=layout)
        axes = figure.add_subplot()
        _style(axes, chart.title)
        if chart.is_timeline:
            _draw_timeline(axes, chart.bars)
        else:
            _draw_ranking(axes, chart.bars)
        file = io.BytesIO()
        figure.savefig(file, format="png")
    return file.getvalue()


def _style(axes: "Axes", title: str) -> None:
    axes.set_facecolor(BACKGROUND)
    axes.set_title(_readable(title), color=TEXT, fontsize=13, loc="left", pad=10)
    axes.set_axisbelow(True)
    axes.tick_params(colors=TEXT, length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _draw_ranking(axes: "Axes", bars: tuple[Bar, ...]) -> None:
    places = range(len(bars))
    axes.barh(places, [bar.seconds for bar in bars], color=COLOUR, height=0.62)
    axes.set_yticks(places, [_label(bar.label) for bar in bars], fontsize=11)
    axes.set_ylim(len(bars) - 0.6, -0.6)
    axes.set_xticks([])
    longest = max((bar.seconds for bar in bars), default=0) or 1.0
    axes.set_xlim(0, longest * NOTE_ROOM)
    for place, bar in zip(places, bars, strict=True):
        axes.text(
            bar.seconds + longest * 0.01, place, _readable(bar.note), color=TEXT, va="center", fontsize=10
        )


def _draw_timeline(axes: "Axes", bars: tuple[Bar, ...]) -> None:
    places = range(len(bars))
    axes.bar(places, [bar.seconds for bar in bars], color=COLOUR, width=0.72)
    step = -(-len(bars) // MAX_DAY_LABELS)
    # Counted from the end, so that the last day always has its label.
    labelled = [place for place in places if (len(bars) - 1 - place) % step == 0]
    axes.set_xticks(labelled, [_label(bars[place].label) for place in labelled], fontsize=9)
    highest = (max((bar.seconds for bar in bars), default=0) or 1.0) * 1.12
    tick = next((tick for tick in TICKS if highest / tick <= MAX_TICKS), TICKS[-1])
    ticks = range(0, int(highest) + 1, tick)
    axes.set_ylim(0, highest)
    labels = [str(duration(seconds * 1000)) if seconds else "0" for seconds in ticks]
    axes.set_yticks(ticks, labels, fontsize=9)
    axes.grid(axis="y", color=FAINT)
    if len(bars) <= MAX_DAY_NOTES:
        for place, bar in zip(places, bars, strict=True):
            axes.text(place, bar.seconds, bar.note, color=TEXT, ha="center", va="bottom", fontsize=9)


def _label(text: str) -> str:
    text = _readable(text)
    return text if len(text) <= MAX_LABEL else f"{text[: MAX_LABEL - 1]}…"


def _readable(text: str) -> str:
    """Without the characters that matplotlib's own font would show as boxes."""
    known = _known_characters()
    return "".join(character for character in text if ord(character) in known).strip()


@cache
def _known_characters() -> frozenset[int]:
    from matplotlib import font_manager, ft2font

    return frozenset(ft2font.FT2Font(font_manager.findfont("DejaVu Sans")).get_charmap())
