"""Texts longer than what is read, tokenizers that say no length, and the cache of encodings."""

from pathlib import Path

import pytest
import torch

from engine.bench.tiny import TOKENS, byte_tokenizer, tiny_pipeline
from engine.config import EngineConfig
from engine.library import Library
from engine.text import TextEncoder

ROOM = 3 * (TOKENS - 2)  # of the tiny tokenizer a token is a letter


@pytest.fixture
def encoder() -> TextEncoder:
    pipeline = tiny_pipeline()
    return TextEncoder([pipeline.tokenizer], [pipeline.text_encoder])


def test_what_is_beyond_the_last_window_is_told_as_it_was_written(encoder: TextEncoder) -> None:
    read = "a Red Fox, " * 20
    letters = read.replace(" ", "")[:ROOM]
    unread = encoder.unread(read)
    assert unread
    assert read.rstrip().endswith(unread)
    assert read[: -len(unread)].replace(" ", "").startswith(letters[: ROOM - 5])
    assert encoder.unread(f"{read}and more") != unread


def test_of_a_text_that_fits_nothing_is_unread(encoder: TextEncoder) -> None:
    for text in ("", "a fox", "x" * ROOM):
        assert encoder.unread(text) == ""
    assert encoder.unread("x" * ROOM + "yz") == "yz"


def test_what_is_unread_changes_nothing(encoder: TextEncoder) -> None:
    one, other = (encoder.encode("x" * ROOM + end, 3).prompt_embeds for end in ("yz", "abc"))
    assert torch.equal(one, other)


def test_a_tokenizer_that_says_no_length_has_its_encoders() -> None:
    pipeline = tiny_pipeline()
    tokenizer = byte_tokenizer(int(1e30))
    encoder = TextEncoder([tokenizer], [pipeline.text_encoder])
    assert encoder.encode("a fox", 1).prompt_embeds.shape[1] == TOKENS


def test_the_cache_is_bound_by_bytes(encoder: TextEncoder) -> None:
    size = encoder.encode("a", 1).num_bytes
    encoder.keep_within(3 * size)
    for letter in "bcdef":
        encoder.encode(letter, 1)
    assert encoder.cached_bytes == 3 * size
    kept = encoder.encode("f", 1)
    assert encoder.encode("f", 1) is kept


def test_texts_are_kept_in_what_the_weights_leave_of_the_budget(
    tiny_path: Path, tiny_xl_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(
        EngineConfig(model=str(tiny_path), more_models=(str(tiny_xl_path),), device="cpu", max_rows=8)
    )
    both = [library.checkpoint(name).text for name in ("tiny", "tiny-xl")]
    size = both[0].encode("a", 1).num_bytes
    monkeypatch.setattr(library, "_budget", library._num_bytes() + 6 * size)
    library._share_out()
    for letter in "bcdefgh":
        for text in both:
            text.encode(letter, 1)
    assert sum(text.cached_bytes for text in both) <= 6 * size
    assert both[0].cached_bytes == 3 * size
    library.drop_all_but("tiny")
    for letter in "bcdefgh":
        both[0].encode(letter, 1)
    assert both[0].cached_bytes == 7 * size, "the other one's share is free"
