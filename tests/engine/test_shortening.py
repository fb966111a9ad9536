"""Shortened prompts: filler goes before nouns, as the text encoder reads them."""

import pytest
import torch

from engine.api import Shorten, Shortened
from engine.bench.arms import finished
from engine.bench.looking import WORDY, Wordy, keeps_nouns, outranks, shortened_by
from engine.checks import check_looking
from engine.errors import InvalidRequest
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.work.shortening import weighed


@pytest.mark.parametrize("wordy", WORDY, ids=lambda one: one.nouns[0])
def test_filler_goes_before_nouns(sketch: Library, wordy: Wordy) -> None:
    what = shortened_by(sketch, wordy.text)
    assert outranks(wordy, what)
    assert keeps_nouns(wordy, what)
    assert sum(word.share for word in what.words) == pytest.approx(1)
    assert " ".join(word.text for word in what.words) == wordy.text


def test_the_encoder_says_which_of_two_nouns_counts_more(sketch: Library) -> None:
    """No list of words knows that: what stands there twice can be left out once."""
    what = shortened_by(sketch, "a cat, a cat, a cat and a rocket")
    shares = [word.share for word in what.words if word.text.strip(",") in {"cat", "rocket"}]
    assert max(shares[:3]) < shares[3]


@pytest.mark.parametrize("name", ["tiny", "tiny-xl"])
def test_a_share_is_how_far_the_reading_moves_without_the_word(library: Library, name: str) -> None:
    text = "owl under hills"
    result = finished(DenoisingLoop(library), Shorten(model=name, prompt=text)).result
    assert isinstance(result, Shortened)
    pipeline = library.checkpoint(name).pipeline
    last = 2 if name == "tiny-xl" else 1
    tokenizer, encoder = (
        (pipeline.tokenizer_2, pipeline.text_encoder_2)
        if last == 2
        else (pipeline.tokenizer, pipeline.text_encoder)
    )
    vectors = []
    for one in (text, "under hills", "owl under"):
        ids = tokenizer(one, padding="max_length", return_tensors="pt").input_ids
        output = encoder(ids)
        vectors.append(output.text_embeds if last == 2 else output.pooler_output)
    moved = [1 - torch.cosine_similarity(vectors[0].double(), one.double()).item() for one in vectors[1:]]
    first, _, third = (word.share for word in result.words)
    assert first / third == pytest.approx(moved[0] / moved[1], rel=1e-3)


def test_a_prompt_in_several_windows_is_read_whole(library: Library) -> None:
    text = " ".join(["hill"] * 12 + ["owl"])
    assert library.checkpoint("tiny").text.num_windows(text) == 3
    result = finished(DenoisingLoop(library), Shorten(model="tiny", prompt=text)).result
    assert isinstance(result, Shortened)
    assert len(result.words) == 13
    assert all(len(prompt) < len(text) for prompt in result.shorter)


@pytest.mark.parametrize(
    ("text", "moved", "shorter"),
    [
        (
            "a really cute cat and a dog, digital art",
            (0.1, 0.1, 0.3, 0.9, 0.1, 0.1, 0.8, 0.4, 0.5),
            ("a cute cat and a dog, digital art", "a cat and a dog, digital art", "cat, dog, digital art"),
        ),
        ("an extremely old owl", (0.1, 0.1, 0.5, 0.9), ("an old owl", "old owl", "owl")),
        ("a very bright owl", (0.1, 0.1, 0.2, 0.9), ("a bright owl", "bright owl", "owl")),
        ("castle", (0.9,), ()),
        ("very beautiful", (0.9, 0.9), ()),
        ("a fox, stunning, 8k!", (0.1, 0.9, 0.4, 0.4), ("a fox", "fox")),
    ],
)
def test_what_is_left_reads_as_a_prompt(
    text: str, moved: tuple[float, ...], shorter: tuple[str, ...]
) -> None:
    what = weighed(text.split(), moved)
    assert what.shorter[: len(shorter)] == shorter
    if not shorter:
        assert not what.shorter


def test_words_that_count_little_are_struck_and_others_are_not() -> None:
    what = weighed(["a", "very", "red", "fox"], (0.1, 0.1, 0.1, 0.9))
    assert [word.is_struck for word in what.words] == [True, True, False, False]


@pytest.mark.parametrize(("text", "count"), [("", 0), ("owl " * 201, 201)])
def test_too_few_or_too_many_words_are_refused(library: Library, text: str, count: int) -> None:
    with pytest.raises(InvalidRequest, match=f"1 to 200 words, not {count}"):
        check_looking(Shorten(model="tiny", prompt=text), library.models()[0])
