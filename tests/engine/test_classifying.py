"""Classified pictures: the numbers are the checkpoint's own safety checker's."""

from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from PIL import Image
from transformers import CLIPImageProcessorPil

from engine.api import Capability, Classified, Classify
from engine.bench.arms import finished
from engine.checks import check_looking
from engine.config import EngineConfig
from engine.errors import InvalidRequest
from engine.library import Library
from engine.loop import DenoisingLoop
from tests.engine.looking import save_tiny_checker


@pytest.fixture(scope="module")
def checkpoint(tiny_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny checkpoint with a safety checker."""
    folder = tmp_path_factory.mktemp("checked") / "checked"
    copytree(tiny_path, folder)
    save_tiny_checker(folder)
    return folder


@pytest.fixture(scope="module")
def checked(checkpoint: Path) -> Library:
    """Its library."""
    return Library(
        EngineConfig(model=str(checkpoint), device="cpu", dtype="float32", num_threads=1, max_rows=32)
    )


def test_its_verdict_and_its_scores_are_the_checkers(checked: Library, checkpoint: Path) -> None:
    checker = StableDiffusionSafetyChecker.from_pretrained(checkpoint / "safety_checker").eval()
    processor = CLIPImageProcessorPil.from_pretrained(checkpoint / "feature_extractor")
    verdicts = set()
    for seed in range(12):
        noise = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)
        picture = Image.fromarray(noise).resize((60, 40), Image.Resampling.NEAREST)
        pixels = processor(images=picture, return_tensors="pt").pixel_values
        _, (expected,) = checker(clip_input=pixels, images=np.zeros((1, 4, 4, 3)))
        _, (same,) = checker.forward_onnx(pixels, pixels.clone())
        result = finished(DenoisingLoop(checked), Classify(model="checked", picture=picture)).result
        assert isinstance(result, Classified)
        assert result.is_unsafe == expected == bool(same)
        assert (len(result.scores), len(result.care_scores)) == (17, 3)
        assert result.is_unsafe == any(score > 0.0005 for score in result.scores)
        verdicts.add(result.is_unsafe)
    assert verdicts == {True, False}


def test_the_checker_is_loaded_only_when_it_is_asked(checked: Library) -> None:
    checked.eyes.close()
    assert Capability.CLASSIFYING in checked.models()[0].capabilities
    assert checked.eyes.num_bytes == 0
    finished(DenoisingLoop(checked), Classify(model="checked", picture=Image.new("RGB", (8, 8))))
    assert checked.eyes.num_bytes > 0


def test_a_checkpoint_without_one_refuses_in_a_sentence(library: Library) -> None:
    info = library.models()[0]
    assert Capability.CLASSIFYING not in info.capabilities
    with pytest.raises(InvalidRequest, match="without a safety checker"):
        check_looking(Classify(model="tiny", picture=Image.new("RGB", (8, 8))), info)
