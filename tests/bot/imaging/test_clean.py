"""Pictures that come in: only what was decoded goes on, and a file that lies is refused in a sentence."""

import random
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from bot.domain.uploads import MOST_BYTES, Unusable
from bot.imaging.clean import KEPT_SIDE, MAX_SIDE, MOST_SCANS, Cleaned, clean

RED, BLUE = (255, 0, 0), (0, 0, 255)
SECRET = b"zebra-50.0755N"
HALF = (32, 24)


def halves(size: tuple[int, int] = (96, 64), mode: str = "RGB") -> Image.Image:
    """Red on its left, blue on its right."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, *size))
    return picture.convert(mode)


def saved(picture: Image.Image, extension: str = "PNG", **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, format=extension, **options)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *chunks: bytes, bits: int = 8, colour: int = 2, data: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def is_near(found: Any, wanted: tuple[int, int, int], by: int = 12) -> bool:
    return all(abs(one - other) <= by for one, other in zip(found, wanted, strict=True))


def sides(cleaned: Cleaned) -> tuple[Any, Any]:
    """The colours left and right."""
    picture = cleaned.picture
    return picture.getpixel((4, 4)), picture.getpixel((picture.width - 5, picture.height - 5))


def refused(data: bytes) -> str:
    with pytest.raises(Unusable) as told:
        clean(data)
    return str(told.value)


@pytest.mark.parametrize("extension", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "LA", "1", "I;16", "CMYK"])
def test_every_kind_of_picture_becomes_the_same(extension: str, mode: str) -> None:
    picture = halves(mode="L" if mode in {"I;16", "1"} else "RGB").convert(mode)
    try:
        data = saved(picture, extension)
    except (OSError, ValueError):
        pytest.skip(f"{extension} holds no {mode}")
    cleaned = clean(data)
    assert (cleaned.picture.mode, cleaned.picture.size, cleaned.picture.info) == ("RGB", (96, 64), {})
    with Image.open(BytesIO(cleaned.data)) as kept:
        assert kept.convert("RGB").tobytes() == cleaned.picture.tobytes()
    if mode in {"RGB", "P", "RGBA", "CMYK"}:
        assert is_near(sides(cleaned)[0], RED, by=20)
        assert is_near(sides(cleaned)[1], BLUE, by=60 if mode == "CMYK" else 20)


def test_what_is_transparent_lies_over_white() -> None:
    picture = halves(mode="RGBA")
    picture.putalpha(Image.new("L", picture.size, 0))
    assert sides(clean(saved(picture))) == ((255, 255, 255), (255, 255, 255))
    indexed = halves(mode="P")
    assert sides(clean(saved(indexed, transparency=indexed.getpixel((1, 1)))))[0] == (255, 255, 255)


def test_deep_grey_is_not_cut_off() -> None:
    deep = Image.new("I;16", (64, 64), 0x8000)
    assert sides(clean(saved(deep)))[0] == (128, 128, 128)


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("extension", ["JPEG", "PNG", "WEBP"])
def test_a_picture_comes_upright(turn: int, extension: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    cleaned = clean(saved(halves(), extension, exif=exif))
    assert cleaned.picture.size == ((96, 64) if turn < 5 else (64, 96))
    is_turned = turn in {2, 3, 7, 8}
    assert is_near(sides(cleaned)[0], BLUE if is_turned else RED, by=20)


def test_a_large_picture_is_reduced_without_seams() -> None:
    gradient = Image.linear_gradient("L").resize((64, 3000)).convert("RGB")
    small = clean(saved(gradient)).picture
    assert small.size == (round(64 * KEPT_SIDE / 3000), KEPT_SIDE)
    whole = gradient.resize(small.size, Image.Resampling.BICUBIC)
    assert max(abs(a - b) for a, b in zip(whole.tobytes(), small.tobytes(), strict=True)) <= 1


def test_a_profile_is_turned_into_the_colours_of_the_web() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ"))
    strange = clean(saved(halves(), icc_profile=lab.tobytes()))
    plain = clean(
        saved(halves(), icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    )
    broken = clean(saved(halves(), icc_profile=b"no profile" * 20))
    assert sides(plain) == sides(broken) == (RED, BLUE)
    assert strange.picture.info == {}


def test_nothing_but_the_pixels_goes_on() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = SECRET.decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = SECRET.decode()
    text = PngImagePlugin.PngInfo()
    text.add_text("parameters", SECRET.decode())
    text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    frames = {"save_all": True, "append_images": [Image.new("RGB", (96, 64), "lime")]}
    files = [
        saved(halves(), "PNG", exif=exif, pnginfo=text),
        saved(halves(), "JPEG", exif=exif, comment=SECRET, xmp=SECRET),
        saved(halves(), "WEBP", exif=exif, xmp=SECRET),
        saved(halves(), "GIF", comment=SECRET, **frames),
        saved(halves(), "WEBP", **frames),
        saved(halves(), "PNG", **frames),
        saved(halves(), "JPEG") + b"PK\x03\x04" + SECRET,
    ]
    for data in files:
        cleaned = clean(data)
        assert SECRET not in cleaned.data
        with Image.open(BytesIO(cleaned.data)) as kept:
            assert not kept.getexif()
            assert {"exif", "xmp", "icc_profile", "comment"}.isdisjoint(kept.info)
            assert getattr(kept, "n_frames", 1) == 1
        assert is_near(sides(cleaned)[0], RED, by=20)


def test_the_same_pixels_have_the_same_digest_whatever_file_they_came_in() -> None:
    one, other = clean(saved(halves())), clean(saved(halves(), "WEBP", lossless=True))
    assert one.digest == other.digest
    assert one.digest != clean(saved(halves((64, 96)))).digest


FORMS: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "no picture that I can read"),
    "text": (lambda: b"<html>" * 100, "no picture that I can read"),
    "svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no picture that I can read"),
    "eps": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture that I can read"),
    "bmp": (lambda: saved(halves(), "BMP"), "no picture that I can read"),
    "tiff": (lambda: saved(halves(), "TIFF"), "no picture that I can read"),
    "ico": (lambda: saved(halves((64, 64)), "ICO"), "no picture that I can read"),
    "small": (lambda: saved(halves((31, 64))), "31×64 pixels: too few"),
    "broken off": (lambda: saved(halves((640, 480)))[:300], "damaged"),
    "wide": (lambda: png(MAX_SIDE + 1, 64), "at most 4096 pixels a side"),
    "huge": (lambda: png(2**31 - 1, 2**31 - 1), "at most 4096 pixels a side"),
    "flat bomb": (
        lambda: png(13_000, 13_000, data=zlib.compress(bytes(10**6))),
        "at most 4096 pixels a side",
    ),
    "gif screen": (
        lambda: saved(halves(), "GIF").replace(b"\x60\0\x40\0", b"\xff" * 4),
        "at most 4096 pixels a side",
    ),
    "webp": (lambda: saved(Image.new("RGB", (2500, 2500)), "WEBP", method=0), "6.2 megapixels"),
    "progressive": (
        lambda: saved(Image.new("L", (4000, 3200)), "JPEG", progressive=True),
        "in its format I take at most 12.6",
    ),
    "scans": (
        lambda: saved(halves(), "JPEG").replace(
            b"\xff\xd9", b"\xff\xda\0\x02" * (MOST_SCANS + 1) + b"\xff\xd9"
        ),
        "damaged",
    ),
    "long": (lambda: bytes(MOST_BYTES + 1), "more than 8 MB"),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_cannot_be_taken_is_told_why(name: str) -> None:
    made, says = FORMS[name]
    assert says in refused(made())


def test_what_is_packed_beside_a_picture_is_never_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: list[int] = []

    def noting(data: bytes) -> bytes:
        unpacked.append(len(data))
        return b""

    monkeypatch.setattr(PngImagePlugin, "_safe_zlib_decompress", noting)
    bomb = zlib.compress(bytes(1024 * 1024))
    texts = [chunk(b"zTXt", b"a%d\0\0" % number + bomb) for number in range(60)]
    rows = zlib.compress((b"\0" + bytes(3 * 64)) * 64)
    assert clean(png(64, 64, *texts, data=rows)).picture.size == (64, 64)
    assert unpacked == []


def test_a_thousand_damaged_files_are_taken_or_told() -> None:
    """Ten times as many were tried once, by hand, with the time and the memory of each."""
    dice = random.Random(7)
    seeds = [saved(halves(), extension) for extension in ("PNG", "JPEG", "WEBP", "GIF")]
    taken = 0
    for number in range(1000):
        try:
            taken += bool(clean(mutated(seeds[number % len(seeds)], dice)).data)
        except Unusable:
            continue
    assert 0 < taken < 1000


def mutated(data: bytes, dice: random.Random) -> bytes:
    """A file with some bytes changed, lost, doubled or made up."""
    file = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 4, 16])):
        place, length = dice.randrange(len(file)), dice.choice([1, 1, 2, 4, 30])
        match dice.randrange(5):
            case 0:
                file[place] ^= 1 << dice.randrange(8)
            case 1:
                file[place : place + length] = dice.randbytes(length)
            case 2:
                del file[place : place + length]
            case 3:
                file[place:place] = file[place : place + length]
            case _:
                file[place : place + length] = bytes([dice.choice([0, 0xFF, 0x7F, 0x80])]) * length
        if not file:
            return b""
    return bytes(file)
