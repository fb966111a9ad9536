"""Where a model's files are: a setting becomes a name and a path of safetensors. Pickles are refused."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.errors import ModelNotFound
from engine.sketch import WEIGHTS

_PICKLES = {".ckpt", ".pt", ".pth", ".bin", ".pkl"}
_COMPONENTS = ("text_encoder", "text_encoder_2", "unet", "vae")
_BLOCK = 2**22


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A checkpoint on disk: a folder in diffusers layout, or one .safetensors file."""

    name: str
    path: Path

    @property
    def is_single_file(self) -> bool:
        """Whether all components are in one file, in the layout of the original release."""
        return self.path.is_file()

    def weight_files(self) -> list[Path]:
        """The files that decide what is drawn, in a fixed order."""
        if self.is_single_file:
            return [self.path]
        return sorted(file for part in _COMPONENTS for file in (self.path / part).glob("*.safetensors"))

    def hash(self) -> str:
        """First 10 hex digits of the SHA-256 over the weights; of a single file, what A1111 shows."""
        return _digest(tuple((path, path.stat().st_mtime_ns) for path in self.weight_files()))

    def num_bytes(self) -> int:
        """Size of the weights on disk."""
        return sum(path.stat().st_size for path in self.weight_files())


@lru_cache
def _digest(files: tuple[tuple[Path, int], ...]) -> str:
    """Gigabytes are read once, however often a model is loaded; a file's time tells whether it changed."""
    digest = hashlib.sha256()
    for path, _ in files:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()[:10]


def resolve(model: str) -> Source:
    """Find the files of "sketch", a folder, a file or a hub id (which is downloaded once).

    Raises: ModelNotFound, with what to do about it.
    """
    if model == "sketch":
        return _checked(Source(name=model, path=WEIGHTS))
    path = Path(model).expanduser()
    if path.exists():
        return _checked(Source(name=path.stem if path.is_file() else path.resolve().name, path=path))
    if path.is_absolute() or model.count("/") != 1 or model[0] in "~." or path.suffix in _PICKLES:
        raise ModelNotFound(
            f"There is no model at {model}. Set MODEL to sketch, a folder in diffusers layout, "
            "a .safetensors file or a hub id such as stabilityai/sdxl-turbo."
        )
    return _checked(Source(name=model, path=_download(model)))


def _checked(source: Source) -> Source:
    if source.is_single_file:
        if source.path.suffix != ".safetensors":
            raise ModelNotFound(
                _pickled(source.path) if source.path.suffix in _PICKLES else _unknown(source.path)
            )
        return source
    if not (source.path / "model_index.json").is_file():
        raise ModelNotFound(f"{source.path} has no model_index.json: it is not a model in diffusers layout.")
    for component in ("text_encoder", "unet", "vae"):
        _check_component(source.path / component)
    return source


def _check_component(folder: Path) -> None:
    if any(folder.glob("*.safetensors")):
        return
    pickled = next((file for file in sorted(folder.glob("*")) if file.suffix in _PICKLES), None)
    if pickled is not None:
        raise ModelNotFound(_pickled(pickled))
    raise ModelNotFound(f"{folder} has no .safetensors weights: the model is incomplete. Download it again.")


def _pickled(path: Path) -> str:
    return (
        f"{path} is a pickle, which can run code when it is loaded, so Darkroom refuses it. "
        "Download the .safetensors version of this model, or convert it."
    )


def _unknown(path: Path) -> str:
    return f"{path} is not a model: a single file must end in .safetensors."


def _download(hub_id: str) -> Path:
    from diffusers import DiffusionPipeline  # slow to import, and only hub ids need it
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return Path(str(DiffusionPipeline.download(hub_id, use_safetensors=True)))
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise ModelNotFound(
            f"The hub has no model {hub_id} in safetensors, or cannot be reached: {error}. "
            "Check the spelling and the network, or give a local folder."
        ) from error
