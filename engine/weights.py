"""The names and shapes in a .safetensors file, read without its weights; and what a file is that has none."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from engine.errors import ModelNotFound

Shapes: TypeAlias = Mapping[str, tuple[int, ...]]

PICKLES = frozenset({".ckpt", ".pt", ".pth", ".bin", ".pkl"})
"""How files end that can run code when they are loaded."""
_MOST_HEADER_BYTES = 100_000_000  # safetensors' own bound
_STARTS: Mapping[bytes, str] = {
    rb"\s*<(!doctype|html|\?xml|head)": (
        "is a web page, not a model: the server sent a page instead of the file, often because a login was "
        "needed. Download the file itself."
    ),
    rb"version https://git-lfs": (
        "is a Git LFS pointer, not the file it stands for. Run `git lfs pull` in its folder, or download the "
        "file itself."
    ),
    rb"\s*\{\s*\"(error|message)\"": (
        "is an error message of a server, not a model. Download the file itself."
    ),
    rb"PK\x03\x04|\x80[\x02-\x05]": (
        "is a pickle under another name, which can run code when it is loaded, so Darkroom refuses it. "
        "Download the .safetensors version of this model."
    ),
    rb"GGUF": "is a GGUF file. Darkroom reads .safetensors: download that version of this model.",
}
"""How something begins that was downloaded in the place of a file, and what it is."""


def check_is_safetensors(path: Path, called: str) -> None:
    """Whether a file, that people are told of as `called`, is there and no pickle.

    Raises: ModelNotFound.
    """
    if path.suffix in PICKLES:
        raise ModelNotFound(
            f"{called} is a pickle ({path.name}), which can run code when it is loaded, so Darkroom refuses "
            "it. Choose a .safetensors version of it."
        )
    if path.suffix != ".safetensors" or not path.is_file():
        raise ModelNotFound(f"{called} is not a .safetensors file at {path}.")


def read_shapes(path: Path) -> Shapes:
    """The shape of each tensor in the file, by name.

    Raises: ModelNotFound, if the file is damaged or something else.
    """
    try:
        return _read_shapes(path)
    except OSError as error:
        raise ModelNotFound(f"{path} cannot be read ({error.strerror or error}).") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ModelNotFound(f"{path} {what_else(path)}") from error


def what_else(path: Path) -> str:
    """What a file is, by how it begins, that is not what its name says."""
    with path.open("rb") as file:
        start = file.read(512)
    if not start:
        return "is empty. Download it again."
    for pattern, what in _STARTS.items():
        if re.match(pattern, start, re.IGNORECASE):
            return what
    return "is damaged: it ends early or is garbled. Download it again."


def _read_shapes(path: Path) -> Shapes:
    """Raises: ValueError and its kin, if the file is not what it should be."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if size > _MOST_HEADER_BYTES:
            raise ValueError(size)
        header = json.loads(file.read(size))
    header.pop("__metadata__", None)
    end = max((tensor["data_offsets"][1] for tensor in header.values()), default=0)
    if path.stat().st_size < 8 + size + end:
        raise ValueError(end)
    return {name: tuple(tensor["shape"]) for name, tensor in header.items()}
