"""Edges of a picture are those that OpenCV finds."""

from pathlib import Path

import numpy as np
from PIL import Image

from engine.api.edges import edges

FIXTURES = Path(__file__).parent / "fixtures"


def test_edges_are_those_of_opencv() -> None:
    """`house-edges.png` is `cv2.Canny(numpy.asarray(house), 100, 200)` of OpenCV 5.0.0."""
    with Image.open(FIXTURES / "house.png") as house, Image.open(FIXTURES / "house-edges.png") as expected:
        found = np.asarray(edges(house).convert("L"))
        np.testing.assert_array_equal(found, np.asarray(expected.convert("L")))
    assert 0.02 < (found > 0).mean() < 0.3


def test_a_faint_line_is_an_edge_only_where_a_clear_one_leads_to_it() -> None:
    picture = np.full((32, 32, 3), 100, dtype=np.uint8)
    picture[:, 16:] = 140  # a faint step from top to bottom
    alone = np.asarray(edges(Image.fromarray(picture)))
    picture[:8, 16:] = 255  # which begins clearly
    led_to = np.asarray(edges(Image.fromarray(picture)))
    assert not alone.any()
    assert led_to[20:, 14:18].any(axis=(1, 2)).all()


def test_a_plain_picture_has_none() -> None:
    assert not np.asarray(edges(Image.new("L", (33, 40), 200))).any()
