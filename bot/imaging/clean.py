"""Pictures that come in become ours: decoded under limits, upright, in sRGB, small enough, and no more.

Only what was decoded goes on, on a canvas of its own: no metadata, no second frame, nothing behind the end.
"""

import hashlib
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms, UnidentifiedImageError
from PIL.ExifTags import Base

from bot.domain.sentences import say
from bot.domain.uploads import MOST_BYTES, Unusable
from bot.imaging.fetch import too_large

FORMATS = ["PNG", "JPEG", "WEBP", "GIF"]
MIN_SIDE = 32
MAX_SIDE = 4096
"""Of what is decoded, in pixels."""
KEPT_SIDE = 2048
"""Of what is kept: larger pictures are reduced."""
MEGAPIXEL = 1_000_000
PIXELS = {"PNG": 16.8 * MEGAPIXEL, "JPEG": 16.8 * MEGAPIXEL, "GIF": 16.8 * MEGAPIXEL, "WEBP": 6 * MEGAPIXEL}
PROGRESSIVE_PIXELS = 12.6 * MEGAPIXEL
"""What decodes within 90 MB: a WebP takes 16 bytes a pixel, a progressive JPEG 7, everything else 4."""
MOST_SCANS = 64
"""Passes over a JPEG; ordinary ones make 1 to 10, and each takes as long as the whole picture."""
MOST_PROFILE_BYTES = 1024 * 1024
STRIP = 32
"""Rows that are made smaller at a time: nothing large is ever there twice."""
MARGIN = 4
"""Rows beside a strip that its first and last ones are made from as well, per row of the result."""
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings a picture upright, by the orientation in its EXIF."""
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"eXIf", b"IDAT", b"IEND"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A picture as it is kept."""

    picture: Image.Image
    """RGB."""
    data: bytes
    """The same as a lossless WebP."""
    digest: str
    """SHA-256 of its size and its pixels, in hex."""


def clean(data: bytes) -> Cleaned:
    """The picture in a file that anybody may have made. Blocking.

    Raises: Unusable.
    """
    if len(data) > MOST_BYTES:
        raise too_large()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = _decoded(_without_ballast(data))
    except UnidentifiedImageError:
        raise Unusable(
            say("This file is no picture that I can read. Save it as PNG, JPEG, WebP or GIF.")
        ) from None
    except (Image.DecompressionBombError, MemoryError):
        raise _too_many_pixels() from None
    except (
        OSError,
        SyntaxError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        EOFError,
        struct.error,
    ) as error:
        del error  # what Pillow's readers raise on files that break off or lie
        raise Unusable(
            say("This picture is damaged. Open it somewhere, save it anew and try again.")
        ) from None
    return Cleaned(picture=picture, data=_encoded(picture), digest=_digest(picture))


def _decoded(data: bytes) -> Image.Image:
    small, profile, turn = _read(data)  # what was read at full size is gone by now
    coloured = _in_srgb(small, profile)
    return coloured if turn is None else coloured.transpose(turn)


def _read(data: bytes) -> tuple[Image.Image, object, Image.Transpose | None]:
    """The picture as small as it is kept, its colour profile, and what brings it upright."""
    with Image.open(BytesIO(data), formats=FORMATS) as opened:
        _check(opened, data)
        turn = TURNS.get(opened.getexif().get(Base.Orientation, 1))
        profile = opened.info.get("icc_profile")
        if opened.format == "JPEG":
            opened.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
        opened.load()
        return _reduced(opened), profile, turn


def _check(opened: Image.Image, data: bytes) -> None:
    """Whether a picture is to be decoded, by its head. Raises: Unusable."""
    width, height = opened.size
    if min(width, height) < MIN_SIDE:
        raise Unusable(
            say(
                "This picture has {width}×{height} pixels: too few to draw from. Take one of at least "
                "{least}×{least}.",
                width=width,
                height=height,
                least=MIN_SIDE,
            )
        )
    most = PIXELS[opened.format or "WEBP"]
    if opened.info.get("progressive") or opened.info.get("progression"):
        most = PROGRESSIVE_PIXELS
    if max(width, height) > MAX_SIDE:
        raise _too_many_pixels()
    if width * height > most:
        raise Unusable(
            say(
                "This picture has {pixels} megapixels; in its format I take at most {most}. Make it smaller "
                "and try again.",
                pixels=round(width * height / MEGAPIXEL, 1),
                most=round(most / MEGAPIXEL, 1),
            )
        )
    if opened.format == "JPEG" and data.count(b"\xff\xda") > MOST_SCANS:
        raise ValueError("a JPEG of too many scans")


def _too_many_pixels() -> Unusable:
    return Unusable(
        say(
            "This picture is too large: I take at most {most} pixels a side. Make it smaller and try again.",
            most=MAX_SIDE,
        )
    )


def _reduced(opened: Image.Image) -> Image.Image:
    """The picture in RGB or CMYK, over white, at most `KEPT_SIDE` a side; strip by strip."""
    width, height = opened.size
    scale = max(1.0, max(width, height) / KEPT_SIDE)
    size = (max(1, round(width / scale)), max(1, round(height / scale)))
    canvas = Image.new("CMYK" if opened.mode == "CMYK" else "RGB", size)
    if size == opened.size:
        for top, bottom in _strips(height):
            canvas.paste(_flat(opened.crop((0, top, width, bottom))), (0, top))
        return canvas
    step = height / size[1]
    for top, bottom in _strips(size[1]):
        first = max(0, int((top - MARGIN) * step))
        last = min(height, int((bottom + MARGIN) * step) + 1)
        rows = _flat(opened.crop((0, first, width, last)))
        box = (0.0, top * step - first, float(width), min(bottom * step, height) - first)
        part = rows.resize((size[0], bottom - top), Image.Resampling.BICUBIC, box=box)
        canvas.paste(part, (0, top))
    return canvas


def _strips(height: int) -> Iterator[tuple[int, int]]:
    return ((top, min(top + STRIP, height)) for top in range(0, height, STRIP))


def _flat(strip: Image.Image) -> Image.Image:
    """Some rows in RGB or CMYK; what is transparent lies over white."""
    if strip.mode.startswith("I"):  # of 16 bits a pixel, which Pillow would cut off at 255
        deep = np.asarray(strip).astype(np.int64)
        return Image.fromarray((deep >> 8).clip(0, 255).astype(np.uint8)).convert("RGB")
    if strip.has_transparency_data:
        shown = strip.convert("RGBA")
        over_white = Image.new("RGB", shown.size, "white")
        over_white.paste(shown, mask=shown.getchannel("A"))
        return over_white
    return strip if strip.mode in {"RGB", "CMYK"} else strip.convert("RGB")


def _in_srgb(picture: Image.Image, profile: object) -> Image.Image:
    """The picture in the colours of the web; a profile that cannot be read is passed over."""
    if isinstance(profile, bytes) and len(profile) <= MOST_PROFILE_BYTES:
        try:
            known = ImageCms.ImageCmsProfile(BytesIO(profile))
            if "sRGB" not in ImageCms.getProfileDescription(known):
                turned = ImageCms.profileToProfile(
                    picture, known, ImageCms.createProfile("sRGB"), outputMode="RGB"
                )
                picture = turned or picture
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError, UnicodeError):
            pass
    picture = picture.convert("RGB")
    picture.info.clear()  # nothing but the pixels comes along
    return picture


def _encoded(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, format="WEBP", lossless=True, quality=0, method=0)
    return out.getvalue()


def _digest(picture: Image.Image) -> str:
    digest = hashlib.sha256(struct.pack(">II", *picture.size))
    digest.update(picture.tobytes())
    return digest.hexdigest()


def _without_ballast(data: bytes) -> bytes:
    """A PNG of nothing but its picture: what is compressed beside it may unpack to a thousand times that."""
    if not data.startswith(PNG_HEAD):
        return data
    chunks, place = memoryview(data), len(PNG_HEAD)
    kept = [chunks[:place]]
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        name, end = data[place + 4 : place + 8], place + 12 + length
        if name in PNG_CHUNKS:
            kept.append(chunks[place:end])
        place = end
        if name == b"IEND":
            break
    return data if sum(map(len, kept)) == len(data) else b"".join(kept)
