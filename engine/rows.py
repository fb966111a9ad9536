"""Pack the rows of several generations into one U-Net forward pass, and split the prediction back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import lcm

import torch


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing that rows are told beside their text."""

    values: torch.Tensor
    """(rows, …)"""
    neutral: torch.Tensor | None = None
    """One row (1, …) that changes nothing, for those who are not told it. None: all must be."""

    def repeat(self, rows: int) -> "Condition":
        """The same for so many times the rows."""
        return Condition(
            values=self.values.repeat(rows, *[1] * (self.values.dim() - 1)), neutral=self.neutral
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Steered:
    """Consecutive rows that follow a map. What they are told comes of it in the pass: zero for all others."""

    control: str
    """By name, which reads the map."""
    rows: range
    hint: tuple[torch.Tensor, ...]
    """(1, …) each: the map, or what is seen in it and is the same in every step."""
    scale: float

    def moved(self, by: int) -> "Steered":
        """The same in a pile where so many rows lie before."""
        rows = range(self.rows.start + by, self.rows.stop + by)
        return replace(self, rows=rows)

    def within(self, part: range) -> "Steered":
        """What of it lies in a part of the rows, and counts from there; perhaps none."""
        start, stop = max(self.rows.start, part.start), min(self.rows.stop, part.stop)
        return replace(self, rows=range(start - part.start, stop - part.start))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Inputs of a forward pass. Rows do not know each other: any slice or pile of them is a valid pass."""

    sample: torch.Tensor
    """(rows, c, h, w) float32, scaled for the timestep"""
    timesteps: torch.Tensor
    """(rows,) float32"""
    prompt_embeds: torch.Tensor
    """(rows, tokens, width)"""
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    """What else they are told, by the U-Net's own names: `text_embeds`, `time_ids`, …"""
    steered: tuple[Steered, ...] = ()
    """Which of them follow a map."""

    def __len__(self) -> int:
        return len(self.sample)

    def in_parts_of(self, size: int) -> Iterator["Rows"]:
        """The same rows in consecutive slices of at most `size`."""
        for start in range(0, len(self), size):
            part = slice(start, start + size)
            yield Rows(
                sample=self.sample[part],
                timesteps=self.timesteps[part],
                prompt_embeds=self.prompt_embeds[part],
                conditions={
                    name: Condition(values=condition.values[part], neutral=condition.neutral)
                    for name, condition in self.conditions.items()
                },
                steered=self._steered_within(range(start, start + size)),
            )

    def _steered_within(self, part: range) -> tuple[Steered, ...]:
        return tuple(one for whole in self.steered if (one := whole.within(part)).rows)


def pack(parts: Sequence[Rows]) -> Rows:
    """Pile up rows of one checkpoint and latent shape, whatever their timesteps, texts and conditions.

    Texts of different lengths are repeated to the least common multiple: attention over k copies of the keys
    equals attention over one, so no mask is needed. Who lacks a condition is given its neutral element.
    """
    tokens = lcm(*(part.prompt_embeds.shape[1] for part in parts))
    prompt_embeds = [part.prompt_embeds.repeat(1, tokens // part.prompt_embeds.shape[1], 1) for part in parts]
    names = dict.fromkeys(name for part in parts for name in part.conditions)
    return Rows(
        sample=torch.cat([part.sample for part in parts]),
        timesteps=torch.cat([part.timesteps for part in parts]),
        prompt_embeds=torch.cat(prompt_embeds),
        conditions={name: _pack_condition(name, parts) for name in names},
        steered=tuple(_pack_steered(parts)),
    )


def split(prediction: torch.Tensor, parts: Sequence[Rows]) -> tuple[torch.Tensor, ...]:
    """(rows, c, h, w) → each part's share of it, in the order in which they were packed."""
    return torch.split(prediction, [len(part) for part in parts])


def _pack_steered(parts: Sequence[Rows]) -> Iterator[Steered]:
    before = 0
    for part in parts:
        yield from (one.moved(before) for one in part.steered)
        before += len(part)


def _pack_condition(name: str, parts: Sequence[Rows]) -> Condition:
    neutral = next(part.conditions[name].neutral for part in parts if name in part.conditions)
    piled = []
    for part in parts:
        condition = part.conditions.get(name)
        if condition is None and neutral is None:
            raise ValueError(f"{name} has no neutral element, and some rows lack it")
        piled.append(condition or Condition(values=neutral).repeat(len(part)))  # type: ignore[arg-type]
    return Condition(values=torch.cat([one.values for one in piled]), neutral=neutral)
