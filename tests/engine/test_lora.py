"""LoRA files as people have them: applied whole, or refused by what they are."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.api import Lora
from engine.errors import EngineError
from engine.families.unet import Checkpoint
from engine.loading import load_checkpoint
from engine.sources import resolve

KOHYA = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k"
DIFFUSERS = "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k"
NOWHERE = "unet.mid_block.attentions.7.transformer_blocks.0.attn2.to_k"
TEXT = "lora_te_text_model_encoder_layers_0_"


def kohya(layer: str, rows: int, columns: int = 32) -> dict[str, torch.Tensor]:
    halves = {"lora_down": (4, columns), "lora_up": (rows, 4)}
    weights = {f"{layer}.{half}.weight": torch.randn(shape) for half, shape in halves.items()}
    return weights | {f"{layer}.alpha": torch.tensor(2.0)}


def diffusers(layer: str, rows: int = 64, columns: int = 32) -> dict[str, torch.Tensor]:
    return {f"{layer}.lora_A.weight": torch.randn(4, columns), f"{layer}.lora_B.weight": torch.randn(rows, 4)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "style v1.5.safetensors"


@pytest.fixture
def checkpoint(tiny_path: Path, path: Path) -> Checkpoint:
    source = resolve(str(tiny_path))
    return load_checkpoint(source, device=torch.device("cpu"), dtype=torch.float32, loras={path.stem: path})


def drawn(checkpoint: Checkpoint, path: Path, weight: float = 1.0) -> torch.Tensor:
    checkpoint.loras.put_in_force((Lora(name=path.stem, weight=weight),) if weight else ())
    return checkpoint.predict_noise(checkpoint.blank_rows(1))


@pytest.mark.parametrize(
    "weights",
    [
        kohya(KOHYA, 64),
        diffusers(DIFFUSERS),
        kohya(f"{TEXT}self_attn_q_proj", 32),
        kohya(f"{TEXT}mlp_fc1", 64),
        kohya(f"{TEXT.replace('te_', 'te1_')}self_attn_q_proj", 32) | kohya(KOHYA, 64),
        kohya(f"{TEXT}self_attn_q_proj", 32) | kohya(f"{TEXT}self_attn_out_proj", 32),
    ],
    ids=["kohya", "diffusers", "q_proj alone", "fc1 alone", "unet and q_proj", "q_proj and out_proj"],
)
def test_a_lora_of_any_layer_and_any_name_is_applied(
    checkpoint: Checkpoint, path: Path, weights: dict[str, torch.Tensor]
) -> None:
    save_file(weights, path)
    without = drawn(checkpoint, path, weight=0)
    assert not torch.equal(drawn(checkpoint, path), without)
    assert torch.equal(drawn(checkpoint, path, weight=0), without)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (diffusers(DIFFUSERS) | diffusers(NOWHERE), r"fits this model only in part \(1 of 2 layers\)"),
        (kohya(KOHYA, 64) | kohya(TEXT.replace("layers_0", "layers_9") + "mlp_fc1", 64), "only in part"),
        (diffusers(NOWHERE), "does not fit this model"),
        (diffusers(DIFFUSERS, columns=48), "does not fit this model"),
        ({f"{KOHYA}.hada_w1_a": torch.zeros(64, 4)}, "is a LoHa, not a LoRA"),
        ({f"{KOHYA}.lokr_w1": torch.zeros(8, 8)}, "is a LoKr, not a LoRA"),
        ({"emb_params": torch.zeros(2, 32)}, "is a textual inversion"),
        ({"first_stage_model.decoder.conv_in.weight": torch.zeros(1)}, "is no LoRA: it is a VAE"),
    ],
)
def test_what_cannot_be_applied_whole_is_refused_and_leaves_no_trace(
    checkpoint: Checkpoint, path: Path, weights: dict[str, torch.Tensor], said: str
) -> None:
    save_file(weights, path)
    without = drawn(checkpoint, path, weight=0)
    for _ in range(2):
        with pytest.raises(EngineError, match=said):
            drawn(checkpoint, path)
        assert torch.equal(checkpoint.predict_noise(checkpoint.blank_rows(1)), without)
    save_file(kohya(KOHYA, 64), path)
    assert not torch.equal(drawn(checkpoint, path), without)


def test_a_truncated_lora_is_damaged(checkpoint: Checkpoint, path: Path) -> None:
    save_file(kohya(KOHYA, 64), path)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(EngineError, match=r"is damaged.*Download it again"):
        drawn(checkpoint, path)
