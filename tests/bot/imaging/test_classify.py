"""The classifier, where its package is installed: an honest look at plain pictures."""

import pytest
from PIL import Image

from bot.domain.image_filter import THRESHOLD
from bot.imaging.classify import is_available, nsfw_score


@pytest.mark.skipif(not is_available(), reason="the extra `safety` is not installed")
def test_plain_colours_are_nobodys_business() -> None:
    colours = [(200, 30, 30), (224, 172, 105), (20, 60, 20)]  # an apple, a skin tone, a forest
    images = [Image.new("RGB", (256, 256), colour) for colour in colours]
    assert 0.0 <= nsfw_score(images) < THRESHOLD
