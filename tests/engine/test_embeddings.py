"""Learnt words: read as the pipelines read them, found where they stand alone, or refused in a sentence."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from engine.bench.stock import StockPipelines
from engine.bench.tiny import TEXT_WIDTH, TOKENS, tiny_pipeline
from engine.conditioning.embeddings import Words, learn
from engine.config import EngineConfig
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.text import TextEncoder
from tests.engine.requests import generate, result

CPU = torch.device("cpu")
ROOM = TOKENS - 2


def vectors(count: int, width: int = TEXT_WIDTH) -> torch.Tensor:
    return torch.randn(count, width, generator=torch.Generator().manual_seed(count)) * 0.3


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A word of three vectors as web UIs keep it, one of one as diffusers does, and one for SDXL."""
    contents = {
        "bad-hands 5": {"emb_params": vectors(3)},
        "cat": {"<a-cat>": vectors(1)[0]},
        "xl.style": {"clip_g": vectors(2), "clip_l": vectors(2) * 2},
    }
    tmp_path = tmp_path_factory.mktemp("words")
    for name, tensors in contents.items():
        save_file(tensors, tmp_path / f"{name}.safetensors")
    return {name: tmp_path / f"{name}.safetensors" for name in contents}


@cache
def untaught(*, xl: bool) -> Any:
    return tiny_pipeline(xl=xl)


@pytest.fixture(scope="module")
def taught(tiny_path: Path, tiny_xl_path: Path, files: dict[str, Path]) -> Library:
    config = EngineConfig(
        model=str(tiny_path),
        more_models=(str(tiny_xl_path),),
        device="cpu",
        dtype="float32",
        num_threads=1,
        embeddings=files,
        loras=files,
    )
    return Library(config)


def reader(files: dict[str, Path], *, xl: bool = False) -> tuple[TextEncoder, dict[str, str]]:
    pipeline, numbers = untaught(xl=xl), ("", "_2") if xl else ("",)
    tokenizers = [pipeline.components[f"tokenizer{number}"] for number in numbers]
    encoders = [deepcopy(pipeline.components[f"text_encoder{number}"]) for number in numbers]
    words, refused = learn("tiny", files, tokenizers=tokenizers, encoders=encoders)
    return TextEncoder(tokenizers, encoders, words=words), refused


@pytest.mark.parametrize(
    ("model", "word"), [("tiny", "bad-hands 5"), ("tiny", "cat"), ("tiny-xl", "xl.style")]
)
def test_pictures_equal_those_of_the_pipeline_that_learnt_the_word(
    taught: Library, tiny_path: Path, tiny_xl_path: Path, model: str, word: str
) -> None:
    source = tiny_xl_path if model == "tiny-xl" else tiny_path
    loop = DenoisingLoop(taught)
    stock = StockPipelines(str(source), device=CPU, dtype=torch.float32)
    teach(stock.pipeline, word)
    for prompt, negative in ((f"a {word}, red", "dull"), ("a fox", f"{word.upper()} x")):
        drawn = result(
            loop, generate(prompt, model=model, seeds=(1,), negative_prompt=negative, num_inference_steps=2)
        )
        written = generate(
            prompt.replace(word, "<word>"),
            model=model,
            seeds=(1,),
            negative_prompt=negative.replace(word.upper(), "<word>"),
            num_inference_steps=2,
        )
        np.testing.assert_array_equal(np.asarray(drawn.images[0]), np.asarray(stock.draw(written)[0]))


def teach(pipeline: Any, word: str) -> None:
    """As diffusers' documentation says it is done."""
    with torch.inference_mode(mode=False):
        if word != "xl.style":
            count = 3 if word == "bad-hands 5" else 1
            pipeline.load_textual_inversion({"<word>": vectors(count)})
            return
        for tensor, number in ((vectors(2) * 2, ""), (vectors(2), "_2")):
            pipeline.load_textual_inversion(
                {"<word>": tensor},
                text_encoder=pipeline.components[f"text_encoder{number}"],
                tokenizer=pipeline.components[f"tokenizer{number}"],
            )


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("a cat", True),
        ("cat", True),
        ("Cat, red", True),
        ("(cat:1.2)", True),
        ("a catalogue", False),
        ("concatenate", False),
        ("bobcat", False),
        ("cat_2", False),
        ("wild-cat", False),
        ("cat-like", False),
        ("a cat - red", True),
        ("-cat", True),
        ("un chat", False),
        ("a Bad-Hands  5 b", True),
        ("a bad-hands 55", False),
    ],
)
def test_a_name_is_found_where_it_stands_alone(files: dict[str, Path], text: str, *, is_found: bool) -> None:
    encoder, _ = reader(files)
    plain, _ = reader({})
    same = torch.equal(encoder.encode(text, 1).prompt_embeds, plain.encode(text, 1).prompt_embeds)
    assert same != is_found
    assert (len(encoder._learnt.split(text)) > 1) == is_found


def test_the_longest_of_several_names_is_meant() -> None:
    words = Words(ids={"cat": ((1,),), "cat photo": ((2,),), "photo": ((3,),)})
    assert words.split("a cat photo, photo") == ["a ", ((2,),), ", ", ((3,),), ""]


def test_a_word_is_never_cut_between_windows_and_counts_by_its_vectors(files: dict[str, Path]) -> None:
    encoder, _ = reader(files)
    assert encoder.num_windows(f"{'x' * (ROOM - 3)} bad-hands 5") == 1
    assert encoder.num_windows(f"{'x' * (ROOM - 2)} bad-hands 5") == 2
    cut = encoder.encode(f"{'x' * (ROOM - 2)} bad-hands 5", 2).prompt_embeds
    after = encoder.encode("bad-hands 5", 1).prompt_embeds
    assert torch.allclose(cut[:, TOKENS:], after, atol=1e-5)
    assert encoder.num_windows("x" * ROOM) == 1


def test_what_is_unread_begins_with_a_whole_word(files: dict[str, Path]) -> None:
    encoder, _ = reader(files)
    read = "x" * (3 * ROOM - 2)
    assert encoder.unread(f"{read} bad-hands 5 y") == "bad-hands 5 y"
    assert encoder.unread(f"{'x' * (3 * ROOM - 3)} bad-hands 5 y") == "y"
    assert encoder.unread(f"{'x' * (3 * ROOM - 3)} bad-hands 5") == ""


def test_a_learnt_word_is_one_where_words_are_looked_for(files: dict[str, Path]) -> None:
    encoder, _ = reader(files)
    assert [(word.text, word.positions) for word in encoder.words("a bad-hands 5, ox")] == [
        ("a", (1,)),
        ("bad-hands 5", (2, 3, 4)),
        ("ox", (6, 7)),
    ]
    start = "x" * (ROOM - 2)
    assert [word.positions[:2] for word in encoder.words(f"{start} bad-hands 5 cat_2 y")] == [
        (1, 2),
        (TOKENS + 1, TOKENS + 2),
        (TOKENS + 4, TOKENS + 5),
        (TOKENS + 8,),
        (TOKENS + 9,),
    ]


def test_a_word_of_more_vectors_than_a_window_has_fills_several(tmp_path: Path) -> None:
    save_file({"emb_params": vectors(ROOM + 5)}, tmp_path / "long.safetensors")
    encoder, _ = reader({"long": tmp_path / "long.safetensors"})
    assert encoder.num_windows("long") == 2
    assert encoder.num_windows(f"long {'x' * (ROOM - 5)}") == 2
    assert encoder.num_windows(f"long {'x' * (ROOM - 4)}") == 3


def test_the_end_of_a_text_is_found_although_learnt_words_have_higher_tokens(files: dict[str, Path]) -> None:
    """CLIP's configurations of before 2023 say 2, which means: at the highest token."""
    pipeline = tiny_pipeline(xl=True)
    tokenizers = [pipeline.tokenizer, pipeline.tokenizer_2]
    encoders = [pipeline.text_encoder, pipeline.text_encoder_2]
    expected = None
    for end in (pipeline.tokenizer.eos_token_id, 2):
        encoders[1].text_model.eos_token_id = end
        words, _ = learn("tiny", files, tokenizers=tokenizers, encoders=encoders)
        encoding = TextEncoder(tokenizers, encoders, words=words).encode("a xl.style fox", 1)
        assert encoding.pooled_prompt_embeds is not None
        assert expected is None or torch.equal(expected, encoding.pooled_prompt_embeds)
        expected = encoding.pooled_prompt_embeds


@pytest.mark.parametrize("xl", [False, True])
def test_a_word_for_another_model_is_refused(files: dict[str, Path], *, xl: bool) -> None:
    encoder, refused = reader(files, xl=xl)
    assert set(encoder.learnt) == ({"xl.style"} if xl else {"bad-hands 5", "cat"})
    assert set(refused) == set(files) - set(encoder.learnt)
    assert "does not fit tiny: it was made for a family that reads" in next(iter(refused.values()))


@pytest.mark.parametrize(
    ("name", "tensors", "said"),
    [
        (
            "w.safetensors",
            {"emb_params": vectors(2, 768)},
            "made for Stable Diffusion 1, and tiny is of a family",
        ),
        ("w.safetensors", {"emb_params": vectors(2, 1024)}, "made for Stable Diffusion 2, and"),
        ("w.safetensors", {"clip_l": vectors(1, 768), "clip_g": vectors(1, 1280)}, "made for SDXL, and"),
        ("w.safetensors", {"unet.to_k.lora_A.weight": vectors(2)}, "w is no textual inversion: it is a LoRA"),
        ("w.safetensors", {"text_projection.weight": vectors(2)}, "w is no textual inversion: it holds"),
        ("w.safetensors", {"a": vectors(2), "b": vectors(2)}, "w is no textual inversion: it holds no"),
        ("w.pt", {}, r"The embedding w is a pickle \(w\.pt\), which can run code"),
        ("w.bin", {}, r"Choose a \.safetensors version of it"),
        ("w.safetensors", None, "is damaged"),
        ("nowhere/w.safetensors", None, r"is not a \.safetensors file at"),
    ],
)
def test_what_is_no_word_for_the_model_is_refused_in_a_sentence(
    tmp_path: Path, name: str, tensors: dict[str, torch.Tensor] | None, said: str
) -> None:
    path = tmp_path / name
    if tensors is not None:
        save_file(tensors, path)
    elif path.parent == tmp_path:
        path.write_bytes(b"\x10\x00\x00\x00\x00\x00\x00\x00{")
    encoder, refused = reader({"w": path})
    assert not encoder.learnt
    with pytest.raises(AssertionError, match=said):
        raise AssertionError(refused["w"])


def test_the_model_names_its_words_and_those_it_refused(taught: Library) -> None:
    info = taught.models()[0]
    assert info.embeddings == ("bad-hands 5", "cat")
    assert [refusal.name for refusal in info.refused_embeddings] == ["xl.style"]
    assert [refusal.name for refusal in info.refused_loras] == ["bad-hands 5", "cat", "xl.style"]
