"""Style: texts read by degrees as they read with a manner in words behind them. No row of a pass is spent."""

from collections.abc import Sequence

import torch

from engine.api import Style
from engine.text import TextEncoding


def in_style(text: str, style: Style) -> str:
    """The text with the words of a style behind it, as the models learnt to read them."""
    return f"{text}, {style.words}" if text.strip() else style.words


def styled(encodings: Sequence[TextEncoding], styles: Sequence[Style]) -> list[TextEncoding]:
    """The texts in their styles: e + Σ amount·(e with the words - e).

    `encodings` are those of the texts, then for each style those of all texts with it. CLIP reads from left
    to right: what stands before the words of a style is the same with them and without, and what the text
    shows so stays where it is.
    """
    if not styles:
        return list(encodings)
    count = len(encodings) // (1 + len(styles))
    plain = encodings[:count]
    return [
        _mixed(one, encodings[count + place :: count], [style.amount for style in styles])
        for place, one in enumerate(plain)
    ]


def _mixed(plain: TextEncoding, others: Sequence[TextEncoding], amounts: Sequence[float]) -> TextEncoding:
    pooled = plain.pooled_prompt_embeds
    return TextEncoding(
        prompt_embeds=_towards(plain.prompt_embeds, [one.prompt_embeds for one in others], amounts),
        pooled_prompt_embeds=None
        if pooled is None
        else _towards(pooled, [one.pooled_prompt_embeds for one in others], amounts),
    )


def _towards(
    plain: torch.Tensor, others: Sequence[torch.Tensor | None], amounts: Sequence[float]
) -> torch.Tensor:
    """In float32: sixteen bits would make steps of it."""
    mixed = plain.float()
    for other, amount in zip(others, amounts, strict=True):
        if other is not None and amount:
            mixed = mixed + amount * (other.float() - plain.float())
    return mixed.to(plain.dtype)
