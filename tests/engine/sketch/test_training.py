"""Every stage learns at toy size, resumes as if never stopped, and gives a checkpoint that loads anywhere."""

import json
import multiprocessing
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - as everywhere in torch
from diffusers import AutoencoderKL, StableDiffusionPipeline
from PIL import Image
from torch import Tensor, nn
from transformers import CLIPTokenizer

from engine.sketch import WEIGHTS, concepts, evaluate, judge, redraw, text, tower, train, unet, vae
from engine.sketch.config import Config, Plan, cpu, gpu
from engine.sketch.data import load
from engine.sketch.loop import Training, go_part_of_the_way, warm_start
from engine.sketch.prompts import BESIDE, Kind, Pair, Prompt, fifty_scenes, hundred, untaught
from engine.sketch.rewording import read_tower
from tests.engine.sketch.conftest import SIDE, THINGS


class Killed(Exception):
    """The process ended."""


class Line(nn.Module):
    """A line to be learnt: the least that has a loss."""

    def __init__(self) -> None:
        super().__init__()
        self.line = nn.Linear(3, 1)

    def forward(self, points: Tensor) -> Tensor:
        value: Tensor = (self.line(points + torch.randn(4, 3)) - 1).square().mean()
        return value


def learn(config: Config, kills: tuple[int, ...]) -> dict[str, Tensor]:
    """Train a line, being killed after so many batches and begun anew each time."""
    for kill in (*kills, config.unet.steps):
        torch.manual_seed(0)
        left = iter(range(kill))

        def compose(rng: np.random.Generator, left: Iterator[int] = left) -> tuple[Tensor]:
            if next(left, None) is None:
                raise Killed
            return (torch.from_numpy(rng.random((4, 3), np.float32)),)

        with suppress(Killed):
            return Training("line", Line(), config.unet, config).run(compose).state_dict()
    raise AssertionError


def test_a_killed_run_goes_on_as_if_it_had_not_been(toy: Config, tmp_path: Path) -> None:
    steady = replace(toy, unet=replace(toy.unet, steps=12))
    other = tmp_path / "other"
    other.mkdir()
    whole = learn(steady, ())
    parts = learn(replace(steady, work=other), (3, 5))
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


def run_in_background(config: Config) -> None:
    """Train as a script's `&` does, which lets no interrupt through."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    train.run(config, ["unet"])


def test_replicas_end_with_the_run_that_began_them(toy: Config) -> None:
    train.run(toy, ["text", "vae"])
    endless = replace(toy, replicas=2, unet=replace(toy.unet, steps=10**9))
    run = multiprocessing.get_context("spawn").Process(target=run_in_background, args=(endless,))
    run.start()
    while not (toy.work / "unet.pt").exists():
        run.join(0.1)
        assert run.is_alive()
    replicas = psutil.Process(run.pid).children(recursive=True)
    assert len(replicas) >= 2
    run.kill()
    _, alive = psutil.wait_procs(replicas, timeout=30)
    for process in alive:
        process.kill()
    assert not alive


def test_the_learning_rate_rises_stays_and_falls() -> None:
    plan = Plan(steps=100, batch=1, lr=1.0, warmup=10, decay=0.5)
    assert [plan.lr_at(step) for step in (0, 9, 49)] == [0.1, 1.0, 1.0]
    assert plan.lr_at(75) == pytest.approx(0.5)
    assert 0 < plan.lr_at(99) < 0.05


def test_both_presets_are_whole_and_differ_by_device() -> None:
    assert cpu().device == "cpu"
    assert gpu(shots=5).device == "cuda"
    assert gpu(shots=5).shots == 5


def test_a_command_line_becomes_a_configuration() -> None:
    config, stages = train.parse(["--device", "cpu", "--stages", "vae", "unet", "--steps", "unet=7"])
    assert stages == ["vae", "unet"]
    assert config.unet.steps == 7
    assert config.unet.batch == cpu().unet.batch


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_words_for_the_attention_alone_are_not_told_with_the_timestep(
    share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unet, "P_ATTENDED_ALONE", share)
    tokenizer, encoder = read_tower(WEIGHTS, cpu())
    learner = unet.Denoising(unet.read_known(WEIGHTS), encoder, teaches_text=False)
    told: list[Tensor] = []
    learner.unet.add_embedding.register_forward_hook(lambda _, given, __: told.append(*given))
    latents = torch.zeros(1, 8, 16, 16)
    losses = []
    for prompt in ("a cat", "a rocket", ""):
        torch.manual_seed(0)
        losses.append(learner(latents, text.tokenize(tokenizer, [prompt])).item())
    of_cat, of_rocket, of_nothing = told
    assert torch.equal(of_cat, of_nothing) == torch.equal(of_rocket, of_nothing) == (share == 1.0)
    assert len(set(losses)) == 3  # the attention reads all of them


def test_whitened_latents_decode_to_the_same_picture(toy: Config) -> None:
    torch.manual_seed(0)
    model = vae.build(toy).eval()
    pixels = torch.rand(8, 3, 32, 32) * 2 - 1
    with torch.no_grad():
        before = model.decode(model.encode(pixels).latent_dist.mode()).sample
        vae.whiten(model, pixels)
        latents = model.encode(pixels).latent_dist.mode()
        after = model.decode(latents).sample
    assert torch.allclose(before, after, atol=1e-3)
    assert latents.mean((0, 2, 3)).abs().max() < 1e-3
    assert latents.var((0, 2, 3)).mean() == pytest.approx(1, abs=0.05)


def test_overshot_white_costs_nothing() -> None:
    white = torch.ones(1, 3, 16, 16)
    assert vae.reconstruction_loss(white * 1.3, white) == 0
    assert vae.reconstruction_loss(white * 0.9, white) > 0


def test_an_edge_a_little_off_is_better_than_a_blur() -> None:
    columns = torch.arange(32.0)
    art, moved, blurred = (
        shape.mul(2).sub(1).mul(0.9).expand(1, 3, 32, 32)
        for shape in (columns > 12, columns > 14, ((columns - 8) / 8).clamp(0, 1))
    )
    assert vae.sharpness_loss(art, art) == 0
    assert vae.sharpness_loss(moved, art) < vae.sharpness_loss(blurred, art)


def test_layers_that_are_added_begin_as_if_they_were_not_there(toy: Config) -> None:
    known = vae.build(replace(toy, vae_layers=1))
    longer = vae.lengthened(known, 3)
    assert len(longer.decoder.up_blocks[0].resnets) == 4
    pixels = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        latents = known.encode(pixels).latent_dist.mode()
        assert torch.equal(longer.encode(pixels).latent_dist.mode(), latents)
        assert torch.equal(longer.decode(latents).sample, known.decode(latents).sample)


def test_the_decoder_gets_the_same_part_of_a_picture_and_of_its_redrawn_latents(toy: Config) -> None:
    cell = 2 ** (len(toy.vae_channels) - 1)
    latents = torch.rand(6, toy.latent_channels, SIDE // cell, SIDE // cell)
    pixels = latents[:, :3].repeat_interleave(cell, 2).repeat_interleave(cell, 3).mul(255).byte()
    torch.save({"pixels": pixels.permute(0, 2, 3, 1), "latents": latents}, toy.work / vae.REDRAWN)
    config = replace(toy, decoder=replace(toy.decoder, batch=8))
    art, redrawn = vae.composing(config)(np.random.default_rng(0))
    assert art.shape == (8, 3, toy.crop, toy.crop)
    assert redrawn.shape == (2, toy.latent_channels, toy.crop // cell, toy.crop // cell)
    assert torch.allclose(F.avg_pool2d(art[-2:], cell), redrawn[:, :3] * 2 - 1, atol=0.02)


def test_a_warm_start_copies_what_overlaps() -> None:
    wide, narrow = nn.Linear(4, 3), nn.Linear(2, 3)
    warm_start(wide, narrow.state_dict())
    assert torch.equal(wide.weight[:, :2], narrow.weight)
    assert torch.equal(wide.bias, narrow.bias)


def test_part_of_the_way_is_between_what_was_known_and_what_was_learnt() -> None:
    known, learned = nn.Linear(3, 2), nn.Linear(3, 2)
    expected = 0.6 * known.weight + 0.4 * learned.weight
    go_part_of_the_way(learned, known, 0.4)
    assert torch.allclose(learned.weight, expected)


def test_a_tokenizer_reads_what_it_has_never_seen(tmp_path: Path) -> None:
    tokenizer = text.train_tokenizer(["a red apple", "apples and pears"], 600, 12, tmp_path)
    assert isinstance(tokenizer, CLIPTokenizer)
    ids = text.tokenize(tokenizer, ["Ünknown wörds 苹果", ""])
    assert ids.shape == (2, 12)
    assert (ids[:, 0] == len(tokenizer) - 2).all()
    assert (ids[1, 1:] == len(tokenizer) - 1).all()


def test_from_pictures_to_a_checkpoint_that_the_stock_pipeline_draws_with(toy: Config) -> None:
    train.run(toy, ["text", "vae", "decoder", "unet", "words", "tower", "export"])
    weights = toy.work / "weights"
    pipeline = StableDiffusionPipeline.from_pretrained(weights, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    (image,) = pipeline(
        "a cat face", num_inference_steps=2, generator=torch.Generator().manual_seed(0)
    ).images
    assert image.size == (toy.resolution, toy.resolution)
    scheduler = json.loads((weights / "scheduler/scheduler_config.json").read_text())
    assert scheduler["clip_sample"] is False
    assert scheduler["prediction_type"] == "v_prediction"
    assert scheduler["rescale_betas_zero_snr"] is True
    assert scheduler["timestep_spacing"] == "trailing"

    towers = tower.load_model(weights)
    tokenizer = CLIPTokenizer.from_pretrained(weights, subfolder="tokenizer")
    with torch.no_grad():
        seen = tower.look(towers, torch.zeros(1, 3, judge.SIDE, judge.SIDE))
        said = tower.read(towers, text.tokenize(tokenizer, ["a cat face"]))
    assert seen.shape == said.shape == (1, toy.text_width)
    assert seen.norm() == pytest.approx(1, abs=1e-3)


def test_pictures_of_three_shapes_are_learnt_from(toy: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unet, "SHARD", 1)
    config = replace(toy, shots=len(unet.FRAMES))
    learned, _ = unet.train(vae.train(config), *train.finished_text(config), config)
    shapes = {tuple(latents.shape[2:]) for latents, _ in unet.read_shots(config)}
    assert shapes == {(16, 16), (14, 21), (21, 14)}
    assert all(torch.isfinite(weight).all() for weight in learned.state_dict().values())


def test_a_finished_unet_is_read_without_its_pictures(toy: Config) -> None:
    learned, _, _ = train.learn_drawing(toy)
    shutil.rmtree(toy.work / "shots")
    again, _, _ = train.learn_drawing(toy)
    assert all(torch.equal(weight, again.state_dict()[name]) for name, weight in learned.state_dict().items())
    assert not (toy.work / "shots").exists()


def test_the_text_tower_learns_with_the_pictures_and_whole_prompts_keep_their_meaning(
    toy: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokenizer, taught = train.finished_text(toy)
    ids = text.tokenize(tokenizer, ["cat face", "a red apple"])
    is_ended = ids == len(tokenizer) - 1
    moved = {}
    config = replace(toy, unet=replace(toy.unet, steps=30, batch=4, lr=5e-3))
    for meaning in (0.0, 30.0):
        monkeypatch.setattr(unet, "MEANING", meaning)
        _, encoder = unet.train(vae.train(config), tokenizer, taught, config)
        (toy.work / "unet.pt").unlink()
        with torch.no_grad():
            moved[meaning] = (
                (encoder(ids).last_hidden_state - taught(ids).last_hidden_state).square().mean(-1)
            )
    assert moved[0.0][~is_ended].mean() > 1e-4
    assert moved[30.0][is_ended].mean() < 0.5 * moved[0.0][is_ended].mean()


def test_a_checkpoint_can_be_gone_on_from(toy: Config, tmp_path: Path) -> None:
    train.run(toy, ["text", "vae", "decoder", "unet", "words", "tower", "export"])
    further = tmp_path / "further"
    further.mkdir()
    for name in ("pictures.npy", "pictures.jsonl", "synonyms.json", "lesson.pt", "derived.json"):
        (further / name).symlink_to((toy.work / name).resolve())
    config = replace(toy, work=further, init=toy.work / "weights", blend=0.0)
    tokenizer, taught = train.finished_text(config)
    learned, encoder = unet.train(vae.train(config), tokenizer, taught, config)
    before = unet.read_known(toy.work / "weights").state_dict()
    assert all(torch.equal(weight, before[name]) for name, weight in learned.state_dict().items())
    words = taught.state_dict()
    assert all(torch.equal(weight, words[name]) for name, weight in encoder.state_dict().items())
    redraw.redraw(config)
    drawn = torch.load(further / vae.REDRAWN)
    assert drawn["pixels"].shape == (config.redrawn, SIDE, SIDE, 3)
    assert drawn["latents"].shape == (config.redrawn, 4, SIDE // 2, SIDE // 2)
    vae.sharpen(config)
    kept = vae.train(toy).encoder.conv_in.weight
    assert torch.allclose(vae.train(config).encoder.conv_in.weight, kept, atol=1e-2)
    untaught = replace(config, tower=replace(config.tower, steps=0))
    seen, gone_on = (
        train.learn_seeing(each).vision_model.embeddings.patch_embedding.weight for each in (toy, untaught)
    )
    assert torch.allclose(seen, gone_on, atol=1e-2)


def test_a_deeper_autoencoder_learns_the_latents_of_a_shallower_one(toy: Config, tmp_path: Path) -> None:
    torch.manual_seed(0)
    known = vae.build(toy)
    known.save_pretrained(tmp_path / "known/vae")
    config = replace(toy, init=tmp_path / "known", vae_channels=(8, *toy.vae_channels), crop=32)
    pixels = vae.crops(*load(toy.work)[:1], config, 4, np.random.default_rng(0))

    def misread(deeper: AutoencoderKL) -> Tensor:
        with torch.no_grad():
            taught = known.encode(F.avg_pool2d(pixels, 2)).latent_dist.mode()
            return F.mse_loss(deeper.encode(pixels).latent_dist.mode(), taught)

    untrained = misread(vae.Growing(known, config).vae)
    plan = replace(toy.vae, steps=12, batch=4, lr=3e-3)
    assert misread(vae.train(replace(config, vae=plan))) < 0.6 * untrained


def test_the_critic_learns_to_tell_and_not_to_be_persuaded(toy: Config) -> None:
    torch.manual_seed(0)
    sharpening = vae.Sharpening(vae.build(toy), toy)
    critic, pixels = sharpening.critic, vae.crops(*load(toy.work)[:1], toy, 4, np.random.default_rng(0))
    torch.manual_seed(1)
    sharpening(pixels).backward()
    torch.manual_seed(1)
    drawn = sharpening.vae.decode(vae.slightly_wrong(sharpening.vae.encode(pixels).latent_dist.mode())).sample
    told_apart = F.softplus(-critic(pixels)[0]).mean() + F.softplus(critic(drawn)[0]).mean()
    (expected,) = torch.autograd.grad(told_apart, critic.score.weight)
    assert critic.score.weight.grad == pytest.approx(expected, abs=1e-5)
    assert sharpening.vae.decoder.conv_out.weight.grad.abs().sum() > 0
    assert sharpening.vae.encoder.conv_in.weight.grad is None


def test_a_deeper_encoder_keeps_what_its_lower_levels_knew(toy: Config) -> None:
    known = vae.build(toy)
    grown = vae.Growing(known, replace(toy, vae_channels=(8, *toy.vae_channels))).vae
    kept = known.encoder.down_blocks[0].resnets[0].conv1.weight
    assert torch.equal(grown.encoder.down_blocks[1].resnets[0].conv1.weight, kept)
    assert torch.equal(
        grown.decoder.up_blocks[0].resnets[0].conv1.weight, known.decoder.up_blocks[0].resnets[0].conv1.weight
    )


def test_new_channels_say_more_and_the_known_ones_stay(toy: Config, tmp_path: Path) -> None:
    torch.manual_seed(0)
    known = vae.build(toy)
    with torch.no_grad():
        vae.be_certain(known.quant_conv)
    known.save_pretrained(tmp_path / "known/vae")
    plan = replace(toy.vae, steps=8, lr=1e-4)
    config = replace(toy, init=tmp_path / "known", latent_channels=6, vae=plan)
    pixels, grown = vae.whole_pictures(config), vae.train(config)
    with torch.no_grad():
        before = known.encode(pixels).latent_dist.mode()
        untrained = vae.Growing(known, config).vae
        read = untrained.encode(pixels).latent_dist.mode()
        assert torch.allclose(read[:, :4], before, atol=1e-5)
        assert torch.allclose(untrained.decode(read).sample, known.decode(before).sample, atol=1e-5)
        latents = grown.encode(pixels).latent_dist.mode()
        pictures = grown.decode(latents).sample
    assert latents.shape[1] == 6
    assert pictures.shape == pixels.shape
    assert F.mse_loss(latents[:, :4], before) < 0.1 * before.var()
    loudness = latents.var((0, 2, 3))
    assert loudness[4:].mean() == pytest.approx(float(loudness[:4].min()), rel=0.05)
    assert latents[:, 4:].mean((0, 2, 3)).abs().max() < 1e-3


def test_the_judge_is_examined_on_what_it_never_saw(toy: Config) -> None:
    gallery, examiner = judge.train(toy)
    assert not {each.row for each in gallery.seen} & {each.row for each in gallery.held_out}
    assert len(gallery.held_out) == len(gallery.concepts)
    assert len(evaluate.held_out_ranks(gallery, examiner)) == len(gallery.concepts)


def test_a_judge_that_was_thrown_far_to_one_side_still_tells_pictures_apart(toy: Config) -> None:
    examiner = judge.Judge(4, toy.judge_width)
    with torch.no_grad():
        next(layer for layer in examiner.look if isinstance(layer, nn.Linear)).bias.fill_(-100)
    first, second = examiner.scores(
        torch.rand(2, 3, judge.SIDE, judge.SIDE, generator=torch.Generator().manual_seed(0))
    )
    assert (first - second).abs().max() > 1e-6


COLOURS = {label: colour for label, (_, _, colour) in THINGS.items()}


class ByColour(judge.Judge):
    """A judge that knows things by the colour in the middle of a picture."""

    def __init__(self, gallery: judge.Gallery) -> None:
        super().__init__(len(gallery.concepts), 8)
        self.colours = torch.tensor([COLOURS[concept.label] for concept in gallery.concepts]) / 127.5 - 1

    def scores(self, pixels: Tensor) -> Tensor:
        return -torch.cdist(pixels[:, :, judge.SIDE // 2, judge.SIDE // 2], self.colours)


def test_a_pair_is_found_when_both_are_there_either_way_round(toy: Config) -> None:
    gallery = judge.open_gallery(toy)
    pair = Pair(first=("red apple",), second=("horse",), ways=BESIDE)
    prompt = Prompt(text="a red apple and a horse", kind=Kind.PAIR, pair=pair)

    def drawn(left: str, right: str) -> Image.Image:
        image = Image.new("RGB", (64, 64), COLOURS[left])
        image.paste(COLOURS[right], (32, 0, 64, 64))
        return image

    images = [drawn("red apple", "horse"), drawn("horse", "red apple"), drawn("horse", "horse")]
    ranks = evaluate.best_rank(
        evaluate.Row(prompt=prompt, images=tuple(images), seconds=1.0), gallery, ByColour(gallery)
    )
    assert ranks[:2] == [0, 0]
    assert ranks[2] > 0


def test_a_rider_is_looked_for_above_what_carries(toy: Config) -> None:
    gallery = judge.open_gallery(toy)
    (prompt,) = (prompt for prompt in hundred() if prompt.text == "an astronaut riding a horse")
    riding = Image.new("RGB", (64, 64), COLOURS["horse"])
    riding.paste(COLOURS["astronaut"], (0, 0, 64, 30))
    images = (riding, riding.transpose(Image.Transpose.FLIP_TOP_BOTTOM))
    ridden, fallen = evaluate.best_rank(
        evaluate.Row(prompt=prompt, images=images, seconds=1.0), gallery, ByColour(gallery)
    )
    assert ridden == 0
    assert fallen > 0


def test_a_report_and_a_contact_sheet_are_made_of_the_rows(toy: Config) -> None:
    gallery, examiner = judge.train(toy)
    prompts = [next(prompt for prompt in (*hundred(), *untaught()) if prompt.kind is kind) for kind in Kind]
    images = tuple(Image.new("RGB", (32, 32), colour) for colour in ("red", "blue", "white", "purple"))
    rows = [evaluate.Row(prompt=prompt, images=images, seconds=1.0) for prompt in prompts]
    figures = evaluate.report(rows, gallery, examiner, unet.open_studio(toy))
    assert figures["seconds per grid"] == 1.0
    assert 0 < figures["spread of four"] < 1
    assert evaluate.contact_sheet(rows).width == 4 * (4 * evaluate.TILE + 8)


def test_there_are_a_hundred_prompts_and_some_are_held_out() -> None:
    prompts = hundred()
    assert len(prompts) == 100
    assert len({prompt.text for prompt in prompts}) == 100
    assert sum(prompt.is_held_out for prompt in prompts) >= 4


def test_every_thing_of_the_fifty_scenes_can_be_judged() -> None:
    scenes = fifty_scenes()
    assert len({prompt.text for prompt in scenes}) == 50
    known = {" ".join(name.split()) for name in concepts.COMMON.split(",")}
    assert {label for prompt in scenes for label in prompt.labels} <= known


def test_alike_pictures_have_no_spread() -> None:
    image = Image.new("RGB", (64, 64), "red")
    assert evaluate.spread([image, image.copy()]) == 0
    assert evaluate.spread([Image.new("RGB", (8, 8), "black"), Image.new("RGB", (8, 8), "white")]) == 1


def test_the_shipped_weights_are_small_and_carry_their_notice() -> None:
    files = [path for path in WEIGHTS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 64 * 2**20
    notice = (WEIGHTS / "NOTICE.md").read_text()
    assert all(name in notice for name in ("Microsoft", "Twitter", "Google", "Princeton"))
