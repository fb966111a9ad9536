"""Tiny real models that look at pictures, with random weights."""

from pathlib import Path

import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from transformers import (
    BertTokenizer,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessorPil,
    CLIPConfig,
    CLIPImageProcessorPil,
    CLIPModel,
)

from engine.bench.tiny import TOKENS, byte_tokenizer

SIDE = 32
_TOWER = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "image_size": SIDE,
    "patch_size": 8,
}
_TEXT = "a fox in the snow red house by sea on hill at night with hat and owl"


def save_tiny_blip(path: Path) -> Path:
    """Write a captioner, and return its folder."""
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[DEC]"]
    vocabulary = {word: place for place, word in enumerate([*marks, *dict.fromkeys(_TEXT.split())])}
    text = {
        "vocab_size": len(vocabulary),
        "hidden_size": 32,
        "encoder_hidden_size": 32,
        "intermediate_size": 64,
        "projection_dim": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "max_position_embeddings": 64,
        "bos_token_id": vocabulary["[DEC]"],
        "sep_token_id": vocabulary["[SEP]"],
        "pad_token_id": 0,
    }
    with torch.random.fork_rng(devices=[]), torch.inference_mode(mode=False):
        torch.manual_seed(0)
        model = BlipForConditionalGeneration(BlipConfig(text_config=text, vision_config=_TOWER))
        with torch.no_grad():
            for weight in model.parameters():
                weight.mul_(8.0 if weight.ndim > 1 else 1.0)  # random weights say the same of every picture
        model.save_pretrained(path)
    BertTokenizer(vocab=vocabulary).save_pretrained(path)
    size = {"height": SIDE, "width": SIDE}
    BlipImageProcessorPil(size=size).save_pretrained(path)
    return path


def save_tiny_clip(path: Path) -> Path:
    """Write a CLIP, and return its folder."""
    tokenizer = byte_tokenizer(TOKENS)
    text = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "max_position_embeddings": TOKENS,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
    }
    with torch.random.fork_rng(devices=[]), torch.inference_mode(mode=False):
        torch.manual_seed(0)
        CLIPModel(CLIPConfig(text_config=text, vision_config=_TOWER, projection_dim=16)).save_pretrained(path)
    tokenizer.save_pretrained(path)
    _processor().save_pretrained(path)
    return path


def save_tiny_checker(checkpoint: Path) -> StableDiffusionSafetyChecker:
    """Write a safety checker into a checkpoint's folder, and return it."""
    with torch.random.fork_rng(devices=[]), torch.inference_mode(mode=False):
        torch.manual_seed(0)
        checker = StableDiffusionSafetyChecker(CLIPConfig(vision_config=_TOWER, projection_dim=16)).eval()
        for name in ("concept_embeds", "special_care_embeds"):
            getattr(checker, name).data.normal_()
        checker.concept_embeds_weights.data.fill_(0.47)
        checker.special_care_embeds_weights.data.fill_(0.36)
        checker.save_pretrained(checkpoint / "safety_checker")
    _processor().save_pretrained(checkpoint / "feature_extractor")
    return checker


def _processor() -> CLIPImageProcessorPil:
    return CLIPImageProcessorPil(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE})
