"""Where a model's files are: a setting becomes a name and a path of safetensors. Pickles are refused."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from engine.adapters import AdapterFiles, AdapterMisfit, find_adapter, own_adapter
from engine.errors import ModelNotFound
from engine.recognition import (
    check_channels,
    check_configuration,
    check_index,
    check_single_file,
    check_tokenizers,
    component_class,
    holds_vae,
    read_json,
    unet_channels,
    vae_channels,
)
from engine.sketch import WEIGHTS
from engine.weights import PICKLES, read_shapes

_COMPONENTS = ("text_encoder", "text_encoder_2", "unet", "vae")
_BLOCK = 2**22
_CONFIGURATION = ["*.json", "*/merges.txt", "*/vocab.txt"]
_WEIGHT_FILE = re.compile(
    r"(?:diffusion_pytorch_model|model)(?:\.(?P<variant>\w+))?(?:-\d+-of-(?P<parts>\d+))?"
    r"(?:\.(?P<old_variant>\w+))?\.safetensors"
)
"""`model.safetensors`, `model.fp16.safetensors`, their shards, and shards as they were named before 2024."""
_MODEL_FILE = "diffusion_pytorch_model"
"""What diffusers calls the weights of its own classes, the VAE's among them."""
_GIVEN_NAME = re.compile(r"(?P<name>[\w .-]{1,64})=(?P<model>.+)", re.DOTALL)
_MOST_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A checkpoint on disk: a folder in diffusers layout, or one .safetensors file."""

    name: str
    path: Path
    variant: str | None = None
    """Of a folder that has its weights only as, say, `model.fp16.safetensors`: "fp16"."""
    vae: Path | None = None
    """A VAE from elsewhere, a folder or a file, where the checkpoint has none of its own."""
    adapter: AdapterFiles | None = None
    """The IP-Adapter by which it looks at pictures."""

    known_hash: str | None = None
    """The hash of these very files, where it was computed before."""

    @property
    def is_single_file(self) -> bool:
        """Whether all components are in one file, in the layout of the original release."""
        return self.path.is_file()

    def weight_files(self) -> list[Path]:
        """The files that decide what is drawn, in a fixed order."""
        vae = [] if self.vae is None else _vae_files(self.vae)
        if self.is_single_file:
            return [self.path, *vae]
        parts = [part for part in _COMPONENTS if part != "vae" or self.vae is None]
        return (
            sorted(file for part in parts for file in _component_files(self.path / part, self.variant)) + vae
        )

    def hash(self) -> str:
        """First 10 hex digits of the SHA-256 over the weights; of a single file, what A1111 shows."""
        return self.known_hash or _digest(self.identity())

    def identity(self) -> tuple[tuple[str, int, int], ...]:
        """Path, bytes and time of each file of weights: what changes with them, told without reading them."""
        return tuple(map(identity_of, self.weight_files()))

    def num_bytes(self) -> int:
        """Size of the weights on disk."""
        own = sum(path.stat().st_size for path in self.weight_files())
        return own if self.adapter is None else own + self.adapter.num_bytes()

    def text_width(self) -> int:
        """How many numbers each token of a text has that the U-Net reads; 0 where that is unknown."""
        if not self.is_single_file:
            width = read_json(self.path / "unet" / "config.json").get("cross_attention_dim")
            return width if isinstance(width, int) else 0
        shapes = read_shapes(self.path)
        return next((shapes[key][-1] for key in shapes if key.endswith("attn2.to_k.weight")), 0)


def identity_of(file: Path) -> tuple[str, int, int]:
    """Path, bytes and time of a file."""
    stat = file.stat()
    return str(file.absolute()), stat.st_size, stat.st_mtime_ns


@lru_cache
def _digest(files: tuple[tuple[str, int, int], ...]) -> str:
    """Gigabytes are read once, however often a model is loaded; a file's time tells whether it changed."""
    digest = hashlib.sha256()
    for path, *_ in files:
        with Path(path).open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()[:10]


def resolve(
    model: str, *, vae: str | None = None, ip_adapter: str | None = None, must_fit: bool = True
) -> Source:
    """Find the files of "sketch", a folder, a file or a hub id (which is downloaded once).

    `name=model` gives the model a name of its own. `vae` is a folder, a file or a hub id, for checkpoints
    without VAE. `ip_adapter` is the one by which the model looks at pictures; if it `must_fit`, it is refused
    where it does not. Without one that fits, a model looks by its own, where its folder has one.
    What Darkroom does not draw with is refused by its configuration, before any weight is read or downloaded.
    Raises: ModelNotFound, with what to do about it.
    """
    given_name, model = _parted(model)
    own_vae = _vae_path(vae)
    name, path = _found(model, own_vae)
    source = _checked(given_name or name, path, own_vae)
    for file in source.weight_files():
        read_shapes(file)
    return replace(source, adapter=_adapter(ip_adapter, source, must_fit=must_fit))


def _parted(model: str) -> tuple[str, str]:
    """The name that a setting gives to a model, or nothing, and the model."""
    given = None if _exists(Path(model)) else _GIVEN_NAME.fullmatch(model)
    return ("", model) if given is None else (given["name"].strip(), given["model"].strip())


def _found(model: str, vae: Path | None) -> tuple[str, Path]:
    """The name that a model has by itself, and where it is."""
    if model == "sketch":
        return model, WEIGHTS
    path = _expanded(model)
    if _exists(path):
        path = _snapshot(path)
        return _own_name(path), path
    if not is_hub_id(model):
        raise ModelNotFound(
            f"There is no model at {_shown(model)}. Set MODEL to sketch, a folder in diffusers layout, "
            "a .safetensors file or a hub id such as stabilityai/sdxl-turbo."
        )
    return model, _download(model, vae)


def is_hub_id(setting: str) -> bool:
    """Whether a setting reads like the name of a repository on the hub, and not of a file of weights."""
    is_short = len(setting) <= _MOST_SHOWN
    has_form = re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", setting) is not None
    return is_short and has_form and Path(setting).suffix not in {*PICKLES, ".safetensors"}


def _expanded(setting: str) -> Path:
    try:
        return Path(setting).expanduser()
    except RuntimeError:  # ~ of a user who is not there
        return Path(setting)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError as error:
        raise ModelNotFound(f"{path} cannot be read ({error.strerror}).") from error
    except (OSError, ValueError):  # a name longer than any file's, or one with a null byte
        return False


def _shown(setting: str) -> str:
    return setting if len(setting) <= _MOST_SHOWN else f"{setting[:_MOST_SHOWN]}…"


def _snapshot(path: Path) -> Path:
    """Of a repository in the hub's cache, the commit that is current; any other path is itself."""
    current = path / "refs" / "main"
    return path / "snapshots" / current.read_text().strip() if current.is_file() else path


def _own_name(path: Path) -> str:
    if path.is_file():
        return path.stem
    for folder in (path.absolute(), path.resolve()):
        if folder.parent.name == "snapshots" and folder.parent.parent.name.startswith("models--"):
            return folder.parent.parent.name.removeprefix("models--").replace("--", "/")
    return path.resolve().name


def _adapter(setting: str | None, source: Source, *, must_fit: bool) -> AdapterFiles | None:
    """Raises: ModelNotFound."""
    own = own_adapter(source.path)
    if not setting:
        return own
    try:
        return find_adapter(setting, text_width=source.text_width(), must_fit=must_fit)
    except AdapterMisfit:
        if must_fit:
            raise
        return own


def _vae_path(vae: str | None) -> Path | None:
    """The setting VAE as a path.

    Raises: ModelNotFound, if there is no VAE there.
    """
    if not vae:
        return None
    path = _expanded(vae)
    if _exists(path / "vae" / "config.json"):
        path /= "vae"
    if not _exists(path) and is_hub_id(vae):
        path = _download_vae(vae)
    if not _exists(path) or not _vae_files(path):
        raise ModelNotFound(
            f"There is no VAE at {_shown(vae)}. Set VAE to a .safetensors file, to a folder with config.json "
            f"and {_MODEL_FILE}.safetensors, or to a hub id such as stabilityai/sd-vae-ft-mse."
        )
    return path


def _download_vae(hub_id: str) -> Path:
    """A repository with a VAE, or with a model that has one: the folder with it, as far as it is there."""
    from engine.hub import download, list_files

    folder = download(hub_id, ["config.json", "vae/config.json"])
    within = "vae" if (folder / "vae" / "config.json").is_file() else "."
    paths = [path for path in map(PurePosixPath, list_files(hub_id, folder)) if str(path.parent) == within]
    names = sorted(path.name for path in paths if path.name.startswith(_MODEL_FILE))
    chosen = variant_files(names, None) or variant_files(names, "fp16")
    wanted = [str(PurePosixPath(within, name)) for name in ("config.json", *chosen)]
    return download(hub_id, wanted) / within


def _vae_channels(path: Path) -> int:
    """How many channels the latents of a VAE have that is not a checkpoint's own.

    Raises: ModelNotFound, if it is none.
    """
    if path.is_file():
        return vae_channels(str(path), read_shapes(path))
    config = read_json(path / "config.json")
    kind = config.get("_class_name", "AutoencoderKL")
    if kind != "AutoencoderKL":
        raise ModelNotFound(
            f"{path} is a VAE of another kind ({kind}). Set VAE to the full VAE (AutoencoderKL) of the "
            "model's family."
        )
    return int(config.get("latent_channels", 4))


def _vae_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix == ".safetensors" else []
    files = _component_files(path, None) or _component_files(path, "fp16")
    return [file for file in files if file.name.startswith(_MODEL_FILE)]


def _checked(name: str, path: Path, vae: Path | None) -> Source:
    if not path.is_file():
        return _checked_folder(name, path, vae)
    if path.suffix != ".safetensors":
        raise ModelNotFound(_pickled(path) if path.suffix in PICKLES else _unknown(path))
    shapes = read_shapes(path)
    check_single_file(str(path), shapes, has_vae=vae is not None)
    needed = None if holds_vae(shapes) else vae
    if needed is not None:
        check_channels(str(path), unet_channels(shapes), _vae_channels(needed))
    return Source(name=name, path=path, vae=needed)


def _checked_folder(name: str, path: Path, vae: Path | None) -> Source:
    if not (path / "model_index.json").is_file():
        raise ModelNotFound(_no_index(path))
    index = read_json(path / "model_index.json")
    needed, parts = _choose_parts(str(path), index, vae)
    files = {part: file_names(path / part) for part in parts}
    variant = choose_variant(files)
    for part, names in files.items():
        _check_component(path / part, variant_files(names, variant))
    check_configuration(str(path), path, index, has_vae=needed is not None)
    if needed is not None:
        channels = read_json(path / "unet" / "config.json").get("in_channels", 4)
        check_channels(str(path), int(channels), _vae_channels(needed))
    check_tokenizers(path, index)
    return Source(name=name, path=path, variant=variant, vae=needed)


def _choose_parts(name: str, index: Mapping[str, Any], vae: Path | None) -> tuple[Path | None, list[str]]:
    """The given VAE, if the model needs one, and the components whose weights are the model's own.

    Raises: ModelNotFound, where Darkroom does not draw with such components.
    """
    needed = vae if component_class(index, "vae") != "AutoencoderKL" else None
    check_index(name, index, has_vae=needed is not None)
    parts = [part for part in _COMPONENTS if component_class(index, part) and (part != "vae" or not needed)]
    return needed, parts


def _no_index(path: Path) -> str:
    files = sorted(file for file in path.glob("*.safetensors"))
    if files:
        return (
            f"{path} is a folder with no model_index.json, but with {files[0].name}. Set MODEL to that "
            "file, or to a folder in diffusers layout."
        )
    return f"{path} has no model_index.json: it is not a model in diffusers layout."


def file_names(folder: Path) -> list[str]:
    """The names in a folder, sorted; none where there is no folder."""
    return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []


def _variant_of(name: str) -> str | None:
    """Which variant of the weights a file is: "" the plain one, None is no file of weights."""
    match = _WEIGHT_FILE.fullmatch(name)
    return None if match is None else match["variant"] or match["old_variant"] or ""


def choose_variant(files: dict[str, list[str]]) -> str | None:
    """The variant to read of a folder: the plain one if every component has it, else one that fills the gaps.

    `files` are the names of each component's files.
    """
    offered = {part: {_variant_of(name) for name in names} - {None} for part, names in files.items()}
    gaps = [variants for variants in offered.values() if "" not in variants]
    filling = set.intersection(*gaps) if gaps else set()
    return min(
        (str(variant) for variant in filling), key=lambda variant: (variant != "fp16", variant), default=None
    )


def variant_files(names: Iterable[str], variant: str | None) -> list[str]:
    """The files of a component that are read: those of the variant, or the plain ones where it has none."""
    by_variant: dict[str | None, list[str]] = {}
    for name in names:
        by_variant.setdefault(_variant_of(name), []).append(name)
    return by_variant.get(variant or "") or by_variant.get("", [])


def _component_files(folder: Path, variant: str | None) -> list[Path]:
    return [folder / name for name in variant_files(file_names(folder), variant)]


def _check_component(folder: Path, files: list[str]) -> None:
    if files:
        return _check_parts(folder, files)
    pickled = next((file for file in sorted(folder.glob("*")) if file.suffix in PICKLES), None)
    if pickled is not None:
        raise ModelNotFound(_pickled(pickled))
    other = next(folder.glob("*.safetensors"), None)
    if other is not None:
        raise ModelNotFound(
            f"{other} is not named as diffusers names weights. Rename it, or choose another copy."
        )
    raise ModelNotFound(f"{folder} has no .safetensors weights: the model is incomplete. Download it again.")


def _check_parts(folder: Path, files: list[str]) -> None:
    match = _WEIGHT_FILE.fullmatch(files[0])
    parts = int(match["parts"] or 1) if match is not None else 1
    if len(files) < parts:
        raise ModelNotFound(
            f"{folder} has {len(files)} of its {parts} files of weights: the model is incomplete. Download "
            "it again."
        )


def _pickled(path: Path) -> str:
    return (
        f"{path} is a pickle, which can run code when it is loaded, so Darkroom refuses it. "
        "Download the .safetensors version of this model, or convert it."
    )


def _unknown(path: Path) -> str:
    return f"{path} is not a model: a single file must end in .safetensors."


def count_missing_bytes(model: str, *, vae: str | None = None) -> int:
    """How much is still to be downloaded to draw with a model: nothing of one that is no hub id.

    Raises: ModelNotFound, where Darkroom does not draw with it, or the hub does not give it.
    """
    hub_id = _parted(model)[1]
    if hub_id == "sketch" or _exists(_expanded(hub_id)) or not is_hub_id(hub_id):
        return 0
    from engine import hub

    return hub.count_missing_bytes(hub_id, _files_to_read(hub_id, _vae_path(vae)))


def _download(hub_id: str, vae: Path | None) -> Path:
    """The configuration first, and the weights only if Darkroom draws with such a model."""
    from engine.hub import download  # slow to import, and only hub ids need it

    return download(hub_id, _files_to_read(hub_id, vae))


def _files_to_read(hub_id: str, vae: Path | None) -> list[str]:
    """Patterns of what is read of a repository; for that, its configuration is downloaded.

    Raises: ModelNotFound.
    """
    from engine.hub import download, list_files

    folder = download(hub_id, _CONFIGURATION)
    names = list_files(hub_id, folder)
    if "model_index.json" not in names:
        raise ModelNotFound(_unlaid(hub_id, names))
    index = read_json(folder / "model_index.json")
    needed, parts = _choose_parts(hub_id, index, vae)
    check_configuration(hub_id, folder, index, has_vae=needed is not None)
    return [*_CONFIGURATION, *_wanted(hub_id, names, parts)]


def _unlaid(hub_id: str, names: Iterable[str]) -> str:
    file = next((name for name in sorted(names) if name.endswith(".safetensors") and "/" not in name), None)
    if file is not None:
        return (
            f"{hub_id} is not in diffusers layout, but has the file {file}. If that is a checkpoint, "
            "download it and set MODEL to the file."
        )
    return f"{hub_id} is not a model in diffusers layout: it has no model_index.json. Choose another model."


def _wanted(hub_id: str, names: Iterable[str], parts: list[str]) -> list[str]:
    """The files of weights to download, one variant of each component."""
    files: dict[str, list[str]] = {part: [] for part in parts}
    for path in map(PurePosixPath, names):
        if str(path.parent) in files:
            files[str(path.parent)].append(path.name)
    variant = choose_variant(files)
    wanted = {part: variant_files(names, variant) for part, names in files.items()}
    for part, chosen in wanted.items():
        if not chosen:
            raise ModelNotFound(
                f"{hub_id} has no .safetensors weights for its {part.replace('_', ' ')}, only formats that "
                f"can run "
                "code when they are loaded, or none. Choose another model."
            )
    return [f"{part}/{name}" for part, chosen in wanted.items() for name in chosen]
