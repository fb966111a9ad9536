"""LoRA files as people have them: applied whole and by the formula, or refused by what they are."""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint
from safetensors.torch import save_file

from engine.api import Lora
from engine.bench.stock import StockPipelines
from engine.conditioning.layers import LayerNames
from engine.conditioning.lora import settled
from engine.config import EngineConfig
from engine.errors import EngineError
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.loading import load_checkpoint
from engine.loop import DenoisingLoop
from engine.sources import resolve
from tests.engine.requests import generate, result

Weights = dict[str, torch.Tensor]

CPU = torch.device("cpu")
FP32_DECIBELS = 100.0
TO_K = "mid_block.attentions.0.transformer_blocks.0.attn2.to_k"
CONV = "down_blocks.1.resnets.0.conv1"
SHORTCUT = "down_blocks.1.resnets.0.conv_shortcut"
PROJ_IN = "mid_block.attentions.0.proj_in"
KOHYA = f"lora_unet_{TO_K.replace('.', '_')}"
NOWHERE = f"unet.{TO_K}".replace("attentions.0", "attentions.7")
TEXT = "lora_te_text_model_encoder_layers_0_"


def kohya(layer: str, rows: int, columns: int = 32, *, rank: int = 4, alpha: float = 3.0) -> Weights:
    halves = {"lora_down": (rank, columns), "lora_up": (rows, rank)}
    weights = {f"{layer}.{half}.weight": torch.randn(shape) for half, shape in halves.items()}
    return weights | {f"{layer}.alpha": torch.tensor(alpha)}


def locon(layer: str, rows: int, columns: int, kernel: int = 3) -> Weights:
    return {
        f"{layer}.lora_down.weight": torch.randn(4, columns, kernel, kernel),
        f"{layer}.lora_up.weight": torch.randn(rows, 4, 1, 1),
        f"{layer}.alpha": torch.tensor(1.0),
    }


def diffusers(layer: str, rows: int = 64, columns: int = 32) -> Weights:
    return {f"{layer}.lora_A.weight": torch.randn(4, columns), f"{layer}.lora_B.weight": torch.randn(rows, 4)}


def spelt(down: str, up: str) -> Weights:
    """A change of one layer under other names."""
    return {down: torch.randn(4, 32), up: torch.randn(64, 4)}


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


Files = dict[str, Path]
_NUMBERS = count()


@pytest.fixture(scope="module")
def files() -> Files:
    """The LoRAs of the checkpoints of this module."""
    return {}


@pytest.fixture(scope="module")
def library(tiny_path: Path, tiny_xl_path: Path, files: Files) -> Library:
    config = EngineConfig(
        model=str(tiny_path),
        more_models=(str(tiny_xl_path),),
        device="cpu",
        dtype="float32",
        num_threads=1,
        loras=files,
    )
    return Library(config)


@pytest.fixture(scope="module")
def checkpoint(library: Library) -> Checkpoint:
    return library.checkpoint("tiny")


@pytest.fixture(scope="module")
def checkpoint_xl(library: Library) -> Checkpoint:
    return library.checkpoint("tiny-xl")


@pytest.fixture
def path(files: Files, tmp_path: Path) -> Iterator[Path]:
    """Where a LoRA is looked for that no other test has."""
    name = f"style {next(_NUMBERS)}.5"
    files[name] = tmp_path / f"{name}.safetensors"
    yield files[name]
    del files[name]


def seen(checkpoint: Checkpoint) -> torch.Tensor:
    """A text through the text encoder, and what the U-Net says to it."""
    checkpoint.text._cache.clear()
    encoding = checkpoint.encode_texts(["a red fox"], "")[0]
    rows = checkpoint.blank_rows(1)
    return torch.cat([encoding.prompt_embeds.flatten(), checkpoint.predict_noise(rows).flatten()])


def drawn(checkpoint: Checkpoint, path: Path, weight: float = 1.0) -> torch.Tensor:
    checkpoint.loras.put_in_force((Lora(name=path.stem, weight=weight),))
    return seen(checkpoint)


def by_formula(
    checkpoint: Checkpoint, part: str, layer: str, change: Callable[[torch.Tensor], torch.Tensor]
) -> torch.Tensor:
    """The same with one layer's weight replaced by what the change makes of it."""
    checkpoint.loras.put_in_force(())
    module = getattr(checkpoint.pipeline, part).get_submodule(layer)
    weight = getattr(module, "base_layer", module).weight
    old = weight.data
    weight.data = change(old)
    try:
        return seen(checkpoint)
    finally:
        weight.data = old


def product(weights: Mapping[str, torch.Tensor], shape: torch.Size) -> torch.Tensor:
    """B·A of a file with one layer."""
    down = next(value for key, value in weights.items() if "down" in key or "lora_A" in key)
    up = next(value for key, value in weights.items() if "up" in key or "lora_B" in key)
    return (up.flatten(1) @ down.flatten(1)).reshape(shape)


def decibels(expected: torch.Tensor, actual: torch.Tensor) -> float:
    error = float((expected - actual).square().mean())
    peak = float(expected.max() - expected.min())
    return math.inf if error == 0 else 10 * math.log10(peak**2 / error)


@pytest.mark.parametrize("weight", [1.0, 0.7, -0.5])
@pytest.mark.parametrize(
    ("weights", "part", "layer", "share"),
    [
        (kohya(KOHYA, 64), "unet", TO_K, 3 / 4),
        (diffusers(f"unet.{TO_K}"), "unet", TO_K, 1.0),
        (locon(f"lora_unet_{CONV.replace('.', '_')}", 64, 32), "unet", CONV, 1 / 4),
        (locon(f"lora_unet_{SHORTCUT.replace('.', '_')}", 64, 32, kernel=1), "unet", SHORTCUT, 1 / 4),
        (kohya(f"lora_unet_{PROJ_IN.replace('.', '_')}", 64, 64, alpha=4.0), "unet", PROJ_IN, 1.0),
        (kohya(f"{TEXT}mlp_fc1", 64), "text_encoder", "encoder.layers.0.mlp.fc1", 3 / 4),
        (kohya(f"{TEXT}self_attn_q_proj", 32), "text_encoder", "encoder.layers.0.self_attn.q_proj", 3 / 4),
    ],
    ids=["kohya", "diffusers", "LoCon", "LoCon 1x1", "linear for a 1x1", "text mlp", "text attention"],
)
def test_a_layer_becomes_what_the_formula_says(
    checkpoint: Checkpoint, path: Path, weights: Weights, part: str, layer: str, share: float, weight: float
) -> None:
    save_file(weights, path)
    expected = by_formula(
        checkpoint, part, layer, lambda old: old + weight * share * product(weights, old.shape)
    )
    without = drawn(checkpoint, path, weight=0)
    assert decibels(expected, drawn(checkpoint, path, weight)) >= FP32_DECIBELS
    assert decibels(expected, without) < 80


@pytest.mark.parametrize("weight", [1.0, 0.5, -1.0])
@pytest.mark.parametrize(
    ("name", "shape", "axis"),
    [
        ("dora_scale", (64, 1), 1),
        ("dora_scale", (1, 32), 0),
        ("lora_magnitude_vector", (64,), 1),
        ("lora_magnitude_vector.weight", (64,), 1),
    ],
)
def test_a_dora_gives_rows_or_columns_their_length_and_counts_by_its_weight(
    checkpoint: Checkpoint, path: Path, name: str, shape: tuple[int, ...], axis: int, weight: float
) -> None:
    lengths = torch.rand(shape) + 1
    weights = kohya(KOHYA, 64) | {f"{KOHYA}.{name}": lengths}
    save_file(weights, path)

    def changed(old: torch.Tensor) -> torch.Tensor:
        new = old + 3 / 4 * product(weights, old.shape)
        norms: torch.Tensor = new.norm(dim=axis, keepdim=True)
        new = new / norms * lengths.reshape(shape if axis == 0 else (64, 1))
        return old + weight * (new - old)

    expected = by_formula(checkpoint, "unet", TO_K, changed)
    assert decibels(expected, drawn(checkpoint, path, weight)) >= FP32_DECIBELS
    checkpoint.loras.put_in_force(())
    assert decibels(expected, seen(checkpoint)) < 80


@pytest.mark.parametrize(
    ("name", "shape"),
    [("dora_scale", (64, 1, 1, 1)), ("dora_scale", (1, 32, 1, 1)), ("lora_magnitude_vector", (1, 64, 1, 1))],
)
def test_a_dora_of_a_convolution_too(
    checkpoint: Checkpoint, path: Path, name: str, shape: tuple[int, ...]
) -> None:
    lengths = torch.rand(shape) + 1
    layer = f"lora_unet_{CONV.replace('.', '_')}"
    weights = locon(layer, 64, 32) | {f"{layer}.{name}": lengths}
    save_file(weights, path)
    axis = 0 if 64 in shape else 1

    def changed(old: torch.Tensor) -> torch.Tensor:
        new = old + 1 / 4 * product(weights, old.shape)
        across = [dimension for dimension in range(4) if dimension != axis]
        along = [lengths.numel() if dimension == axis else 1 for dimension in range(4)]
        return new / new.square().sum(dim=across, keepdim=True).sqrt() * lengths.reshape(along)

    expected = by_formula(checkpoint, "unet", CONV, changed)
    assert decibels(expected, drawn(checkpoint, path)) >= FP32_DECIBELS


def test_a_convolution_in_three_pieces_is_one(checkpoint: Checkpoint, path: Path) -> None:
    layer = f"lora_unet_{CONV.replace('.', '_')}"
    down, mid, up = torch.randn(3, 32, 1, 1), torch.randn(4, 3, 3, 3), torch.randn(64, 4, 1, 1)
    pieces = {"lora_down": down, "lora_mid": mid, "lora_up": up}
    save_file({f"{layer}.{name}.weight": value for name, value in pieces.items()}, path)
    change = torch.einsum("orxy,rsab,siuv->oiab", up, mid, down)
    expected = by_formula(checkpoint, "unet", CONV, lambda old: old + change)
    assert decibels(expected, drawn(checkpoint, path)) >= FP32_DECIBELS


@pytest.mark.parametrize("told", [{"use_rslora": True}, {"alpha_pattern": {"attn2.to_k": 5.0}}, {}])
def test_what_diffusers_says_beside_the_tensors_counts(
    checkpoint: Checkpoint, path: Path, told: dict[str, Any]
) -> None:
    weights = diffusers(f"unet.{TO_K}")
    beside = {f"unet.{key}": value for key, value in ({"r": 4, "lora_alpha": 2.0} | told).items()}
    save_file(weights, path, metadata={"lora_adapter_metadata": json.dumps(beside)})
    share = 2 / 2 if "use_rslora" in told else 5 / 4 if told else 2 / 4
    expected = by_formula(checkpoint, "unet", TO_K, lambda old: old + share * product(weights, old.shape))
    assert decibels(expected, drawn(checkpoint, path)) >= FP32_DECIBELS


SPELLINGS = {
    "kohya": (f"{KOHYA}.lora_down.weight", f"{KOHYA}.lora_up.weight"),
    "kohya of the original's names": (
        "lora_unet_middle_block_1_transformer_blocks_0_attn2_to_k.lora_down.weight",
        "lora_unet_middle_block_1_transformer_blocks_0_attn2_to_k.lora_up.weight",
    ),
    "the original's names": (
        "diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.lora_A.weight",
        "diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.lora_B.weight",
    ),
    "peft": (f"base_model.model.{TO_K}.lora_A.weight", f"base_model.model.{TO_K}.lora_B.weight"),
    "an adapter of a name": (f"unet.{TO_K}.lora_A.default.weight", f"unet.{TO_K}.lora_B.default.weight"),
    "diffusers of 2024": (f"unet.{TO_K}.lora.down.weight", f"unet.{TO_K}.lora.up.weight"),
    "diffusers of 2023": (
        f"unet.{TO_K.replace('.to_k', '.processor.to_k')}_lora.down.weight",
        f"unet.{TO_K.replace('.to_k', '.processor.to_k')}_lora.up.weight",
    ),
    "diffusers of 2022": (
        f"{TO_K.replace('.to_k', '.processor.to_k')}_lora.down.weight",
        f"{TO_K.replace('.to_k', '.processor.to_k')}_lora.up.weight",
    ),
}


@pytest.mark.parametrize("names", SPELLINGS.values(), ids=list(SPELLINGS))
def test_every_spelling_of_a_layer_is_the_same_layer(
    checkpoint: Checkpoint, path: Path, names: tuple[str, str]
) -> None:
    weights = spelt(*names)
    save_file(weights, path)
    change = weights[names[1]] @ weights[names[0]]
    expected = by_formula(checkpoint, "unet", TO_K, lambda old: old + change)
    assert decibels(expected, drawn(checkpoint, path)) >= FP32_DECIBELS


FIRST, SECOND, POOLED = [True, False, False], [False, True, True], [False, False, True]


@pytest.mark.parametrize(
    ("layer", "changed"),
    [
        ("lora_te1_text_model_encoder_layers_0_self_attn_q_proj", FIRST),
        ("lora_te2_text_model_encoder_layers_0_self_attn_q_proj", SECOND),
        ("text_encoder.text_model.encoder.layers.0.self_attn.q_proj", FIRST),
        ("text_encoder_2.text_model.encoder.layers.0.self_attn.q_proj", SECOND),
        ("text_encoders.clip_g.transformer.text_model.encoder.layers.0.self_attn.q_proj", SECOND),
        ("lora_te2_text_projection", POOLED),
    ],
)
def test_both_text_encoders_of_sdxl_are_changed(
    checkpoint_xl: Checkpoint, path: Path, layer: str, changed: list[bool]
) -> None:
    save_file(kohya(layer, 32), path)
    checkpoint_xl.loras.put_in_force(())
    before = checkpoint_xl.encode_texts(["a fox"], "")[0]
    checkpoint_xl.loras.put_in_force((Lora(name=path.stem),))
    after = checkpoint_xl.encode_texts(["a fox"], "")[0]
    pairs = zip(halves(before), halves(after), strict=True)
    assert [not torch.equal(one, other) for one, other in pairs] == changed


def halves(encoding: Any) -> tuple[torch.Tensor, ...]:
    """What each encoder of SDXL read, and the pooled text."""
    return *encoding.prompt_embeds.chunk(2, dim=-1), encoding.pooled_prompt_embeds


def test_the_original_names_are_those_by_which_diffusers_reads_a_checkpoint(library: Library) -> None:
    for model in ("tiny", "tiny-xl"):
        pipeline = library.checkpoint(model).pipeline
        names = LayerNames(pipeline)
        paths = sorted({layer.path for layer in names.values() if layer.part == "unet"})
        originals = {
            name.removeprefix("diffusion_model."): names[name].path
            for name in names
            if name.startswith("diffusion_model.")
        }
        values = {
            f"model.diffusion_model.{name}.{kind}": torch.tensor(paths.index(path))
            for name, path in originals.items()
            for kind in ("weight", "bias")
        }
        norms = {f"model.diffusion_model.out.0.{kind}": torch.tensor(-1) for kind in ("weight", "bias")}
        read = convert_ldm_unet_checkpoint(values | norms, dict(pipeline.unet.config))
        for index, path in enumerate(paths):
            assert read[f"{path}.weight"] == index


@pytest.mark.parametrize("model", ["tiny", "tiny-xl"])
def test_pictures_equal_those_of_the_pipeline_with_the_same_lora(
    library: Library, tiny_path: Path, tiny_xl_path: Path, path: Path, model: str
) -> None:
    """Of all kinds that diffusers reads: of DoRA it drops the lengths."""
    text = "lora_te1" if model == "tiny-xl" else "lora_te"
    width = 64 if model == "tiny-xl" else 32
    save_file(
        kohya(KOHYA, 64, width)
        | kohya(KOHYA.replace("to_k", "to_out_0"), 64, 64, rank=2)
        | locon(f"lora_unet_{CONV.replace('.', '_')}", 64, 32)
        | kohya(f"{text}_text_model_encoder_layers_0_self_attn_out_proj", 32)
        | kohya(f"{text}_text_model_encoder_layers_0_mlp_fc1", 64),
        path,
    )
    source = tiny_xl_path if model == "tiny-xl" else tiny_path
    stock = StockPipelines(str(source), device=CPU, dtype=torch.float32)
    with torch.inference_mode(mode=False):
        stock.pipeline.load_lora_weights(str(path), adapter_name="style")
        stock.pipeline.set_adapters(["style"], [0.6])
    request = generate(model=model, seeds=(1, 2), loras=(Lora(name=path.stem, weight=0.6),))
    images = result(DenoisingLoop(library), request).images
    for mine, theirs in zip(images, stock.draw(request), strict=True):
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(theirs))
    plain = result(DenoisingLoop(library), generate(model=model, seeds=(1, 2))).images
    assert plain[0].tobytes() != images[0].tobytes()


def test_several_add_up_in_any_order(checkpoint: Checkpoint, files: Files, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.safetensors" for name in "abc"]
    files.update({path.stem: path for path in paths})
    weights = [
        kohya(KOHYA, 64),
        kohya(KOHYA, 64),
        kohya(KOHYA, 64) | {f"{KOHYA}.dora_scale": torch.rand(64, 1)},
    ]
    for path, one in zip(paths, weights, strict=True):
        save_file(one, path)
    loras = [Lora(name="a", weight=0.5), Lora(name="b", weight=-1.0), Lora(name="c", weight=0.3)]
    seen_in = []
    for order in (loras, loras[::-1], [loras[1], loras[0], loras[2], Lora(name="b", weight=0.0)]):
        checkpoint.loras.put_in_force(())
        checkpoint.loras.put_in_force(order)
        seen_in.append(seen(checkpoint))
    assert torch.equal(seen_in[0], seen_in[1])
    assert torch.equal(seen_in[0], seen_in[2])

    def changed(old: torch.Tensor) -> torch.Tensor:
        parts = [3 / 4 * product(one, old.shape) for one in weights]
        dora = old + parts[2]
        norms: torch.Tensor = dora.norm(dim=1, keepdim=True)
        dora = dora / norms * weights[2][f"{KOHYA}.dora_scale"]
        return old + 0.5 * parts[0] - parts[1] + 0.3 * (dora - old)

    assert decibels(by_formula(checkpoint, "unet", TO_K, changed), seen_in[0]) >= FP32_DECIBELS


def test_a_set_is_one_whatever_is_said_twice_or_counts_nothing() -> None:
    one, other = Lora(name="a", weight=0.5), Lora(name="b", weight=1.0)
    assert settled((other, one)) == settled((one, other)) == (one, other)
    assert settled((one, one)) == (Lora(name="a", weight=1.0),)
    assert settled((one, Lora(name="a", weight=-0.5), Lora(name="c", weight=0.0))) == ()


def test_the_same_set_in_another_order_shares_a_pass(library: Library) -> None:
    one, other = Lora(name="a", weight=0.5), Lora(name="b")
    loop = DenoisingLoop(library)
    groups = [loop.submit(generate(loras=loras)).group for loras in ((one, other), (other, one), (one,))]
    assert groups[0] == groups[1] != groups[2]


@pytest.mark.parametrize("lengths", [{}, {f"{KOHYA}.dora_scale": torch.ones(64, 1)}])
def test_without_weight_nothing_is_changed_to_the_bit(
    checkpoint: Checkpoint, path: Path, lengths: Weights
) -> None:
    save_file(kohya(KOHYA, 64) | kohya(f"{TEXT}mlp_fc1", 64) | lengths, path)
    without = seen(checkpoint)
    assert not torch.equal(drawn(checkpoint, path), without)
    assert torch.equal(drawn(checkpoint, path, weight=0), without)


def test_what_was_not_in_force_for_longest_leaves_the_device(
    checkpoint: Checkpoint, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / f"rare {number}.safetensors" for number in range(4)]
    files.update({path.stem: path for path in paths})
    for path in paths:
        save_file(kohya(KOHYA, 64), path)
    pictures = [drawn(checkpoint, path) for path in paths]
    one = 4 * (32 + 64) * 4
    monkeypatch.setattr("engine.conditioning.lora._KEPT_BYTES", one)
    assert torch.equal(drawn(checkpoint, paths[0]), pictures[0])
    size = checkpoint.num_bytes
    checkpoint.loras.put_in_force(())
    assert checkpoint.num_bytes == size - one
    for path, picture in zip(paths, pictures, strict=True):
        assert torch.equal(drawn(checkpoint, path), picture)


def test_in_sixteen_bits_and_once_more_in_float32(
    checkpoint: Checkpoint, tiny_path: Path, files: Files, path: Path
) -> None:
    save_file(kohya(KOHYA, 64) | {f"{KOHYA}.dora_scale": torch.rand(64, 1) + 1}, path)
    halved = load_checkpoint(resolve(str(tiny_path)), device=CPU, dtype=torch.bfloat16, loras=files)
    expected = drawn(checkpoint, path)
    assert decibels(expected, drawn(halved, path).float()) > 30
    halved.put_precision_in_force(in_float32=True)
    assert decibels(expected, seen(halved).float()) > 30
    halved.loras.put_in_force(())
    halved.put_precision_in_force(in_float32=False)
    assert decibels(expected, drawn(halved, path).float()) > 30, "afterwards LoRAs come and go as before"


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (
            diffusers(f"unet.{TO_K}") | diffusers(NOWHERE),
            r"only in part \(1 of 2 layers; unet\.mid_block.*another",
        ),
        (kohya(KOHYA, 64) | kohya(TEXT.replace("layers_0", "layers_9") + "mlp_fc1", 64), "only in part"),
        (kohya(KOHYA, 64) | {"bundle_emb.x.string_to_param": torch.zeros(1)}, "holds more than a LoRA"),
        (kohya(KOHYA, 64) | {f"{KOHYA}.lora_up.bias": torch.zeros(64)}, "holds more than a LoRA"),
        ({f"{KOHYA}.lora_down.weight": torch.zeros(4, 32)}, "does not fit tiny: it was made for another"),
        (diffusers(NOWHERE), "does not fit tiny: it was made for another"),
        (
            diffusers(f"unet.{TO_K}", columns=2048),
            "made for SDXL, and tiny is of a family that reads 32 numbers",
        ),
        (
            diffusers(f"unet.{TO_K}", columns=768),
            "does not fit tiny: it was made for Stable Diffusion 1, and",
        ),
        (kohya("lora_te2_text_model_encoder_layers_0_mlp_fc1", 64), "it was made for SDXL"),
        (kohya("lora_unet_double_blocks_0_img_attn_proj", 64), "it was made for Flux"),
        (
            {"transformer.transformer_blocks.0.attn.to_q.lora_A.weight": torch.zeros(4, 4)},
            "a diffusion transformer",
        ),
        ({f"{KOHYA}.hada_w1_a": torch.zeros(64, 4)}, "is a LoHa, not a LoRA"),
        ({f"{KOHYA}.lokr_w1": torch.zeros(8, 8)}, "is a LoKr, not a LoRA"),
        ({f"{KOHYA}.oft_blocks": torch.zeros(2, 8, 8)}, "is an OFT, not a LoRA"),
        ({f"{KOHYA}.oft_blocks": torch.zeros(2, 2, 8, 8)}, "is a BOFT, not a LoRA"),
        ({f"{KOHYA}.a1.weight": torch.zeros(8, 8), f"{KOHYA}.b2.weight": torch.zeros(8, 8)}, "is a GLoRA"),
        ({f"{KOHYA}.weight": torch.zeros(8), f"{KOHYA}.on_input": torch.tensor(1)}, "is an IA3"),
        ({f"{KOHYA}.diff": torch.zeros(64, 32)}, r"is a difference of whole layers \(LyCORIS's full\)"),
        (kohya(KOHYA, 64) | {"lora_unet_norm.w_norm": torch.zeros(8)}, r"\(LyCORIS's full\)"),
        ({"emb_params": torch.zeros(2, 32)}, "is a textual inversion.*EMBEDDINGS"),
        ({"clip_l": torch.zeros(2, 32), "clip_g": torch.zeros(2, 32)}, "is a textual inversion"),
        ({"first_stage_model.decoder.conv_in.weight": torch.zeros(1)}, "is no LoRA: it is a VAE"),
    ],
)
def test_what_cannot_be_applied_whole_is_refused_and_leaves_no_trace(
    checkpoint: Checkpoint, path: Path, weights: Weights, said: str
) -> None:
    save_file(weights, path)
    without = drawn(checkpoint, path, weight=0)
    for _ in range(2):
        with pytest.raises(EngineError, match=said):
            drawn(checkpoint, path)
        assert torch.equal(seen(checkpoint), without)
    assert re.search(said, checkpoint.loras.refusals()[path.stem])
    save_file(kohya(KOHYA, 64), path)
    assert not torch.equal(drawn(checkpoint, path), without)
    assert path.stem not in checkpoint.loras.refusals()


def test_a_truncated_lora_is_damaged(checkpoint: Checkpoint, path: Path) -> None:
    save_file(kohya(KOHYA, 64), path)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(EngineError, match=r"is damaged.*Download it again"):
        drawn(checkpoint, path)
