"""Words for a request that shows pictures and says nothing: what the model's own image tower sees in them.

An adapter that is as small as such a tower takes of a picture its colours, its paper and its place. The thing
it takes where words name it.
"""

from collections.abc import Sequence
from dataclasses import replace

from engine.api import Generate, Reference, WeightedPrompt
from engine.library import Library
from engine.looking.captions import caption
from engine.looking.sources import Tower
from engine.memory import whole_within_memory
from engine.work.describing import seen_by
from engine.work.piecewise import Pieces, Piecewise


class Naming(Piecewise[Generate]):
    """Leads to the same request with a part of a prompt for each picture, counting as much."""

    def __init__(self, request: Generate, shown: Sequence[Reference], tower: Tower) -> None:
        super().__init__()
        self._request = request
        self._shown = shown
        self._tower = tower

    def work(self, library: Library) -> Pieces[Generate]:
        """With the tower."""
        model = self._request.model
        towers = whole_within_memory(library, model, lambda: library.eyes.get(*self._tower))
        yield
        prompts = []
        for reference in self._shown:
            seen = yield from seen_by(towers, reference.picture.convert("RGB"), library, model)
            prompts.append(WeightedPrompt(text=caption(seen), weight=reference.weight))
            yield
        return replace(self._request, prompts=tuple(prompts))


def naming_of(request: Generate, library: Library) -> Naming | None:
    """What is to be done before its first step; None where it says something, or there is nothing to name."""
    shown = [one for one in request.references if one.weight > 0 and not one.style_only]
    if not shown or any(part.text.strip() for part in request.prompts):
        return None
    tower = library.tower(request.model)
    return None if tower is None else Naming(request, shown, tower)
