"""What the checkpoint's own safety checker says of a picture; what to do about it is up to who asks."""

from engine.api import Classified, Classify
from engine.library import Library
from engine.looking.checker import SafetyChecker
from engine.memory import whole_within_memory
from engine.work.piecewise import Pieces, Piecewise

NUM_BYTES = 2**24
"""About what looking takes beside the weights: one picture of CLIP's size, in patches."""


class Classifying(Piecewise[Classified]):
    """The scores of one picture."""

    num_pieces = 2

    def __init__(self, request: Classify) -> None:
        super().__init__()
        self._model = request.model
        self._picture = request.picture

    def work(self, library: Library) -> Pieces[Classified]:
        """Load the checker, where it is not; then one look."""
        picture, path = self._picture.convert("RGB"), library.entry(self._model).source.path
        checker = whole_within_memory(library, self._model, lambda: library.eyes.get(SafetyChecker, path))
        yield
        return whole_within_memory(library, self._model, lambda: checker.classify(picture))
