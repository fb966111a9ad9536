"""Guidance is a weighted sum of predictions, in the pipelines' order of operations."""

import torch

from engine.guides import combine, guided, unguided
from engine.text import TextEncoding

NEGATIVE, A, B, C = (TextEncoding(prompt_embeds=torch.full((1, 4, 2), float(value))) for value in range(4))
PREDICTIONS = [torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(seed)) for seed in range(4)]


def test_two_guides_are_classifier_free_guidance_to_the_last_bit() -> None:
    negative, positive = PREDICTIONS[:2]
    guides = guided([A], [3.0], NEGATIVE, 7.5)
    assert torch.equal(combine([negative, positive], guides), negative + 7.5 * (positive - negative))


def test_one_guide_is_its_prediction() -> None:
    assert combine(PREDICTIONS[:1], unguided([A], [2.0])) is PREDICTIONS[0]


def test_parts_count_by_their_share_and_may_push_away() -> None:
    base, one, two, three = PREDICTIONS
    guides = guided([A, B, C], [2.0, 1.0, -0.5], NEGATIVE, 5.0)
    mixed = (2.0 * one + two - 0.5 * three) / 2.5
    torch.testing.assert_close(combine(PREDICTIONS, guides), base + 5.0 * (mixed - base))


def test_without_guidance_parts_are_averaged() -> None:
    one, two = PREDICTIONS[:2]
    torch.testing.assert_close(combine([one, two], unguided([A, B], [3.0, 1.0])), 0.75 * one + 0.25 * two)
