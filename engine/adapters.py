"""Where an IP-Adapter is: a setting becomes a file and its image encoder; what is none of ours is told."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engine.errors import ModelNotFound
from engine.recognition import read_json, what_holds
from engine.sketch import IMAGE_TOWER, IP_ADAPTER
from engine.weights import Shapes, read_shapes

_ENCODER = "image_encoder"
_MOST_SHOWN = 100
_LAYER = re.compile(r"ip_adapter\.(\d+)\.to_k_ip\.weight")
_PREFERRED = {
    768: ("ip-adapter-plus_sd15", "ip-adapter_sd15"),
    2048: ("ip-adapter-plus_sdxl_vit-h", "ip-adapter_sdxl_vit-h", "ip-adapter_sdxl"),
}
"""What the authors' own collection (h94/IP-Adapter on the hub) calls those for a family, the best first. That
is told by how wide the texts are that its U-Nets read."""
_ON_HUB = re.compile(r"([\w-][\w.-]*/[\w.-]+?)(?:/(.+\.safetensors))?")
_FAMILIES = {768: "Stable Diffusion 1", 1024: "Stable Diffusion 2", 2048: "Stable Diffusion XL"}
"""By how wide the texts are."""
_OTHER_KINDS = {
    "perceiver_resampler.proj_in.weight": "FaceID Plus",
    "norm.weight": "FaceID",
    "proj.3.weight": "Full Face",
}
"""A weight of the projection → whose it is, of adapters that read something else than whole pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterFiles:
    """An IP-Adapter on disk, plain or Plus."""

    weights: Path
    encoder: Path
    """The folder of its image encoder, as transformers lays it out."""
    must_fit: bool = True
    """Whether a checkpoint that it does not fit is refused; else it draws without it."""

    def num_bytes(self) -> int:
        """Size of the weights on disk."""
        files = [self.weights, *self.encoder.glob("*.safetensors")]
        return sum(file.stat().st_size for file in files)


def find_adapter(setting: str, *, text_width: int, must_fit: bool = True) -> AdapterFiles:
    """The files of a .safetensors file, a folder or a hub id (which is downloaded once).

    A folder or a repository may hold adapters for several families: that one is taken whose U-Nets read texts
    as wide as `text_width`.
    Raises: AdapterMisfit; ModelNotFound, with what to do about it.
    """
    path = Path(setting).expanduser()
    if path.exists():
        weights = path if path.is_file() else path / _chosen(setting, _files_in(path, text_width), text_width)
        width = _checked(weights, text_width)
        encoder = _checked_encoder(_find_encoder(weights, width))
        return AdapterFiles(weights=weights, encoder=encoder, must_fit=must_fit)
    hub_id, weights = _download(setting, text_width)
    encoder = _find_encoder(weights, _checked(weights, text_width))
    _download_encoder(hub_id, encoder)
    return AdapterFiles(weights=weights, encoder=_checked_encoder(encoder), must_fit=must_fit)


def own_adapter(checkpoint: Path) -> AdapterFiles | None:
    """That of a checkpoint whose folder has one beside its parts, as the embedded model's has, which looks
    through the image tower that describes pictures."""
    weights = next((checkpoint / IP_ADAPTER).glob("*.safetensors"), None)
    encoder = checkpoint / IMAGE_TOWER
    if weights is None or not (encoder / "config.json").is_file():
        return None
    return AdapterFiles(weights=weights, encoder=_checked_encoder(encoder))


def check_fit(files: AdapterFiles, layers: Sequence[tuple[int, ...]]) -> None:
    """Whether an adapter fits a U-Net whose weights that read text have these shapes, in diffusers' order.

    Raises: AdapterMisfit.
    """
    own = _layers(read_shapes(files.weights))
    if own != list(layers):
        raise AdapterMisfit(
            f"The IP-Adapter {files.weights} was made for another model of this family: its {len(own)} "
            f"layers do not fit those {len(layers)}. Set IP_ADAPTER to one made for this model."
        )


class AdapterMisfit(ModelNotFound):
    """An adapter was made for another model."""


def _checked(path: Path, text_width: int) -> int:
    """How many numbers of its image encoder an adapter reads at a time.

    Raises: AdapterMisfit; ModelNotFound, where it is no adapter that reads whole pictures.
    """
    if path.suffix != ".safetensors":
        raise ModelNotFound(f"{path} is no .safetensors file. Set IP_ADAPTER to one.")
    shapes = read_shapes(path)
    width = _encoder_width(shapes)
    if not _layers(shapes) or not any(key.startswith("image_proj.") for key in shapes):
        raise ModelNotFound(f"{path} is no IP-Adapter: it {what_holds(shapes)}")
    if width == 0:
        kinds = (kind for key, kind in _OTHER_KINDS.items() if f"image_proj.{key}" in shapes)
        raise ModelNotFound(
            f"{path} is an IP-Adapter of another kind ({next(kinds, 'an unknown one')}). Set IP_ADAPTER to a "
            "plain one or a Plus."
        )
    if _text_width(shapes) != text_width:
        raise AdapterMisfit(
            f"The IP-Adapter {path} was made for {_family(_text_width(shapes))}, and not for "
            f"{_family(text_width)}. Set IP_ADAPTER to one made for this model."
        )
    return width


def _family(text_width: int) -> str:
    return _FAMILIES.get(text_width, f"a model whose texts are {text_width} numbers wide")


def _layers(shapes: Shapes) -> list[tuple[int, ...]]:
    """The shapes of the weights by which it reads pictures, one for each layer that reads text."""
    keys = {int(match[1]): match[0] for match in map(_LAYER.fullmatch, shapes) if match}
    return [shapes[keys[number]] for number in sorted(keys)]


def _text_width(shapes: Shapes) -> int:
    """How wide the texts are that its U-Nets read; 0 for what is no adapter."""
    return next((columns for _, columns in _layers(shapes)), 0)


def _encoder_width(shapes: Shapes) -> int:
    """0 where it is unknown."""
    keys = ("image_proj.proj.weight", "image_proj.proj_in.weight")
    return next((shapes[key][1] for key in keys if key in shapes), 0)


def _find_encoder(path: Path, width: int) -> Path:
    """The folder of the image encoder that the adapter was trained with: beside it, or beside its own folder.

    Raises: ModelNotFound.
    """
    folders = list(_encoders_near(path))
    for folder in folders:
        if width in _widths(folder):
            return folder
    found = f"{folders[0]} is another" if folders else "there is none"
    raise ModelNotFound(
        f"The IP-Adapter {path} needs the image encoder that it was trained with, which makes {width} "
        f"numbers of a picture, in a folder {_ENCODER} beside it: {found}."
    )


def _encoders_near(path: Path) -> Iterator[Path]:
    above = path.parent.parent
    for folder in (path.parent, above, *sorted(above.iterdir())):
        if (folder / _ENCODER / "config.json").is_file():
            yield folder / _ENCODER


def _widths(folder: Path) -> set[int]:
    """Of what the encoder makes of a picture, and of each piece of one."""
    config = read_json(folder / "config.json")
    return {int(config.get("projection_dim", 0)), int(config.get("hidden_size", 0))}


def _checked_encoder(folder: Path) -> Path:
    """Raises: ModelNotFound, where its weights are not there."""
    if not any(folder.glob("*.safetensors")):
        raise ModelNotFound(f"{folder} has no .safetensors weights. Download them.")
    return folder


def _files_in(folder: Path, text_width: int) -> list[str]:
    """Those that are adapters for texts so wide; where there are none, all."""
    files = [file for file in sorted(folder.rglob("*.safetensors")) if file.parent.name != _ENCODER]
    fitting = [file for file in files if _text_width(read_shapes(file)) == text_width]
    return [file.relative_to(folder).as_posix() for file in fitting or files]


def _chosen(where: str, files: Iterable[str], text_width: int) -> str:
    """Which of the files in a folder or a repository is the adapter for a family.

    Raises: ModelNotFound, where that is not clear.
    """
    paths = map(PurePosixPath, files)
    names = {
        path.stem: str(path)
        for path in paths
        if path.suffix == ".safetensors" and path.parent.name != _ENCODER
    }
    for stem in _PREFERRED.get(text_width, ()):
        if stem in names:
            return names[stem]
    if len(names) == 1:
        return next(iter(names.values()))
    if not names:
        raise ModelNotFound(f"{where} holds no IP-Adapter in a .safetensors file. Set IP_ADAPTER to one.")
    raise ModelNotFound(
        f"{where} holds {len(names)} files, and none is called as the adapters for {_family(text_width)} "
        f"are. Set IP_ADAPTER to one of them, as {where}/{next(iter(names.values()))}."
    )


def _download(setting: str, text_width: int) -> tuple[str, Path]:
    """The hub id, and the adapter on disk, of a setting that is a hub id or a file in its repository.

    Raises: ModelNotFound.
    """
    match = _ON_HUB.fullmatch(setting)
    if match is None:
        raise ModelNotFound(
            f"There is no IP-Adapter at {setting[:_MOST_SHOWN]}. Set IP_ADAPTER to a .safetensors file, a "
            "folder, or a hub id such as h94/IP-Adapter."
        )
    from engine.hub import download, list_files  # slow to import, and only hub ids need it

    hub_id, file = match[1], match[2]
    folder = download(hub_id, [f"*{_ENCODER}/config.json"], setting="IP_ADAPTER")
    names = list(list_files(hub_id, folder))
    file = file or _chosen(hub_id, names, text_width)
    if file not in names:
        raise ModelNotFound(f"{hub_id} has no file {file}. Check the spelling of IP_ADAPTER.")
    return hub_id, download(hub_id, [file], setting="IP_ADAPTER") / file


def _download_encoder(hub_id: str, folder: Path) -> None:
    from engine.hub import download

    path = folder.relative_to(next(parent for parent in folder.parents if parent.parent.name == "snapshots"))
    download(hub_id, [f"{path.as_posix()}/*.safetensors"], setting="IP_ADAPTER")
