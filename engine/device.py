"""The machine below the engine: which device and dtype, how much memory, and how its errors read."""

import logging
import os
import platform
import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, thread_time

import torch

from engine.config import DType
from engine.errors import DeviceLost, EngineError, GenerationFailed, InvalidRequest, OutOfMemory

log = logging.getLogger(__name__)

_BFLOAT16_FROM = (8, 0)  # Ampere; older cards emulate it
_WORTH_FEWER_BITS = 1.5
_TRIAL_SIDE = 256  # a product that takes milliseconds even where bfloat16 is emulated
_TRIALS = 20
_GIB, _MIB = 2**30, 2**20
_SHARE_OF_MEMORY = 0.7  # the rest is for what is computed


def choose_device(name: str) -> torch.device:
    """The named device, or for "auto" the best there is.

    Raises: InvalidRequest, if the device is not on this machine.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    device = torch.device(name)
    if device.type == "cuda":
        _check_cuda(device)
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise InvalidRequest("There is no Apple GPU here. Set DEVICE to auto or cpu.")
    return device


def _check_cuda(device: torch.device) -> None:
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if count == 0:
        raise InvalidRequest(
            f"torch {torch.__version__} finds no CUDA device here; `python -m bot check` says why. "
            "To draw on the processor instead, set DEVICE to cpu."
        )
    if (device.index or 0) >= count:
        raise InvalidRequest(
            f"There is no {device} here: the last of {count} is cuda:{count - 1}. Set DEVICE to one of them."
        )


def use_device(device: torch.device) -> None:
    """Make it this thread's own: what torch does without being told a device is done there."""
    if device.type == "cuda" and device.index is not None:
        torch.cuda.set_device(device)


def choose_dtype(wanted: DType, device: torch.device) -> torch.dtype:
    """The dtype of the weights: what is named, or for "auto" the fastest that draws well on the device."""
    named = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
    if wanted in named:
        return named[wanted]
    if device.type == "cuda":
        modern = torch.cuda.get_device_capability(device) >= _BFLOAT16_FROM
        return torch.bfloat16 if modern else torch.float16
    return torch.bfloat16 if device.type == "cpu" and bfloat16_pays(device) else torch.float32


def bfloat16_pays(device: torch.device) -> bool:
    """Whether the device is faster in bfloat16, by one small matrix product.

    A CPU without instructions for it is tens of times slower: by a whole model it would take minutes to tell.
    On one thread, and often: the same machine must say the same at every start, as the pictures depend on it.
    """
    exact = torch.ones(_TRIAL_SIDE, _TRIAL_SIDE, device=device)
    fewer = exact.bfloat16()
    num_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        usual = quickest(lambda: exact @ exact, device, runs=_TRIALS)
        return usual > _WORTH_FEWER_BITS * quickest(lambda: fewer @ fewer, device, runs=_TRIALS)
    finally:
        torch.set_num_threads(num_threads)


def describe(device: torch.device, dtype: torch.dtype) -> str:
    """The versions and the device in one line, for a picture's recipe."""
    where = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    threads = f", {torch.get_num_threads()} threads" if device.type == "cpu" else ""
    bits = str(dtype).removeprefix("torch.")
    return f"{library_versions()}, {where} {bits}{threads}"


def library_versions() -> str:
    """What computes, to the letter that may matter to its bits and its speed."""
    return f"darkroom {version('darkroom')}, torch {torch.__version__}, diffusers {version('diffusers')}"


def device_name(device: torch.device) -> str:
    """The device as its maker calls it, and of a CPU how many cores there are to use."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    names = re.search(r"^model name\s*:\s*(.+)$", _system_text("/proc/cpuinfo"), re.MULTILINE)
    name = names[1] if names is not None else platform.processor()
    return f"{device.type} {name}, {os.cpu_count()} cores"


def candidate_threads() -> tuple[int, ...]:
    """Thread counts worth measuring: powers of two up to all cores but the event loop's one."""
    most = max(1, len(os.sched_getaffinity(0)) - 1) if hasattr(os, "sched_getaffinity") else 1
    return tuple(sorted({1, most, *(2**power for power in range(1, 6) if 2**power < most)}))


def memory_budget(device: torch.device, gib: float | None) -> int:
    """Bytes that weights may take on the device: what is named, or a share of what is free now."""
    return int(gib * _GIB) if gib is not None else int(_SHARE_OF_MEMORY * free_memory(device))


def begun_budget(device: torch.device, mib: float | None) -> int:
    """Bytes that the pictures that have begun may take on the device."""
    return int(0.02 * total_memory(device)) if mib is None else int(mib * _MIB)


def decode_budget(device: torch.device, mib: float | None) -> int:
    """Bytes that decoding one picture may take on the device.

    A share of all there is and not of what is free: whether it is done in tiles shows in the last bits.
    """
    return int(0.25 * total_memory(device)) if mib is None else int(mib * _MIB)


def total_memory(device: torch.device) -> int:
    """Bytes that the device has, used or not."""
    if device.type == "cuda":
        return int(torch.cuda.get_device_properties(device).total_memory)
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def free_memory(device: torch.device) -> int:
    """Bytes of the device that nobody uses."""
    if device.type == "cuda":
        free: int = torch.cuda.mem_get_info(device)[0]
        return free
    available = re.search(r"^MemAvailable:\s+(\d+) kB", _system_text("/proc/meminfo"), re.MULTILINE)
    if available is not None:
        return int(available[1]) * 1024
    return total_memory(device)  # not Linux: nobody says what is free


def spare_memory(device: torch.device) -> int:
    """Bytes of a CUDA device that torch could still give: what nobody uses, and what it keeps for later."""
    kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return free_memory(device) + kept


def _system_text(name: str) -> str:
    """A file that Linux has and other systems do not."""
    path = Path(name)
    return path.read_text() if path.is_file() else ""


def seconds_of(work: Callable[[], object], device: torch.device) -> float:
    """How long some work takes, to its end on the device.

    One thread of a CPU is timed by the CPU it used: what else the machine does should not count.
    """
    is_one_thread = device.type == "cpu" and torch.get_num_threads() == 1
    clock = thread_time if is_one_thread else perf_counter
    synchronize(device)
    started = clock()
    work()
    synchronize(device)
    return clock() - started


def quickest(work: Callable[[], object], device: torch.device, *, runs: int = 3) -> float:
    """Seconds of the quickest of some runs. The first one of a kind also pays for setting it up."""
    return min(seconds_of(work, device) for _ in range(runs))


def synchronize(device: torch.device) -> None:
    """Wait until the device has done all it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def free_cached_memory(device: torch.device) -> None:
    """Give torch's unused blocks back to the device."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory was short: CUDA has a class for it, the CPU's allocator and MPS only a text."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and (
        "out of memory" in str(error) or "not enough memory" in str(error) or "ALLOC_FAILED" in str(error)
    )


def is_device_lost(error: BaseException) -> bool:
    """Whether the error is sticky: every later CUDA call of this process would fail as well."""
    if is_out_of_memory(error):
        return False
    return isinstance(error, torch.AcceleratorError) or (
        isinstance(error, RuntimeError) and str(error).startswith("CUDA error")
    )


def as_engine_error(error: Exception) -> EngineError:
    """What a caller may be told of any error; what nobody foresaw is logged."""
    if isinstance(error, EngineError):
        return error
    if is_device_lost(error):
        return DeviceLost("The device failed and cannot be used until the program restarts.")
    if is_out_of_memory(error):
        return OutOfMemory("It does not fit into the memory of this device. Use a smaller size or model.")
    log.error("The model failed.", exc_info=error)
    return GenerationFailed(f"The model failed: {error}")


def send(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """A tensor of the host on the device, without waiting for what the device is doing just now."""
    if device.type == "cuda" and tensor.device.type == "cpu":
        tensor = tensor.pin_memory()  # from other memory the copy waits; torch keeps this until it has ended
    return tensor.to(device, non_blocking=device.type != "mps")


class Arrival:
    """A tensor on its way from the device to the host, for which the device need not be waited for."""

    def __init__(self, tensor: torch.Tensor) -> None:
        is_cuda = tensor.device.type == "cuda"
        self._tensor = tensor.to("cpu", non_blocking=tensor.device.type != "mps")  # pinned, where it is CUDA
        self._copied = torch.cuda.Event() if is_cuda else None  # type: ignore[no-untyped-call]
        if self._copied is not None:
            self._copied.record(torch.cuda.current_stream(tensor.device))

    @property
    def is_here(self) -> bool:
        """Whether the copy has ended: before that the host's memory holds anything."""
        return self._copied is None or bool(self._copied.query())  # type: ignore[no-untyped-call]

    def get(self) -> torch.Tensor:
        """The tensor on the CPU. Waits where it is not here yet."""
        if self._copied is not None:
            self._copied.synchronize()
        return self._tensor


class Pace:
    """Keeps the host at most one tick ahead of the device, so that clocks and cancels mean something."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._previous: torch.cuda.Event | None = None

    def wait(self) -> None:
        """Wait until the device is done with what was there at the last call."""
        if self._device.type != "cuda":
            return
        if self._previous is not None:
            self._previous.synchronize()
        self._previous = torch.cuda.Event()  # type: ignore[no-untyped-call]
        self._previous.record(torch.cuda.current_stream(self._device))
