"""Where the setting CAPTIONER's files are, and what they are."""

from pathlib import Path
from typing import TypeAlias

from engine.errors import ModelNotFound
from engine.hub import download
from engine.looking.captioner import Captioner
from engine.looking.towers import ClipTowers, Towers
from engine.recognition import read_json
from engine.sources import file_names, is_hub_id, variant_files

Tower: TypeAlias = tuple[type[Towers], Path]
Looker: TypeAlias = tuple[type[Captioner | Towers], Path]
"""The kind of eye, and the folder of its files."""

SUGGESTED = "Salesforce/blip-image-captioning-base"
_KINDS: dict[str, type[Captioner | ClipTowers]] = {"blip": Captioner, "clip": ClipTowers}
_FILES = ["*.json", "*.txt", "model*.safetensors"]


def resolve_captioner(setting: str) -> Looker:
    """What a folder or a hub id (which is downloaded once) looks with.

    Raises: ModelNotFound, with what to do about it.
    """
    folder = Path(setting).expanduser()
    if not folder.is_dir():
        if not is_hub_id(setting):
            raise ModelNotFound(
                f"There is no captioner at {setting[:100]}. Set CAPTIONER to a folder or a hub id such as "
                f"{SUGGESTED}."
            )
        folder = download(setting, _FILES, setting="CAPTIONER")
    kind = str(read_json(folder / "config.json").get("model_type"))
    if kind not in _KINDS:
        raise ModelNotFound(
            f"CAPTIONER={setting[:100]} is of a kind ({kind}) that Darkroom does not describe with: choose a "
            f"BLIP such as {SUGGESTED}, or a CLIP."
        )
    if not variant_files(file_names(folder), None):
        raise ModelNotFound(
            f"CAPTIONER={setting[:100]} has no model.safetensors: other formats can run code when they are "
            "loaded, so Darkroom refuses them. Choose a copy with safetensors."
        )
    return _KINDS[kind], folder
