"""The loop that every stage learns in: resumed at any step, alone or as replicas that stay equal."""

import time
import zlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from engine.device import bfloat16_pays
from engine.sketch.config import Config, Plan

Learner = TypeVar("Learner", bound=nn.Module)
Batch: TypeAlias = tuple[Tensor, ...]
Compose: TypeAlias = Callable[[np.random.Generator], Batch]


def mixed_precision(device: str) -> torch.autocast:
    """bfloat16 where it pays; a processor that emulates it is twenty times slower."""
    return torch.autocast(device, torch.bfloat16, enabled=_is_fast_in_bfloat16(device))


@cache
def _is_fast_in_bfloat16(device: str) -> bool:
    return device != "cpu" or bfloat16_pays(torch.device(device))


def warm_start(module: nn.Module, known: dict[str, Tensor]) -> None:
    """Copy what a checkpoint knows into a module, as far as the shapes overlap."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name in known and known[name].dim() == parameter.dim():
                common = tuple(
                    slice(min(sides)) for sides in zip(parameter.shape, known[name].shape, strict=True)
                )
                parameter[common] = known[name][common].to(parameter.dtype)


def save_whole(state: object, path: Path) -> None:
    """Write a file beside the old one, then take its place: a kill leaves one whole file."""
    half = path.with_suffix(".half")
    torch.save(state, half)
    half.replace(path)


@torch.no_grad()
def go_part_of_the_way(learned: nn.Module, known: nn.Module, share: float) -> None:
    """Move what was learnt back towards what was known, of which `share` of the way is kept.

    What has another shape than it had stays as it was learnt.
    """
    for parameter, before in zip(learned.parameters(), known.parameters(), strict=True):
        if parameter.shape == before.shape:
            parameter.lerp_(before, 1 - share)


class Batches(Dataset[Batch]):
    """The batch of every step, from a randomness of its own, so that any process may compose any of them."""

    def __init__(self, compose: Compose, key: tuple[int, ...]) -> None:
        self.compose = compose
        self.key = key

    def __getitem__(self, step: int) -> Batch:
        return self.compose(np.random.default_rng((*self.key, step)))


class Training(Generic[Learner]):
    """A module on its way through a plan, saved as one file: module, average, optimiser, step.

    Calling the module with a batch gives the loss.
    """

    def __init__(self, name: str, module: Learner, plan: Plan, config: Config) -> None:
        self.name = name
        self.module = module.to(config.device)
        self.average = deepcopy(self.module).requires_grad_(requires_grad=False).eval()
        self.plan = plan
        self.config = config
        self.step = 0
        self.rank = dist.get_rank() if dist.is_initialized() else 0
        self.key = (config.seed, zlib.crc32(name.encode()), self.rank)
        self.learned = [parameter for parameter in module.parameters() if parameter.requires_grad]
        self.optimiser = torch.optim.AdamW(
            self.learned, lr=plan.lr, betas=(0.9, 0.98), weight_decay=0.01, fused=True
        )
        if self.path.exists():
            self._load()

    @property
    def path(self) -> Path:
        return self.config.work / f"{self.name}.pt"

    @property
    def is_finished(self) -> bool:
        """Whether there is nothing left to learn, and so nothing to compose batches for."""
        return self.step >= self.plan.steps

    def run(self, compose: Compose) -> Learner:
        """Learn what is left of the plan; the averaged module, for use.

        Every step draws its randomness from (seed, stage, replica, step) anew, so that a run which was
        killed and resumed is the run that was not.
        """
        if self.is_finished:
            return self.average
        self.module.train()
        saved = time.monotonic()
        for batch in self._batches(compose):
            self._advance(batch)
            is_due = time.monotonic() - saved > self.config.save_seconds
            if self.rank == 0 and self.step % self.plan.sync == 0 and is_due:
                self.save()
                saved = time.monotonic()
        if self.rank == 0:
            self.save()
        return self.average

    def _batches(self, compose: Compose) -> Iterator[Batch]:
        left = range(self.step, self.plan.steps)
        loader = DataLoader(
            Batches(compose, self.key), batch_size=None, sampler=left, num_workers=self.config.workers
        )
        hidden = self.rank > 0
        yield from tqdm(
            loader, self.name, self.plan.steps, initial=self.step, disable=hidden, mininterval=5, leave=True
        )

    def _advance(self, batch: Batch) -> None:
        torch.manual_seed(zlib.crc32(repr((*self.key, self.step)).encode()))
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.lr_at(self.step)
        with mixed_precision(self.config.device):
            loss = self.module(*(tensor.to(self.config.device) for tensor in batch))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.learned, 1.0)
        self.optimiser.step()
        self.step += 1
        if dist.is_initialized() and self.step % self.plan.sync == 0:
            self._meet()
        self._average()

    @torch.no_grad()
    def _average(self) -> None:
        keep = min(self.plan.ema, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(  # torch's own optimisers are built on it
            list(self.average.parameters()), list(self.module.parameters()), 1 - keep
        )

    @torch.no_grad()
    def _meet(self) -> None:
        """Make the replicas equal again, moments included: local SGD, far cheaper than meeting every step."""
        moments = [self.optimiser.state[parameter] for parameter in self.learned]
        shared = [
            *self.learned,
            *(moment["exp_avg"] for moment in moments),
            *(moment["exp_avg_sq"] for moment in moments),
        ]
        flat = torch.cat([tensor.flatten() for tensor in shared])
        dist.all_reduce(flat)
        flat /= dist.get_world_size()
        parts = torch.split(flat, [tensor.numel() for tensor in shared])
        for tensor, part in zip(shared, parts, strict=True):
            tensor.copy_(part.view_as(tensor))

    def save(self) -> None:
        """Write the state.

        A finished stage keeps its average alone, a quarter of the size.
        """
        state: dict[str, Any] = {"step": self.step, "average": self.average.state_dict()}
        if not self.is_finished:
            state |= {"module": self.module.state_dict(), "optimiser": self.optimiser.state_dict()}
        save_whole(state, self.path)

    def _load(self) -> None:
        state: dict[str, Any] = torch.load(self.path, map_location=self.config.device)
        self.step = state["step"]
        self.average.load_state_dict(state["average"])
        self.module.load_state_dict(state.get("module", state["average"]))
        if "optimiser" in state:
            self.optimiser.load_state_dict(state["optimiser"])
