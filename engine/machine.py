"""What draws here, in one line for an owner, or why what could draw does not, with its cure."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import torch

from engine.device import choose_device, device_name, quickest, total_memory
from engine.errors import InvalidRequest

SMI = ("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader")
SMI_SECONDS = 5.0
DRIVER = Path("/proc/driver/nvidia/version")
SIDE = {"cpu": 1024, "cuda": 8192, "mps": 2048}
"""Of the square matrices whose product is timed: long enough to tell, short enough not to be waited for."""
INSTALL = (
    "pip install --force-reinstall torch=={version} (the package index has it for CUDA, where the machine is "
    "x86-64; for another CUDA, torch's own 'Get started' names the --index-url)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An NVIDIA card as its driver sees it, whatever torch thinks of it."""

    name: str
    driver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What draws here."""

    words: str
    """Its name, memory, driver, the build of torch, and how fast it multiplies."""
    gib: float
    """Of memory."""
    teraflops: float
    """Of a large product of matrices, in 16 bits where the device is made for it; measured just now."""


def look_at_device(wanted: str) -> Machine:
    """The device, and how fast it multiplies.

    `wanted` is the setting DEVICE. Blocking, under a second on most machines.
    Raises: InvalidRequest, where a card is there and would not be used, or what is wanted is not there.
    """
    if wanted == "auto" or wanted.startswith("cuda"):
        check_card(seen_card(), is_needed=wanted != "auto")
    device = choose_device(wanted)
    if device.type == "cuda":
        _check_architecture(device)
    card = seen_card() if device.type == "cuda" else None
    gib, teraflops = total_memory(device) / 2**30, _teraflops(device)
    parts = [
        device_name(device),
        f"{gib:.0f} GiB",
        f"torch {torch.__version__}{_built_for()}",
        *([] if card is None else [f"driver {card.driver}"]),
        f"{teraflops:.2g} TFLOPS",
    ]
    return Machine(words=", ".join(parts), gib=gib, teraflops=teraflops)


def seen_card() -> Card | None:
    """The first card that NVIDIA's driver knows of; None where there is neither."""
    try:
        asked = subprocess.run(  # noqa: S603 - a fixed command, without a shell
            SMI, capture_output=True, text=True, timeout=SMI_SECONDS, check=True
        )
        name, driver = asked.stdout.strip().splitlines()[0].rsplit(", ", 1)
    except (OSError, subprocess.SubprocessError, IndexError, ValueError):
        found = re.search(r"Kernel Module\D*([\d.]+)", DRIVER.read_text()) if DRIVER.is_file() else None
        return None if found is None else Card(name="card", driver=found[1])
    return Card(name=name, driver=driver)


def check_card(card: Card | None, *, is_needed: bool) -> None:
    """Whether torch can use it.

    Raises: InvalidRequest, with the cure that fits.
    """
    if torch.cuda.is_available() or (card is None and not is_needed):
        return
    version = torch.__version__.partition("+")[0]
    if torch.version.cuda is None and torch.version.hip is None:
        has = "the NVIDIA card" if card is None else f"the {card.name} (driver {card.driver})"
        raise InvalidRequest(
            f"torch {torch.__version__} is built without CUDA and cannot use {has}. Run: "
            f"{INSTALL.format(version=version)}. To draw on the processor instead, set DEVICE to cpu."
        )
    if card is None:
        raise InvalidRequest(
            "NVIDIA's driver is not here, or does not see a card. Install it, and in a container also the "
            "container toolkit, and give the container the GPU. To draw on the processor, set DEVICE to cpu."
        )
    raise InvalidRequest(
        f"torch {torch.__version__} is built for CUDA {torch.version.cuda}, which driver {card.driver} "
        f"of the {card.name} does not run, or this user may not open /dev/nvidia*. Update the driver, or "
        "install a torch for an older CUDA (torch's own 'Get started' names the --index-url)."
    )


def _check_architecture(device: torch.device) -> None:
    """Raises: InvalidRequest, where torch has no code for this generation of cards."""
    major, minor = torch.cuda.get_device_capability(device)
    if not is_built_for(major, minor, torch.cuda.get_arch_list()):
        raise InvalidRequest(
            f"torch {torch.__version__} has no code for the {torch.cuda.get_device_name(device)} (compute "
            f"capability {major}.{minor}). Install a torch for another CUDA: an older one for an older card."
        )


def is_built_for(major: int, minor: int, architectures: list[str]) -> bool:
    """Whether there is code for a card: binary code of its generation, or text for an older one.

    `architectures` as torch lists them: `sm_86`, `sm_90a`, `compute_90`. An empty list says nothing.
    """
    own = 10 * major + minor
    for kind, digits in re.findall(r"(sm|compute)_(\d+)", " ".join(architectures)):
        number = int(digits)
        if number <= own and (kind == "compute" or number // 10 == major):
            return True
    return not architectures


def _built_for() -> str:
    """What torch was built for, unless its version says so already."""
    if "+" in torch.__version__:
        return ""
    return f" for CUDA {torch.version.cuda}" if torch.version.cuda else " for CPUs"


def _teraflops(device: torch.device) -> float:
    side = SIDE.get(device.type, SIDE["cpu"])
    dtype = torch.float32 if device.type == "cpu" else torch.float16
    matrix = torch.ones(side, side, device=device, dtype=dtype)
    return 2 * side**3 / quickest(lambda: matrix @ matrix, device) / 1e12
