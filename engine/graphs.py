"""Forward passes whose launches are recorded once and replayed: CUDA graphs, one for each shape and state."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch.utils._pytree import tree_flatten, tree_unflatten

from engine.device import free_cached_memory, is_out_of_memory, spare_memory, synchronize, total_memory

log = logging.getLogger(__name__)

_BUCKETS = (1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64)
"""Row counts that passes are padded to: few, so that they are seen again, and so close that no more than a
fifth of a pass is for nothing."""
OFTEN = 4
"""So often a pass is seen before it is recorded, which takes about as long as so many passes."""
_MOST_KEPT = 64
_MOST_SEEN = 256
_WARM_UPS = 2
_LEFT_FREE = 0.25
"""Share of the device's memory that recordings leave to all else: as much as decoding a picture may take."""

_Run: TypeAlias = Callable[[Sequence[Any]], torch.Tensor]
"""A pass on the inputs, of which those that are tensors may differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A pass that can be made again, on whatever lies in the memory of its inputs by then."""

    replay: Callable[[], object]
    output: torch.Tensor
    """What every replay writes anew."""


Recorder: TypeAlias = Callable[[Callable[[], torch.Tensor]], Recording]


class GraphRecorder:
    """Records passes as CUDA graphs, all of one recorder in the same memory: they never run at once."""

    def __init__(self, device: torch.device) -> None:
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        self._pool = torch.cuda.graph_pool_handle()

    def __call__(self, run: Callable[[], torch.Tensor]) -> Recording:
        """Record a pass, which is made some times before: what is set up at first must not be recorded.

        Raises: torch.OutOfMemoryError, where too little memory would be left; whatever CUDA does not let be
        recorded.
        """
        graph = torch.cuda.CUDAGraph()
        self._stream.wait_stream(torch.cuda.current_stream(self._stream.device))
        # `graph` alone would leave its stream the current one where the recording breaks off.
        with torch.cuda.stream(self._stream):
            self._check_room(max(self._bytes_of(run) for _ in range(_WARM_UPS)))
            with torch.cuda.graph(
                graph, pool=self._pool, stream=self._stream, capture_error_mode="thread_local"
            ):
                output = run()
        torch.cuda.current_stream(self._stream.device).wait_stream(self._stream)
        return Recording(replay=graph.replay, output=output)

    def _bytes_of(self, run: Callable[[], torch.Tensor]) -> int:
        """What a pass takes beside what is there before it."""
        device = self._stream.device
        before = torch.cuda.memory_allocated(device)
        torch.cuda.reset_peak_memory_stats(device)
        run()
        return torch.cuda.max_memory_allocated(device) - before

    def _check_room(self, num_bytes: int) -> None:
        """Raises: torch.OutOfMemoryError, where a recording of so much would leave too little to all else."""
        device = self._stream.device
        if spare_memory(device) - num_bytes < _LEFT_FREE * total_memory(device):
            raise torch.OutOfMemoryError(f"It would keep {num_bytes / 2**20:.0f} MiB, and leave too little.")


class ReplayedUNet:
    """Call it like the U-Net: rows are padded to a bucket, and what is seen again is recorded and replayed.

    `forward` is what makes a pass with the weights of `unet`. `state` names what changes one beside its
    inputs and the weights: the LoRAs in force, the borders. What cannot be recorded is made as ever. Belongs
    to the engine's thread.
    """

    def __init__(
        self,
        forward: Callable[..., Any],
        unet: torch.nn.Module,
        *,
        state: Callable[[], Hashable],
        record: Recorder,
    ) -> None:
        self._forward = forward
        self._unet = unet
        self._state = state
        self._record = record
        self._known_state: Hashable = None
        self._places: frozenset[Hashable] = frozenset()
        """Where the weights lie. A recording reads them there."""
        self._may_record = True
        self._seen: OrderedDict[Hashable, int] = OrderedDict()
        self._kept: OrderedDict[Hashable, _Kept | None] = OrderedDict()
        """None for what could not be recorded."""

    def __call__(self, sample: torch.Tensor, *arguments: Any, **options: Any) -> tuple[torch.Tensor]:
        """One forward pass: the prediction for the rows that were given, (rows, c, h, w), in its own memory.

        Every tensor of as many rows as the sample is padded, wherever it stands.
        """
        rows = len(sample)
        leaves, structure = tree_flatten(((sample, *arguments), options))
        leaves = [_padded(leaf, rows) for leaf in leaves]

        def run(inputs: Sequence[Any]) -> torch.Tensor:
            arguments, options = tree_unflatten(inputs, structure)
            prediction: torch.Tensor = self._forward(*arguments, **options)[0]
            return prediction

        key = (structure, self._checked_state(), *(_kind(leaf) for leaf in leaves))
        return (self._predicted(key, leaves, run)[:rows],)

    def forget(self) -> bool:
        """Give up all recordings, and their memory; whether there were any."""
        had_any = any(self._kept.values())
        self._kept.clear()
        self._seen.clear()
        return had_any

    def _predicted(self, key: Hashable, leaves: Sequence[Any], run: _Run) -> torch.Tensor:
        if key not in self._kept:
            if not self._may_record or not self._is_seen_often(key):
                return run(leaves)
            self._kept[key] = self._recorded(leaves, run)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        kept = self._kept[key]
        return run(leaves) if kept is None else kept.run(leaves)

    def _is_seen_often(self, key: Hashable) -> bool:
        """Whether it was seen often enough lately, with this time."""
        times = self._seen.pop(key, 0) + 1
        if times < OFTEN:
            self._seen[key] = times
            if len(self._seen) > _MOST_SEEN:
                self._seen.popitem(last=False)
        return times >= OFTEN

    def _recorded(self, leaves: Sequence[Any], run: _Run) -> "_Kept | None":
        """A recording on copies of the inputs; None where it cannot be made.

        Raises: what a lost device says.
        """
        device = leaves[0].device
        try:
            inputs = [leaf.clone() if isinstance(leaf, torch.Tensor) else leaf for leaf in leaves]
            return _Kept(inputs=inputs, recording=self._record(lambda: run(inputs)))
        except Exception as error:
            self._may_record = is_out_of_memory(error)
            log.warning(
                "A pass could not be recorded, and is made as ever: %s", error, exc_info=not self._may_record
            )
        free_cached_memory(device)
        synchronize(device)  # a lost device says so again; one that only refused to be recorded does not
        return None

    def _checked_state(self) -> Hashable:
        """The state. When it changes, all is forgotten if the weights do not lie where they did."""
        state = self._state(), next(self._unet.parameters()).data_ptr()
        if state != self._known_state:
            weights = [*self._unet.parameters(), *self._unet.buffers()]
            places = frozenset((one.data_ptr(), one.dtype) for one in weights)
            if not places >= self._places:
                self.forget()
            self._known_state, self._places = state, places
        return state


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A recording, and the inputs that it reads."""

    inputs: Sequence[Any]
    recording: Recording

    def run(self, leaves: Sequence[Any]) -> torch.Tensor:
        """The prediction for these inputs, in memory of its own: the next replay writes over the other."""
        for place, leaf in zip(self.inputs, leaves, strict=True):
            if isinstance(place, torch.Tensor):
                place.copy_(leaf, non_blocking=True)
        self.recording.replay()
        return self.recording.output.clone()


def bucket(rows: int) -> int:
    """The smallest bucket that holds so many rows; beyond the largest, its next multiple."""
    return next((one for one in _BUCKETS if one >= rows), -(-rows // _BUCKETS[-1]) * _BUCKETS[-1])


def _padded(leaf: Any, rows: int) -> Any:
    """A tensor of so many rows with its last row repeated up to the bucket; anything else as it is."""
    missing = bucket(rows) - rows
    if not isinstance(leaf, torch.Tensor) or leaf.dim() == 0 or len(leaf) != rows or missing == 0:
        return leaf
    return torch.cat([leaf, leaf[-1:].expand(missing, *leaf.shape[1:])])


def _kind(leaf: Any) -> Any:
    """What two inputs must have in common to be read by one recording."""
    if isinstance(leaf, torch.Tensor):
        return leaf.shape, leaf.dtype, leaf.device
    return leaf
