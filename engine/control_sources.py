"""Where a control's files are, what it is, and for which models it was made: told before a weight is read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path
from typing import Any

from engine.errors import ModelNotFound
from engine.recognition import read_json
from engine.sketch import CONTROLS, MAPS_STRENGTH
from engine.sources import choose_variant, file_names, variant_files
from engine.weights import PICKLES, Shapes, read_shapes

CONFIG = "config.json"
_HUB_ID = r"[\w-][\w.-]*/[\w.-]+"
_NET, _ADAPTER = "ControlNetModel", "T2IAdapter"
_SAME = ("block_out_channels", "layers_per_block", "cross_attention_dim", "addition_embed_type")
"""What a ControlNet, which is the copy of one half of a U-Net, has in common with it."""
_FAMILIES = {768: "Stable Diffusion 1", 1024: "Stable Diffusion 2", 2048: "SDXL"}
"""By the width of the text that the U-Net reads."""
_SD2_TEXT = 1024
_PUBLISHED_CHANNELS = [320]
"""Of the first level, of the models that adapters are published for."""
_WORDLESS = "DownBlock2D"
"""A first level that reads no text, as SDXL's: what an adapter says arrives where it ends, half as large."""
_XL_LEVELS = (0, 0, 1, 1)
"""How often the map is halved for each of the features that an adapter for such a U-Net sees in it."""
_READS = r"(^|\.)(controlnet_cond_embedding|input_hint_block)\."
"""The layers by which a ControlNet reads its map: in diffusers' layout, and in the original's."""
_NOT_CONTROLS = {
    r"^lora_controlnet|\.lora_|^lora_": "is a LoRA or a Control-LoRA",
    r"task_embedding|control_add_embedding": "is a ControlNet for several kinds of maps at once (Union)",
    r"controlnet_blocks|controlnet_x_embedder|double_blocks|joint_blocks": "is for models of another family",
    r"^(adapter\.)?body\.\d+\.": "is a T2I-Adapter without its config.json",
    r"^model\.diffusion_model\.": "is a checkpoint",
}
_CHOOSE = (
    "Name a folder in diffusers layout or a hub id with a ControlNet or T2I-Adapter for Stable Diffusion "
    "1, 2 or XL, or the .safetensors file of such a ControlNet."
)
_PICKLED = "which can run code when it is loaded, so Darkroom refuses it. Choose a copy in .safetensors."


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSource:
    """A ControlNet or a T2I-Adapter on disk."""

    name: str
    path: Path
    """A folder, or the .safetensors file of a ControlNet."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """Of a folder. A file has none: its ControlNet is built as its U-Net is."""
    variant: str | None = None
    text_width: int | None = None
    """Of a file."""
    strength: float = 1.0
    """How much a scale of 1 is of what it learnt."""

    @property
    def is_adapter(self) -> bool:
        """Whether it is a T2I-Adapter: it looks at the map once, and not in each step."""
        return bool(self.config.get("_class_name") == _ADAPTER)

    @property
    def family(self) -> str:
        """What it was made for, in words; empty where nobody knows."""
        if self.is_adapter:
            is_published = _listed(self.config["channels"])[:1] == _PUBLISHED_CHANNELS
            return _FAMILIES[2048 if self._is_xl_adapter else 768] if is_published else ""
        return _FAMILIES.get(self.text_width or self.config.get("cross_attention_dim", 0), "")

    def fits(self, unet: Mapping[str, Any]) -> bool:
        """Whether it was made for models with a U-Net of this configuration."""
        if self.is_adapter:
            channels = _listed(unet["block_out_channels"])
            is_laid_out = self._is_xl_adapter == (unet["down_block_types"][0] == _WORDLESS)
            is_known = unet.get("cross_attention_dim") != _SD2_TEXT  # none were made for it
            return is_laid_out and is_known and _listed(self.config["channels"])[: len(channels)] == channels
        if not self.config:
            return bool(unet.get("cross_attention_dim") == self.text_width)
        return all(_listed(self.config.get(name)) == _listed(unet.get(name)) for name in _SAME)

    def num_bytes(self) -> int:
        """Size of the weights on disk."""
        if self.path.is_file():
            return self.path.stat().st_size
        names = variant_files(file_names(self.path), self.variant)
        return sum((self.path / name).stat().st_size for name in names)

    def hint_numbers(self, width: int, height: int) -> int:
        """How many numbers are kept of a map of so many pixels while a picture follows it."""
        if not self.is_adapter:
            return 3 * width * height
        factor, channels = self.config["downscale_factor"], self.config["channels"]
        levels = _XL_LEVELS if self._is_xl_adapter else range(len(channels))
        numbers = 0
        for count, level in zip(channels, levels, strict=False):
            rows, columns = (ceil(ceil(side / factor) / 2**level) for side in (height, width))
            numbers += count * rows * columns
        return numbers

    @property
    def _is_xl_adapter(self) -> bool:
        return bool(self.config.get("adapter_type") == "full_adapter_xl")


def resolve_controls(controlnets: Mapping[str, str]) -> tuple[ControlSource, ...]:
    """Find the files of all controls by name: of each a folder, a file or a hub id (downloaded once).

    What Darkroom cannot steer by is refused by its configuration, before its weights are downloaded.
    Raises: ModelNotFound, with what to do about it.
    """
    return tuple(_resolved(name, source) for name, source in controlnets.items())


def own_controls(checkpoint: Path) -> tuple[ControlSource, ...]:
    """Those of a checkpoint whose folder has some beside its parts, as the embedded model's has, each in a
    folder by its name.

    Raises: ModelNotFound.
    """
    folders = sorted(config.parent for config in (checkpoint / CONTROLS).glob(f"*/{CONFIG}"))
    return tuple(replace(_folder(folder.name, folder), strength=MAPS_STRENGTH) for folder in folders)


def _resolved(name: str, source: str) -> ControlSource:
    with _about(name):
        path = Path(source).expanduser()
        if path.is_file():
            return _file(name, path)
        if path.is_dir():
            return _folder(name, path)
        if re.fullmatch(_HUB_ID, source) and path.suffix not in {*PICKLES, ".safetensors"}:
            return _folder(name, _download(source))
        raise ModelNotFound(f"there is nothing at {source[:100]}. {_CHOOSE}")


@contextmanager
def _about(name: str) -> Iterator[None]:
    """Whatever is wrong inside says which control of which setting it is about. Raises: ModelNotFound."""
    try:
        yield
    except ModelNotFound as error:
        raise ModelNotFound(f"CONTROLNETS: {name} cannot be used: {error}") from error


def _file(name: str, path: Path) -> ControlSource:
    if path.suffix in PICKLES:
        raise ModelNotFound(f"{path} is a pickle, {_PICKLED}")
    shapes = read_shapes(path)
    _check_keys(path, shapes)
    texts = [shape[1] for key, shape in shapes.items() if key.endswith("attn2.to_k.weight")]
    return ControlSource(name=name, path=path, text_width=texts[0] if texts else None)


def _check_keys(path: Path, shapes: Shapes) -> None:
    for pattern, what in _NOT_CONTROLS.items():
        if any(re.search(pattern, key) for key in shapes):
            raise ModelNotFound(f"{path} {what}. {_CHOOSE}")
    if not any(re.search(_READS, key) for key in shapes):
        raise ModelNotFound(f"{path} holds no ControlNet: nothing in it reads a map. {_CHOOSE}")


def _folder(name: str, path: Path) -> ControlSource:
    if not (path / CONFIG).is_file():
        raise ModelNotFound(f"{path} has no {CONFIG}. {_CHOOSE}")
    config = read_json(path / CONFIG)
    check_config(str(path), config)
    variant = _chosen_variant(str(path), file_names(path))
    for file in variant_files(file_names(path), variant):
        read_shapes(path / file)
    return ControlSource(name=name, path=path, config=config, variant=variant)


def check_config(name: str, config: Mapping[str, Any]) -> None:
    """Whether pictures can be steered by what has such a configuration.

    Raises: ModelNotFound, which says what it is.
    """
    kind = str(config.get("_class_name"))
    if kind not in {_NET, _ADAPTER}:
        raise ModelNotFound(f"{name} is another kind of thing ({kind}). {_CHOOSE}")
    if config.get("global_pool_conditions"):
        raise ModelNotFound(f"{name} follows a picture's style and no map (shuffle). {_CHOOSE}")
    channels = config.get("in_channels", 3) if kind == _ADAPTER else config.get("conditioning_channels", 3)
    if channels not in {1, 3}:
        raise ModelNotFound(f"{name} reads maps of {channels} channels, which no picture has. {_CHOOSE}")
    if kind == _ADAPTER and not {"channels", "downscale_factor", "adapter_type"} <= config.keys():
        raise ModelNotFound(f"{name} has a {CONFIG} that is incomplete. Download it again.")


def _chosen_variant(name: str, names: Sequence[str]) -> str | None:
    """Which of its files are read: the plain ones, or those of a variant. Raises: ModelNotFound."""
    variant = choose_variant({"": list(names)})
    if not variant_files(names, variant):
        is_pickled = any(Path(one).suffix in PICKLES for one in names)
        if is_pickled:
            raise ModelNotFound(f"{name} has its weights only as a pickle, {_PICKLED}")
        raise ModelNotFound(f"{name} has no .safetensors weights. {_CHOOSE}")
    return variant


def _download(hub_id: str) -> Path:
    """The configuration first, and the weights only where pictures can be steered by it."""
    from engine.hub import download, list_files  # slow to import, and only hub ids need it

    folder = download(hub_id, [CONFIG], setting="CONTROLNETS")
    if not (folder / CONFIG).is_file():
        raise ModelNotFound(f"{hub_id} has no {CONFIG}. {_CHOOSE}")
    check_config(hub_id, read_json(folder / CONFIG))
    names = [name for name in list_files(hub_id, folder) if "/" not in name]
    variant = _chosen_variant(hub_id, names)
    return download(hub_id, [CONFIG, *variant_files(names, variant)], setting="CONTROLNETS")


def _listed(value: Any) -> Any:
    """Configurations say a tuple now as a list, now as a tuple."""
    return list(value) if isinstance(value, list | tuple) else value
