"""What a checkpoint's own safety checker says of a picture, in numbers and not only yes or no."""

from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - as everywhere in torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from PIL import Image
from transformers import CLIPImageProcessorPil

from engine.api import Classified
from engine.loading import load_complete
from engine.looking.eyes import Eye
from engine.sources import choose_variant, file_names, variant_files

FOLDER = "safety_checker"
_CARE = 0.01
"""By how much nearer everything counts where a picture calls for special care, as in diffusers."""


def has_checker(checkpoint: Path) -> bool:
    """Whether a checkpoint's folder has a safety checker with its weights."""
    folder = checkpoint / FOLDER
    names = file_names(folder)
    return (folder / "config.json").is_file() and bool(variant_files(names, _variant(names)))


class SafetyChecker(Eye):
    """StableDiffusionSafetyChecker (Rombach et al. 2022) of a checkpoint's folder, the `path`."""

    def __init__(self, path: Path, *, device: torch.device, dtype: torch.dtype) -> None:
        super().__init__(path, device=device, dtype=dtype)
        folder = path / FOLDER
        variant = _variant(file_names(folder))
        checker = load_complete(StableDiffusionSafetyChecker, folder, variant, dtype)
        self.checker: Any = checker.to(device).eval()
        self._processor = _processor(path, int(checker.config.vision_config.image_size))

    def classify(self, picture: Image.Image) -> Classified:
        """How near an RGB picture is to each of the checker's concepts, beyond what it lets pass."""
        pixels = self._processor(images=picture, return_tensors="pt").pixel_values
        pooled = self.checker.vision_model(pixels.to(self.device, self.dtype))[1]
        looked = self.checker.visual_projection(pooled)
        care = self._beyond(looked, "special_care_embeds")
        scores = self._beyond(looked, "concept_embeds") + (_CARE if bool((care > 0).any()) else 0.0)
        return Classified(
            scores=tuple(scores.tolist()),
            care_scores=tuple(care.tolist()),
            is_unsafe=bool((scores.mul(1000).round() > 0).any()),
        )

    def _beyond(self, looked: torch.Tensor, concepts: str) -> torch.Tensor:
        """Cosines with the concepts, less the threshold of each."""
        embeds, thresholds = getattr(self.checker, concepts), getattr(self.checker, f"{concepts}_weights")
        cosines = F.normalize(looked) @ F.normalize(embeds).T
        beyond: torch.Tensor = cosines[0].float().cpu() - thresholds.float().cpu()
        return beyond


def _variant(names: list[str]) -> str | None:
    return choose_variant({FOLDER: names})


def _processor(checkpoint: Path, side: int) -> Any:
    """How the checker wants its pictures; CLIP's own way where the folder does not say it."""
    folder = checkpoint / "feature_extractor"
    if (folder / "preprocessor_config.json").is_file():
        return CLIPImageProcessorPil.from_pretrained(folder, local_files_only=True)
    size = {"height": side, "width": side}
    return CLIPImageProcessorPil(size={"shortest_edge": side}, crop_size=size)
