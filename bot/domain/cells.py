"""The nine cells of a picture, as nine bits: bit 0 is cell 1, in reading order."""

SIDE = 3
"""Cells across, and down."""
NUM_CELLS = SIDE**2
ALL: int = 2**NUM_CELLS - 1


def cells_of(cells: int) -> tuple[int, ...]:
    """The numbers of the chosen cells, 1 to 9."""
    return tuple(cell for cell in range(1, NUM_CELLS + 1) if cells >> (cell - 1) & 1)


def toggled(cells: int, cell: int) -> int:
    """The chosen cells with one more, or without one of them; `cell` is its number."""
    return (cells ^ (1 << (cell - 1))) & ALL
