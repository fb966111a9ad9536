"""Which checkpoint suits a device, and what a grid takes on it: reckoned from its figures, not measured.

`deploy/CARDS.md` has the table for cards that are sold, with the sources of these numbers.
"""

from dataclasses import dataclass

SHARE = 0.4
"""Of its matrix throughput that a card reaches in a U-Net: so an A100 does, in public measurements."""
ROOM_GIB = 3.0
"""Beside the weights: for what is computed, for texts, and for what the driver takes."""
PATIENCE_SECONDS = 60.0
"""A grid that takes longer is advised to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A checkpoint that most others of its kind are like."""

    name: str
    model: str
    """For the setting MODEL: a hub id."""
    side: int
    """Of its pictures, in pixels."""
    weights_gib: float
    """Of all its weights in 16 bits."""
    steps: int
    rows: int
    """Of a forward pass for each picture: two with guidance, one without."""
    row_tflop: float
    """10¹² operations of a U-Net's forward pass for one row."""
    decode_tflop: float
    """10¹² operations of the VAE for one picture."""

    def grid_seconds(self, teraflops: float) -> float:
        """Seconds for four pictures on a device with this matrix throughput in 16 bits."""
        picture = self.steps * self.rows * self.row_tflop + self.decode_tflop
        return 4 * picture / (SHARE * teraflops)

    def fits(self, gib: float) -> bool:
        """Whether weights and work fit into a memory, with nothing beside it."""
        return self.weights_gib + ROOM_GIB <= gib


SDXL = Choice(
    name="SDXL",
    model="stabilityai/stable-diffusion-xl-base-1.0",
    side=1024,
    weights_gib=6.5,
    steps=25,
    rows=2,
    row_tflop=6.76,
    decode_tflop=10.47,
)
LIGHTNING = Choice(
    name="SDXL Lightning",
    model="Lykon/dreamshaper-xl-lightning",
    side=1024,
    weights_gib=6.5,
    steps=4,
    rows=1,
    row_tflop=6.76,
    decode_tflop=10.47,
)
SD15 = Choice(
    name="SD 1.5",
    model="stable-diffusion-v1-5/stable-diffusion-v1-5",
    side=512,
    weights_gib=2.0,
    steps=25,
    rows=2,
    row_tflop=0.80,
    decode_tflop=2.52,
)
CHOICES = (SDXL, LIGHTNING, SD15)
"""From the one that draws best on."""


def advised(gib: float, teraflops: float) -> Choice | None:
    """The best choice that fits and whose grids are worth waiting for; None where only `sketch` is."""
    fitting = (choice for choice in CHOICES if choice.fits(gib))
    return next((one for one in fitting if one.grid_seconds(teraflops) <= PATIENCE_SECONDS), None)
