"""Texts longer than what is read, tokenizers that say no length, and the cache of encodings."""

import pytest
import torch

from engine.bench.tiny import TOKENS, byte_tokenizer, tiny_pipeline
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


def test_the_cache_is_bound_by_bytes(encoder: TextEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    size = encoder.encode("a", 1).num_bytes
    monkeypatch.setattr("engine.text._CACHED_BYTES", 3 * size)
    for letter in "bcdef":
        encoder.encode(letter, 1)
    assert len(encoder._cache) == 3
    kept = encoder.encode("f", 1)
    assert encoder.encode("f", 1) is kept
