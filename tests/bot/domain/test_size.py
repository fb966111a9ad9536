"""Every ratio has a size that the model draws well, and few sizes serve them all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.size import AspectRatio, Size, fit

MODELS = [(128, 8), (512, 8), (512, 64), (768, 64), (1024, 8), (1024, 64)]


def size(width: int, height: int, native_size: int, size_multiple: int) -> Size:
    """The size for a ratio."""
    return fit(AspectRatio(width=width, height=height), native_size=native_size, size_multiple=size_multiple)


@pytest.mark.parametrize(
    ("ratio", "sketch", "middle", "large"),
    [
        ((1, 1), "128×128", "512×512", "1024×1024"),
        ((3, 2), "168×112", "576×384", "1344×896"),
        ((2, 3), "112×168", "384×576", "896×1344"),
        ((16, 9), "168×96", "704×384", "1344×768"),
        ((9, 16), "96×168", "384×704", "768×1344"),
        ((4, 3), "160×120", "576×448", "1280×960"),
        ((2, 1), "176×88", "768×384", "1408×704"),
        ((4, 1), "256×64", "1024×256", "2048×512"),
        ((1, 4), "64×256", "256×1024", "512×2048"),
        ((1920, 1080), "168×96", "704×384", "1344×768"),
    ],
)
def test_sizes_of_common_ratios(ratio: tuple[int, int], sketch: str, middle: str, large: str) -> None:
    sizes = [str(size(*ratio, *model)) for model in [(128, 8), (512, 64), (1024, 64)]]
    assert sizes == [sketch, middle, large]


@given(st.integers(1, 10**6), st.integers(250, 4000), st.sampled_from(MODELS))
def test_any_ratio_fits_any_model(height: int, thousandths: int, model: tuple[int, int]) -> None:
    native_size, size_multiple = model
    width = max(1, height * thousandths // 1000)
    fitted = size(width, height, *model)
    assert fitted.width % size_multiple == fitted.height % size_multiple == 0
    assert 0.8 <= fitted.width * fitted.height / native_size**2 <= 1.2


@pytest.mark.parametrize("model", MODELS)
def test_ratios_meet_in_few_sizes(model: tuple[int, int]) -> None:
    sizes = {size(thousandths, 1000, *model) for thousandths in range(250, 4001)}
    assert len(sizes) <= 80


@pytest.mark.parametrize("model", MODELS)
def test_a_turned_ratio_is_a_turned_size(model: tuple[int, int]) -> None:
    for width, height in [(3, 2), (16, 9), (5, 4), (21, 9), (7, 5)]:
        wide, tall = size(width, height, *model), size(height, width, *model)
        assert (wide.width, wide.height) == (tall.height, tall.width)


def test_the_effective_ratio_is_told() -> None:
    assert str(size(16, 9, 1024, 64).ratio) == "7:4"
    assert str(size(3, 2, 1024, 64).ratio) == "3:2"


def test_a_model_with_one_size_gets_it() -> None:
    assert str(size(3, 2, 100, 100)) == "100×100"
