"""Whether pictures take on a style by degrees, and still show what was asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps

from engine import sketch
from engine.api import Style
from engine.bench.arms import finish, usual
from engine.bench.table import print_table
from engine.library import Library
from engine.looking.vocabulary import everyday
from engine.loop import DenoisingLoop
from engine.sketch.eye import SketchTowers
from engine.sketch.prompts import Kind, Prompt, hundred
from engine.sketch.vae import to_tensor

AMOUNTS = (0.0, 0.4, 0.73, 1.05, 1.4)
"""What the bot makes of `--stylize 0`, 100, 250, 500 and 1000 with the embedded model."""
WORDS = "3d style"
_SEED, _OTHER_SEED = 100, 0
_LAYERS = slice(1, 3)
"""Of the tower: the first two still see how a thing is drawn, the last only what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What became of the pictures."""

    likeness: torch.Tensor
    """(pictures, amounts): 0 as of pictures without the style, 1 as with its words in the prompt."""
    found: torch.Tensor
    """(pictures, amounts): whether the thing is among the three names that the image tower thinks of."""

    @property
    def rising(self) -> int:
        """Of how many pictures the likeness rises with every amount."""
        return int((self.likeness.diff(dim=1) > 0).all(dim=1).sum())


def measure(library: Library, *, words: str = WORDS, amounts: Sequence[float] = AMOUNTS) -> None:
    """Print how like a style pictures become by its amount, and how often their thing is found."""
    told = measured(library, words=words, amounts=amounts)
    count = len(told.likeness)
    likeness, found = told.likeness.mean(dim=0), told.found.float().mean(dim=0)
    rows = [
        ["mean likeness", *(f"{value:.2f}" for value in likeness.tolist())],
        ["thing found", *(f"{100 * value:.0f} %" for value in found.tolist())],
    ]
    print_table([f"{words}, {count} pictures, amount", *(f"{amount:g}" for amount in amounts)], rows)
    print(f"The likeness rises with every amount in {told.rising} of {count} pictures.")  # noqa: T201


def measured(
    library: Library, *, words: str, amounts: Sequence[float], num_things: int = 20, num_others: int = 20
) -> Measured:
    """Pictures of as many things by each amount, told by what parts pictures of other things.

    The image tower knows names, no styles. What tells the style is learnt from its first layers: the
    direction from drawings of other things to the same with the words in their prompts.
    """
    things = [one for one in hundred() if one.kind is Kind.NOUN]
    tower = SketchTowers(sketch.WEIGHTS, device=torch.device("cpu"), dtype=torch.float32)
    for prepare in tower.unprepared:
        prepare()
    seen, others = things[:num_things], things[-num_others:]
    pairs = [
        [_look(tower, one) for one in _drawn(library, thing, place + _OTHER_SEED, words, (0.0, 1.0))]
        for place, thing in enumerate(others)
    ]
    scale = _direction(torch.stack([torch.stack(pair) for pair in pairs]))
    likeness, found = [], []
    for place, thing in enumerate(seen):
        pictures = list(_drawn(library, thing, place + _SEED, words, amounts))
        likeness.append([scale(_look(tower, picture)) for picture in pictures])
        found.append([_is_found(tower, thing, picture) for picture in pictures])
    return Measured(likeness=torch.tensor(likeness), found=torch.tensor(found))


def _drawn(
    library: Library, thing: Prompt, seed: int, words: str, amounts: Sequence[float]
) -> Iterator[Image.Image]:
    loop = DenoisingLoop(library, preview_seconds=1e9)
    request = usual(library.models()[0], thing.text, seed)
    for amount in amounts:
        styles = (Style(words=words, amount=amount),) if amount else ()
        yield finish(loop, replace(request, styles=styles)).images[0]


@torch.inference_mode()
def _look(tower: SketchTowers, picture: Image.Image) -> torch.Tensor:
    """(width): what the first layers make of a picture and its mirror image, wherever in it."""
    side = tower.model.config.vision_config.image_size
    small = picture.resize((side, side), Image.Resampling.BOX)
    views = np.stack([np.asarray(one) for one in (small, ImageOps.mirror(small))])
    hidden: Any = tower.model.vision_model(pixel_values=to_tensor(views), output_hidden_states=True)
    return torch.cat([layer.mean(dim=(0, 1)) for layer in hidden.hidden_states[_LAYERS]])


def _direction(pairs: torch.Tensor) -> Any:
    """From (things, 2, width) what a picture's vector says of the style (Fisher 1936), with a stiff ridge."""
    plain, styled = pairs[:, 0], pairs[:, 1]
    apart = (styled - plain).mean(dim=0)
    within = torch.cov(torch.cat([plain - plain.mean(dim=0), styled - styled.mean(dim=0)]).T)
    ridge = within.diagonal().mean() * torch.eye(len(apart))
    along = torch.linalg.solve(within + ridge, apart)
    begin, length = plain.mean(dim=0) @ along, apart @ along
    return lambda looked: float((looked @ along - begin) / length)


@torch.inference_mode()
def _is_found(tower: SketchTowers, thing: Prompt, picture: Image.Image) -> bool:
    return any(everyday(label) in tower.see(picture).subjects for label in thing.labels)
