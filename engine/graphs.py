"""Forward passes whose launches are recorded once and replayed: CUDA graphs, one for each shape and state."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch.utils._pytree import tree_flatten, tree_unflatten

from engine.device import free_cached_memory, is_out_of_memory, synchronize

log = logging.getLogger(__name__)

_BUCKETS = (1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""Row counts that passes are padded to. It is the small ones that waste most, where a GPU is idle anyway."""
_MOST_KEPT = 32
_MOST_SEEN = 256
_WARM_UPS = 2

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

        Raises: whatever CUDA does not let be recorded.
        """
        graph = torch.cuda.CUDAGraph()
        self._stream.wait_stream(torch.cuda.current_stream(self._stream.device))
        # `graph` alone would leave its stream the current one where the recording breaks off.
        with torch.cuda.stream(self._stream):
            for _ in range(_WARM_UPS):
                run()
            with torch.cuda.graph(
                graph, pool=self._pool, stream=self._stream, capture_error_mode="thread_local"
            ):
                output = run()
        torch.cuda.current_stream(self._stream.device).wait_stream(self._stream)
        return Recording(replay=graph.replay, output=output)


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
        self._seen: OrderedDict[Hashable, None] = OrderedDict()
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
        try:
            return (self._predicted(key, leaves, run)[:rows],)
        except Exception as error:
            if is_out_of_memory(error):
                self.forget()
            raise

    def forget(self) -> None:
        """Give up all recordings, and their memory."""
        self._kept.clear()
        self._seen.clear()

    def _predicted(self, key: Hashable, leaves: Sequence[Any], run: _Run) -> torch.Tensor:
        if key not in self._kept:
            if not self._may_record or not self._is_seen_again(key):
                return run(leaves)
            self._kept[key] = self._recorded(leaves, run)
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        kept = self._kept[key]
        return run(leaves) if kept is None else kept.run(leaves)

    def _is_seen_again(self, key: Hashable) -> bool:
        """Whether it was seen before, lately."""
        is_again = key in self._seen
        self._seen[key] = None
        self._seen.move_to_end(key)
        if len(self._seen) > _MOST_SEEN:
            self._seen.popitem(last=False)
        return is_again

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
            log.warning("A pass could not be recorded, and is made as ever.", exc_info=error)
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
