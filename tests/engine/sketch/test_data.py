"""Packages become concepts, pictures and rows of pixels."""

import io
import json
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.sketch import concepts, data
from engine.sketch.config import Config

SMILE = {"emoji": "😀", "hexcode": "1F600", "label": "Grinning Face", "order": 2, "group": 0, "subgroup": 0}
CAT = {
    "emoji": "🐈",
    "hexcode": "1F408",
    "label": "cat",
    "order": 1,
    "group": 1,
    "subgroup": 1,
    "tags": ["pet"],
}
FLAG = {"emoji": "🏳", "hexcode": "1F3F3", "label": "flag: white", "order": 3, "group": 9, "subgroup": 0}


def pack_tar(path: Path, files: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def webp(colour: str) -> bytes:
    file = io.BytesIO()
    image = Image.new("RGBA", (40, 40))
    image.paste(colour, (10, 5, 20, 25))
    image.save(file, "WEBP", lossless=True)
    return file.getvalue()


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    folder = tmp_path / "packages"
    folder.mkdir()
    names = {
        "groups": [{"order": 0, "message": "smileys"}, {"order": 1, "message": "animals"}],
        "subgroups": [{"order": 0, "message": "smiling"}, {"order": 1, "message": "mammals"}],
    }
    pack_tar(
        folder / "emojibase-data-17.0.0.tgz",
        {
            "package/en/data.json": json.dumps([SMILE, CAT, FLAG]).encode(),
            "package/en/messages.json": json.dumps(names).encode(),
        },
    )
    keywords = json.dumps({"😀": ["grinning_face", ":D", "happy"], "🐈": ["cat", "kitty"]}).encode()
    pack_tar(folder / "emojilib-4.0.3.tgz", {"package/dist/emoji-en-US.json": keywords})
    pack_tar(
        folder / "lobehub-fluent-emoji-3d-1.1.0.tgz",
        {"package/assets/1f600.webp": webp("gold"), "package/assets/1f408-fe0f.webp": webp("grey")},
    )
    icons = {"icons": {"cat": {"body": "<path/>"}}, "aliases": {"kitty": {"parent": "cat"}}, "width": 32}
    pack_tar(
        folder / "iconify-json-noto-1.2.9.tgz",
        {
            "package/icons.json": json.dumps(icons).encode(),
            "package/chars.json": b'{"1f408": "kitty", "1f600": "no"}',
        },
    )
    return folder


def test_concepts_come_in_unicode_order_with_the_keywords_of_both_lists_and_without_flags(
    packages: Path,
) -> None:
    found = data.read_concepts(packages)
    assert list(found) == ["1f408", "1f600"]
    assert found["1f408"].tags == ("cat", "kitty", "pet")
    assert found["1f600"].tags == ("grinning face", "happy")
    assert found["1f600"].label == "grinning face"
    assert found["1f600"].group == "smileys"


def test_art_is_found_by_one_spelling_of_its_name(packages: Path) -> None:
    assert [key for key, _ in data.read_art("3d", packages)] == ["1f600", "1f408"]
    ((key, svg),) = data.read_art("cartoon", packages)
    assert key == "1f408"
    assert svg.startswith(b"<svg")
    assert b'viewBox="0 0 32 32"' in svg


def test_a_drawing_is_cropped_centred_and_scaled_to_the_margin() -> None:
    pixels = data.rasterise(webp("red"), 64)
    assert pixels is not None
    rows, columns = np.nonzero(pixels[..., 3] > 128)
    assert np.ptp(rows) + 1 == pytest.approx(64 * data.MARGIN, abs=2)
    assert (rows.min() + rows.max()) / 2 == pytest.approx(31.5, abs=1)
    assert (columns.min() + columns.max()) / 2 == pytest.approx(31.5, abs=1)


def test_nothing_drawn_is_nothing() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (8, 8)).save(file, "WEBP", lossless=True)
    assert data.rasterise(file.getvalue(), 16) is None


def test_packing_writes_one_row_for_each_drawing(packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "STYLES", ("3d",))
    data.pack(packages.parent, 32, workers=1)
    pixels, pictures = data.load(packages.parent)
    assert pixels.shape == (2, 32, 32, 4)
    assert [(each.row, each.style, each.concept.label) for each in pictures] == [
        (0, "3d", "grinning face"),
        (1, "3d", "cat"),
    ]


def test_wheels_are_read_like_tars(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.writestr("a/model.txt", "words")
        wheel.writestr("a/other.bin", "no")
    assert list(data.read_members(tmp_path / "a.whl", r"\.txt$")) == [("a/model.txt", b"words")]


def test_every_source_names_its_licence_and_none_is_share_alike() -> None:
    for source in (*data.SOURCES, data.HELD_OUT):
        assert source.licence
        assert source.credit
        assert "SA" not in source.licence.split("-")


def test_common_concepts_come_first(toy: Config) -> None:
    _, pictures = data.load(toy.work)
    known = {picture.concept.key: picture.concept for picture in pictures}.values()
    assert {each.label for each in concepts.choose(known, 4)} < {each.label for each in known}
    assert concepts.choose(known, 1)[0].label in {"cat face", "red apple", "astronaut"}
