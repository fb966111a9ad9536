"""The adapters learn what a checkpoint is steered by, resume, and load as any others."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionAdapterPipeline, StableDiffusionPipeline, T2IAdapter
from PIL import Image, ImageDraw
from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

from engine.sketch import (
    CONTROLS,
    IMAGE_TOWER,
    IP_ADAPTER,
    areas,
    examples,
    looking,
    places,
    scenes,
    steering,
    text,
    train,
)
from engine.sketch.conditioned import areas_found, overlap
from engine.sketch.config import Config, Plan
from engine.sketch.shots import Shot
from engine.sketch.unet import open_studio

ALL = ["text", "vae", "decoder", "unet", "tower", "export", "looking", "steering"]


def test_adapters_are_learnt_from_nothing_and_the_stock_pipelines_draw_by_them(toy: Config) -> None:
    train.run(toy, ALL)
    weights = toy.work / "weights"
    options = {"num_inference_steps": 2, "output_type": "np"}

    def seed() -> torch.Generator:
        return torch.Generator().manual_seed(0)

    pipeline = StableDiffusionPipeline.from_pretrained(
        weights,
        image_encoder=CLIPVisionModelWithProjection.from_pretrained(
            weights / IMAGE_TOWER, dtype=torch.float32
        ),
        feature_extractor=CLIPImageProcessor.from_pretrained(weights / IMAGE_TOWER),
        dtype=torch.float32,
    )
    pipeline.set_progress_bar_config(disable=True)
    alone = pipeline("a cat face", generator=seed(), **options).images
    pipeline.load_ip_adapter(str(weights), subfolder=IP_ADAPTER, weight_name=looking.FILE)
    red, blue = (
        pipeline(
            "a cat face", ip_adapter_image=Image.new("RGB", (40, 30), colour), generator=seed(), **options
        ).images
        for colour in ("red", "blue")
    )
    assert np.abs(red - alone).max() > 0
    assert np.abs(red - blue).max() > 0
    for name in steering.MAPS:
        steered = StableDiffusionAdapterPipeline.from_pretrained(
            weights,
            adapter=T2IAdapter.from_pretrained(weights / CONTROLS / name),
            dtype=torch.float32,
            requires_safety_checker=False,
        )
        steered.set_progress_bar_config(disable=True)
        map_ = Image.new("L", (toy.resolution, toy.resolution), 255)
        followed = steered("a cat face", image=map_, generator=seed(), **options).images
        assert np.abs(followed - alone).max() > 0


def test_an_adapter_learns_first_to_say_what_it_sees(toy: Config) -> None:
    train.run(toy, ALL[:-2])
    frozen, eye = examples.Frozen(toy), looking.Eye(examples.checkpoint(toy), toy.device)
    untaught = looking.Adapter(frozen.unet, toy.image_width, toy).projection
    config = replace(toy, saying=Plan(steps=60, batch=8, lr=3e-3, warmup=2))
    taught = looking.learn_to_say(copy.deepcopy(untaught), frozen, eye, config)
    views, names = looking.read_views(config)
    pieces = looking.to_pieces(views, eye)[:, 0].float()
    silence, *meant = frozen.meaning(text.tokenize(frozen.tokenizer, ["", *names]))
    added = torch.stack(meant) - silence
    before, after = (looking.Saying(one)(pieces, added).item() for one in (untaught, taught))
    assert after < 0.5 * before


def test_a_file_of_a_learnt_adapter_is_read_as_it_was_written(toy: Config) -> None:
    train.run(toy, ALL[:-1])
    frozen = examples.Frozen(toy)
    learned = looking.train(toy)
    known = looking.read_known(toy.work / "weights")
    again = looking.Adapter(frozen.unet, toy.image_width, toy)
    again.load_state_dict(known)
    for name, weight in learned.state_dict().items():
        assert torch.allclose(again.state_dict()[name], weight, atol=2e-3), name


def test_without_a_checkpoint_adapters_have_nothing_to_be_learnt_for(toy: Config) -> None:
    with pytest.raises(SystemExit, match="has none: export one, or --init"):
        examples.Frozen(toy)


def test_an_example_has_the_edges_and_the_areas_of_its_picture(toy: Config) -> None:
    studio, rng = open_studio(toy), np.random.default_rng(0)
    shot = studio.plain(rng)
    example = examples.example(shot) | {"latents": torch.zeros(4, 16, 16)}
    map_, kinds = steering.edges_of(example), steering.areas_of(example)
    assert map_.shape == kinds.shape == (toy.resolution, toy.resolution)
    assert set(np.unique(map_)) == {0, 255}
    things = np.asarray(shot.things) > 127
    assert (kinds[things] == areas.GREYS[areas.THING]).mean() > 0.8
    assert (kinds[~things] == areas.GREYS[areas.PAPER]).mean() > 0.8


# Areas


@pytest.mark.parametrize("place", ["meadow", "desert", "beach", "room"])
def test_ground_is_below_and_sky_above(place: str) -> None:
    scene = places.paint(places.PLACES[place], (256, 256), np.random.default_rng(0))
    ground = areas.ground_of(scene.image)
    assert not ground[:8].any()
    assert ground[-2:].all()


def test_what_fades_from_top_to_bottom_has_no_ground() -> None:
    assert not areas.ground_of(scenes.fade(256, (14, 20, 55), (255, 165, 70))).any()


def test_areas_of_a_picture_are_found_where_they_were_composed() -> None:
    art = Image.new("RGBA", (64, 64))
    ImageDraw.Draw(art).ellipse((16, 16, 48, 48), fill=(200, 30, 30, 255))
    shot = Shot(image=scenes.on_paper(art), captions=("a disc",), name="a disc", things=art.getchannel("A"))
    assert (areas_found(shot.image, shot) == areas.of_shot(shot)).mean() > 0.9
    assert (areas_found(Image.new("RGB", (64, 64), "white"), shot) == areas.of_shot(shot)).mean() < 0.85


# Figures


def test_edges_overlap_as_far_as_they_lie_on_each_other() -> None:
    lines = [Image.new("L", (64, 64)) for _ in range(3)]
    for at, line in zip((20, 22, 50), lines, strict=True):
        ImageDraw.Draw(line).line((0, at, 64, at), fill=255)
    assert overlap(lines[0], lines[0]) == 1
    assert 0.3 < overlap(lines[0], lines[1]) < 0.6
    assert overlap(lines[0], lines[2]) == 0
