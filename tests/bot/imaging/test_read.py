"""Picture files that are brought along: those of ours carry their recipe, and hostile ones are told."""

from pathlib import Path

import pytest
from PIL import Image

from bot.domain.canvas import MAX_SIDE
from bot.imaging.encode import encode_file, encode_single
from bot.imaging.read import UnreadableFile, read_picture
from tests.bot.imaging.test_grid import noise

RECIPE = "a red fox\nSteps: 9, Sampler: Euler, CFG scale: 3, Seed: 7, Size: 96x64, Batch size: 4"
SINGLE = RECIPE.replace(", Batch size: 4", "")


@pytest.mark.parametrize("extension", ["png", "webp", "jpg"])
def test_a_grid_of_ours_comes_apart_and_brings_its_recipe(tmp_path: Path, extension: str) -> None:
    tiles = [noise(seed, 96, 64) for seed in range(4)]
    path = tmp_path / f"grid.{extension}"
    path.write_bytes(encode_file(tiles, RECIPE, extension=extension).data)
    file = read_picture(path)
    assert file.recipe == RECIPE
    assert [picture.size for picture in file.pictures] == [(96, 64)] * 4
    if extension == "png":
        assert [picture.tobytes() for picture in file.pictures] == [tile.tobytes() for tile in tiles]


def test_a_tile_that_was_enlarged_is_as_it_was_drawn_again(tmp_path: Path) -> None:
    path = tmp_path / "tile.png"
    path.write_bytes(encode_single(noise(1, 96, 64), SINGLE, limit_bytes=10**8).data)
    file = read_picture(path)
    assert [picture.size for picture in file.pictures] == [(96, 64)]


def test_any_other_picture_is_itself(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    noise(1, 200, 100).save(path)
    file = read_picture(path)
    assert (file.recipe, [picture.size for picture in file.pictures]) == ("", [(200, 100)])


def test_a_picture_that_is_very_long_is_brought_down(tmp_path: Path) -> None:
    path = tmp_path / "long.png"
    Image.new("RGB", (9000, 100)).save(path)
    assert max(read_picture(path).pictures[0].size) == MAX_SIDE


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "no picture"), (b"\x89PNG\r\n\x1a\n", "no picture"), (b"GIF89a", "no picture"), (None, "no file")],
)
def test_what_is_no_picture_is_told(tmp_path: Path, data: bytes | None, said: str) -> None:
    path = tmp_path / "x.png"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(UnreadableFile, match=said):
        read_picture(path)


def test_a_picture_that_is_cut_off_is_told(tmp_path: Path) -> None:
    path = tmp_path / "half.png"
    noise(1, 200, 100).save(path)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_picture(path)


def test_a_bomb_is_told_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (12000, 12000)).save(path)
    with pytest.raises(UnreadableFile, match="no picture"):
        read_picture(path)
