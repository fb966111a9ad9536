"""An animation of previews: bounded, in their order, ending at the pictures."""

from io import BytesIO

from PIL import Image

from bot.imaging.film import FILM_BYTES, MOST_FRAMES, SIDE, Film


def shade(level: int, side: int = 8) -> tuple[Image.Image, ...]:
    return (Image.new("RGB", (side, side), (level, level, level)),) * 4


def test_of_many_previews_some_are_kept_and_the_last_frame_is_the_picture() -> None:
    film = Film()
    for step in range(100):
        film.add(shade(2 * step))
    data = film.animation(shade(255, 1024))
    assert data is not None
    assert len(data) <= FILM_BYTES
    with Image.open(BytesIO(data)) as opened:
        frames = getattr(opened, "n_frames", 1)
        assert 10 < frames <= MOST_FRAMES + 1
        assert max(opened.size) <= SIDE
        levels = []
        for number in range(frames):
            opened.seek(number)
            levels.append(opened.convert("L").getpixel((9, 9)))
    assert levels == sorted(levels)  # type: ignore[type-var]
    assert levels[-1] == 255


def test_what_was_never_seen_half_done_has_no_film() -> None:
    assert Film().animation(shade(255)) is None
