"""What the embedded model's image tower makes of a picture, in words that the model can draw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageChops, ImageOps
from transformers import CLIPTokenizer

from engine.looking.captions import Seen
from engine.looking.colours import border_of, colour_name, colours_of, is_lines, on_white, paper_of
from engine.looking.towers import Towers
from engine.looking.vocabulary import THINGS, everyday
from engine.sketch import tower
from engine.sketch.places import PLACES, Place, paint
from engine.sketch.shots import SQUARE
from engine.sketch.vae import to_tensor

_MOST = 9
"""Things that a picture may be said to show: the first three, and others when it is asked again."""
_SURE = 0.15
"""By how much the first thing must be nearer than the second to be said twice."""
_MOST_STRANGE = 42.0
"""Levels by which the border of a picture may differ from that of a scene it is to be."""
_SMALL, _FILLED = 0.5, 0.95
"""A thing that takes less than the first share of a side is looked at so near that it takes the second."""
_FAINT = 16
"""Levels by which paper may differ from itself."""
_SHARE = 0.55
"""Of what is drawn; so much must have a colour for it to be the thing's."""
_SCENERY = frozenset(map(everyday, SQUARE))
"""Things that are places themselves."""
_SCENES = 3
"""Of each kind, as a scene is never drawn twice alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Border:
    """Of a scene, as it was once painted."""

    ring: Any
    """(n, 3), coarse."""
    setting: str
    """The words behind a thing in it."""
    view: str
    """Those for it alone."""


class SketchTowers(Towers):
    """The image tower knows things by their names. Style, light and colours are told from the pixels."""

    def __init__(self, path: Path, *, device: torch.device, dtype: torch.dtype) -> None:
        super().__init__(path, device=device, dtype=dtype)
        self.model: Any = tower.load_model(path).to(device)
        self.tokenizer = CLIPTokenizer.from_pretrained(path / "tokenizer", local_files_only=True)
        self._borders: dict[str, Sequence[_Border]] = {}
        """Of scenes, by their place."""

    @property
    def words(self) -> Sequence[str]:
        """Everything that the embedded model learnt: things, and places."""
        return (*THINGS, *tower.LANDS)

    @property
    def unprepared(self) -> Sequence[Callable[[], object]]:
        """As for all; and each place is painted, to know it by its border."""
        unpainted = [place for place in PLACES if place not in self._borders]
        return [*super().unprepared, *(partial(self._paint, place) for place in unpainted)]

    def _paint(self, place: str) -> None:
        self._borders[place] = _borders_of(PLACES[place])

    def see(self, picture: Image.Image) -> Seen:
        """The nearest things, the place they are in, and the colour they have."""
        side = self.model.config.vision_config.image_size
        views = torch.cat([_pixels(view, side) for view in _views(_square(on_white(picture)))])
        likeness = self.likeness(tower.look(self.model, views.to(self.device)), self.words)
        named: dict[str, float] = {}
        for place in likeness.argsort(descending=True).tolist():
            named.setdefault(everyday(self.words[place]), float(likeness[place]))
        is_on_white, has_lines = _is_on_white(picture), is_lines(picture)
        setting, view = _place(picture, [one for place in self._borders.values() for one in place])
        subjects = [name for name in named if name not in tower.LANDS]
        if not is_on_white and (land := next(iter(named))) in tower.LANDS:
            lit = view if view.startswith(land) else land
            named[lit] = named[land]
            subjects.insert(0, lit)
            setting = ""
        return Seen(
            subjects=subjects[:_MOST],
            is_sure=named[subjects[0]] - named[subjects[1]] > _SURE,
            setting="" if subjects[0] in _SCENERY else setting,
            view=view,
            paint="" if has_lines or view else _paint(picture),
            styles=["outline style", "line art"] if has_lines else [],
            lights=["white background"] if is_on_white else [],
            colours=[] if has_lines else _palette(picture),
        )


def _square(picture: Image.Image) -> Image.Image:
    """What the tower is to look at, as it saw things: a square, filled by one, or the middle of a scene."""
    paper = paper_of(picture)
    if paper is None:
        return ImageOps.fit(picture, (min(picture.size), min(picture.size)))
    colour = tuple(int(level) for level in paper)
    left, top, right, bottom = _box(picture, colour)
    least, short = max(right - left, bottom - top), min(picture.size)
    side = max(least, short) if least > _SMALL * short else int(least / _FILLED)
    if picture.size == (side, side):
        return picture
    square = Image.new("RGB", (side, side), colour)
    place = ((side - right + left) // 2 - left, (side - bottom + top) // 2 - top)
    square.paste(picture, place)
    return square


def _box(picture: Image.Image, paper: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Where a thing lies on its paper; everywhere, where nothing does."""
    plain = Image.new("RGB", picture.size, paper)
    drawn = ImageChops.difference(picture, plain).convert("L").point(lambda level: 255 * (level > _FAINT))
    return drawn.getbbox() or (0, 0, *picture.size)


def _views(picture: Image.Image) -> list[Image.Image]:
    """The picture as it might as well have been drawn: mirrored, nearer, farther."""
    width, height = picture.size
    x, y = width // 12, height // 12
    far = ImageOps.expand(picture, (x, y), fill=_corner(picture))
    near = picture.crop((x, y, width - x, height - y))
    half = picture.crop((x // 2, y // 2, width - x // 2, height - y // 2))
    return [picture, ImageOps.mirror(picture), near, half, far, ImageOps.mirror(far)]


def _corner(picture: Image.Image) -> tuple[int, ...]:
    return tuple(int(level) for level in np.asarray(picture)[2, 2])


def _pixels(view: Image.Image, side: int) -> torch.Tensor:
    """A view as the tower sees it, (1, 3, side, side) in [-1, 1]."""
    return to_tensor(np.array(view.resize((side, side), Image.Resampling.BOX))[None])


def _paint(picture: Image.Image) -> str:
    """The colour of most of what is drawn, where there is one."""
    colours = colours_of(picture)
    return colours[0][0] if colours and colours[0][1] > _SHARE else ""


def _palette(picture: Image.Image) -> list[str]:
    """The two largest colours, as one says them; none where there is only one."""
    names = [name for name, share in colours_of(picture)[:2] if share > 0.12]
    return [" and ".join(names)] if len(names) > 1 else []


def _place(picture: Image.Image, borders: Sequence[_Border]) -> tuple[str, str]:
    """Where it is, on coloured paper, in a scene, or nowhere; and the scene without the thing."""
    if _is_on_white(picture):
        return "", ""
    paper, rings = paper_of(picture), np.stack([border.ring for border in borders])
    strangeness = np.abs(_ring(picture) - rings).mean((1, 2))
    strange, nearest = float(strangeness.min()), borders[int(strangeness.argmin())]
    if strange < _MOST_STRANGE and (paper is None or strange < _MOST_STRANGE / 4):
        return nearest.setting, nearest.view
    return ("", "") if paper is None else (f" on a {colour_name(paper)} background", "")


def _is_on_white(picture: Image.Image) -> bool:
    paper = paper_of(picture)
    return paper is not None and colour_name(paper) == "white"


@cache  # whoever looks again after memory was short need not wait again
def _borders_of(place: Place) -> list[_Border]:
    """In each of its lights, some times."""
    scenes = [
        paint(place, (48, 48), np.random.default_rng(seed), light)
        for light in dict.fromkeys(place.lights)
        for seed in range(_SCENES)
    ]
    return [
        _Border(ring=_ring(scene.image), setting=scene.settings[0], view=scene.names[0]) for scene in scenes
    ]


def _ring(picture: Image.Image) -> Any:
    """The border of a picture, (n, 3), coarse."""
    return border_of(
        np.asarray(picture.convert("RGB").resize((12, 12), Image.Resampling.BOX)).astype(float), 2
    )
