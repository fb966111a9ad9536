"""A picture in words: four prompts for it, by a captioner or by the nearest words of a vocabulary."""

from collections.abc import Callable
from typing import TypeVar

from PIL import Image

from engine.api import Describe, Described
from engine.library import Library
from engine.looking.captioner import MOST_PIECES, Captioner, Captioning
from engine.looking.captions import Seen, four_captions
from engine.looking.towers import Towers
from engine.memory import whole_within_memory
from engine.work.piecewise import Pieces, Piecewise

T = TypeVar("T")

NUM_BYTES = 2**25
"""About what looking takes beside the weights: some hundred patches of a picture, and four short texts."""


class Describing(Piecewise[Described]):
    """Four captions of one picture."""

    def __init__(self, request: Describe) -> None:
        super().__init__()
        self._model = request.model
        self._picture = request.picture
        self._seed = request.seed

    def work(self, library: Library) -> Pieces[Described]:
        """With what the library has to describe this model's pictures."""
        picture = self._picture.convert("RGB")
        kind, path = library.looker(self._model)
        eye = self._within_memory(library, lambda: library.eyes.get(kind, path))
        yield
        if isinstance(eye, Captioner):
            return (yield from self._captioned(library, eye, picture))
        return (yield from self._ranked(library, eye, picture))

    def _captioned(self, library: Library, captioner: Captioner, picture: Image.Image) -> Pieces[Described]:
        self.num_pieces = MOST_PIECES + 3
        captioning = self._within_memory(library, lambda: Captioning(captioner, picture, self._seed))
        yield
        while not captioning.is_done:
            self._within_memory(library, captioning.advance)
            yield
        return Described(captions=captioning.captions())

    def _ranked(self, library: Library, towers: Towers, picture: Image.Image) -> Pieces[Described]:
        self.num_pieces = 2 + len(towers.unprepared)
        seen = yield from seen_by(towers, picture, library, self._model)
        return Described(captions=four_captions(seen, self._seed))

    def _within_memory(self, library: Library, piece: Callable[[], T]) -> T:
        return whole_within_memory(library, self._model, piece)


def seen_by(towers: Towers, picture: Image.Image, library: Library, model: str) -> Pieces[Seen]:
    """What a model's towers see in an RGB picture; they are prepared first, unless they are."""
    while unprepared := towers.unprepared:
        whole_within_memory(library, model, unprepared[0])
        yield
    return whole_within_memory(library, model, lambda: towers.see(picture))
