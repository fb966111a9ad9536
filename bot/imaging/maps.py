"""Maps that are made from ordinary pictures."""

from PIL import Image

from bot.domain.maps import MapKind, check_made
from bot.domain.recipe import Canvas
from bot.imaging.edges import edges


def made_from(picture: Image.Image, kind: MapKind, canvas: Canvas) -> Image.Image:
    """The map of a picture, at the size that is drawn: lines that are made larger or smaller fade. Blocking.

    Raises: Impossible.
    """
    check_made(kind)
    drawn = picture.convert("RGB").resize((canvas.width, canvas.height), Image.Resampling.LANCZOS)
    return edges(drawn) if kind is MapKind.EDGES else drawn
