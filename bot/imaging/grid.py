"""Several pictures as one: a grid in reading order."""

from collections.abc import Sequence

from PIL import Image

BACKGROUND = (18, 18, 20)
"""What shows where a cell is empty, or larger than its picture."""


def make_grid(images: Sequence[Image.Image]) -> Image.Image:
    """One to four pictures, two in a row, each in the middle of its cell, on a canvas without metadata."""
    columns = min(2, len(images))
    rows = -(-len(images) // columns)
    width, height = max(image.width for image in images), max(image.height for image in images)
    grid = Image.new("RGB", (columns * width, rows * height), BACKGROUND)
    for index, image in enumerate(images):
        row, column = divmod(index, columns)
        left, top = (width - image.width) // 2, (height - image.height) // 2
        grid.paste(image.convert("RGB"), (column * width + left, row * height + top))
    return grid
