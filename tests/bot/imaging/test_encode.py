"""Files are under the limit, look as they should, and carry the recipe and nothing else."""

import io
import re
import threading
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from bot.domain.kinds import JobKind
from bot.domain.prompt import Part, Prompt, parse
from bot.domain.recipe import Canvas, ImageRef, Start, Weights
from bot.domain.samplers import A1111
from bot.domain.size import AspectRatio
from bot.imaging.encode import (
    VERSION,
    Encoded,
    encode_grid,
    encode_preview,
    encode_single,
    is_small,
    recipe_text,
)
from engine.samplers import SAMPLERS
from tests.bot.builders import RECIPE, job

from .test_grid import COLORS, noise

JOB = job(kind=JobKind.PICK, recipe=replace(RECIPE, num_images=1), prompt="a red apple --no text, blur")


def text_of(**changes: object) -> str:
    """The recipe text of a changed recipe."""
    return recipe_text(replace(JOB, recipe=replace(JOB.recipe, **changes)))  # type: ignore[arg-type]


def opened(encoded: Encoded) -> Image.Image:
    """The picture in the file, which is what the result says it is."""
    image = Image.open(io.BytesIO(encoded.data))
    image.load()
    assert Image.MIME[image.format or ""] == encoded.content_type
    assert image.size == (encoded.width, encoded.height)
    assert image.mode == "RGB"
    return image


def user_comment(image: Image.Image) -> str:
    """The recipe in EXIF, as A1111's web UI reads it."""
    comment = image.getexif().get_ifd(IFD.Exif)[Base.UserComment]
    assert comment.startswith(b"UNICODE\0")
    return str(comment[8:].decode("utf-16-be"))


def as_the_web_ui_reads(exif: bytes) -> str:
    """The user comment by the rules of piexif, with which A1111's web UI reads it, and of nobody else's code.

    Exif and a TIFF: the first directory points to Exif's own, whose tag 0x9286 is bytes of no known type (7),
    led by eight letters that name the characters.
    """
    tiff = exif.removeprefix(b"Exif\0\0")
    order: Literal["big", "little"] = "big" if tiff[:2] == b"MM" else "little"

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)

    def entry(directory: int, tag: int) -> int:
        first = directory + 2
        return next(at for at in range(first, first + 12 * number(directory, 2), 12) if number(at, 2) == tag)

    comment = entry(number(entry(number(4, 4), 0x8769) + 8, 4), 0x9286)
    assert number(comment + 2, 2) == 7
    start, length = number(comment + 8, 4), number(comment + 4, 4)
    value = tiff[start : start + length]
    assert value[:8] == b"UNICODE\0"
    return value[8:].decode("utf_16_be")


def smooth(width: int, height: int) -> Image.Image:
    """A picture that compresses as a real one does."""
    return noise(1, width // 16, height // 16).resize((width, height), Image.Resampling.BICUBIC)


class TestGrid:
    """What an /imagine posts."""

    def test_is_webp_and_close_to_the_pictures(self) -> None:
        tiles = [smooth(128, 128) for _ in range(4)]
        encoded = encode_grid(tiles, limit_bytes=10 * 2**20)
        image = opened(encoded)
        assert (encoded.extension, encoded.width, encoded.height) == ("webp", 256, 256)
        cell = np.asarray(image.crop((0, 128, 128, 256)), dtype=float)
        assert np.abs(cell - np.asarray(tiles[2], dtype=float)).mean() < 6

    @pytest.mark.parametrize("limit", [2_000, 10_000, 50_000, 200_000, 500_000])
    def test_is_under_any_limit(self, limit: int) -> None:
        encoded = encode_grid([noise(seed, 256, 256) for seed in range(4)], limit_bytes=limit)
        opened(encoded)
        assert len(encoded.data) < limit

    def test_is_coarser_before_it_is_smaller(self) -> None:
        tiles = [noise(seed, 256, 256) for seed in range(4)]
        best = encode_grid(tiles, limit_bytes=10 * 2**20)
        coarser = encode_grid(tiles, limit_bytes=len(best.data) * 8 // 10)
        assert (coarser.extension, coarser.width) == ("jpg", 512)
        assert encode_grid(tiles, limit_bytes=20_000).width < 512

    def test_too_long_for_webp_is_jpeg(self) -> None:
        assert encode_grid([Image.new("RGB", (9000, 20))] * 2, limit_bytes=10 * 2**20).extension == "jpg"

    def test_carries_nothing_but_the_picture(self) -> None:
        tile = Image.new("RGB", (64, 64))
        tile.info.update(comment=b"secret", exif=b"Exif\0\0secret", xmp=b"secret", icc_profile=b"secret")
        for limit in (10 * 2**20, 700):
            encoded = encode_grid([tile] * 4, limit_bytes=limit)
            assert b"secret" not in encoded.data
            assert not opened(encoded).getexif()

    @pytest.mark.parametrize(("limit", "format_name"), [(10 * 2**20, "WEBP"), (40_000, "JPEG")])
    @pytest.mark.parametrize("prompt", ["a red apple --ar 3:2 --no text, blur", "赤いりんご 🍎::2 snow::1"])
    def test_its_file_gives_the_recipe_back(self, limit: int, format_name: str, prompt: str) -> None:
        recipe = replace(RECIPE, prompt=parse(prompt), seed=77, canvas=Canvas(width=192, height=128))
        text = recipe_text(job(recipe=recipe))
        encoded = encode_grid([noise(seed, 192, 128) for seed in range(4)], text, limit_bytes=limit)
        image = opened(encoded)
        assert (image.format, len(encoded.data) < limit) == (format_name, True)
        assert set(image.getexif()) == {IFD.Exif}
        read = as_the_web_ui_reads(image.info["exif"])
        assert read == text
        asked = parse(read)
        assert asked.parts == recipe.prompt.parts
        assert (asked.parameters.seed, asked.parameters.steps) == (77, recipe.sampling.steps)
        assert asked.parameters.aspect_ratio == AspectRatio(width=3, height=2)
        assert asked.parameters.negative == recipe.prompt.parameters.negative

    def test_is_thread_safe(self) -> None:
        tiles = [smooth(128, 128)] * 4
        results: list[bytes] = []
        threads = [
            threading.Thread(target=lambda: results.append(encode_grid(tiles, limit_bytes=2**20).data))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 8
        assert len(set(results)) == 1


class TestPreview:
    """What a progress message shows."""

    @pytest.mark.parametrize(
        ("tile", "size"), [((16, 16), (256, 256)), ((64, 48), (256, 192)), ((1024, 512), (512, 256))]
    )
    def test_is_a_small_jpeg_that_can_be_seen(self, tile: tuple[int, int], size: tuple[int, int]) -> None:
        encoded = encode_preview([noise(seed, *tile) for seed in range(4)])
        assert opened(encoded).size == size
        assert encoded.extension == "jpg"
        assert len(encoded.data) < 120_000

    def test_shows_the_pictures_in_order(self) -> None:
        image = opened(encode_preview([Image.new("RGB", (16, 16), color) for color in COLORS]))
        for color, at in zip(COLORS, [(64, 64), (192, 64), (64, 192), (192, 192)], strict=True):
            pixel = image.getpixel(at)
            assert isinstance(pixel, tuple)
            assert np.allclose(pixel, color, atol=6)


class TestSingle:
    """What a U press posts."""

    def test_a_large_picture_is_kept_to_the_bit(self) -> None:
        picture = smooth(512, 768)
        encoded = encode_single(picture, text_of(), limit_bytes=10 * 2**20)
        assert opened(encoded).tobytes() == picture.tobytes()
        assert (encoded.extension, encoded.is_enlarged, is_small(picture)) == ("png", False, False)

    @pytest.mark.parametrize(
        ("size", "enlarged"), [((128, 128), (512, 512)), ((168, 112), (840, 560)), ((511, 600), (1022, 1200))]
    )
    def test_a_small_one_is_enlarged_by_a_whole_factor(
        self, size: tuple[int, int], enlarged: tuple[int, int]
    ) -> None:
        picture = smooth(*size)
        encoded = encode_single(picture, text_of(), limit_bytes=10 * 2**20)
        assert opened(encoded).size == enlarged
        assert encoded.is_enlarged
        assert is_small(picture)

    def test_the_recipe_is_in_the_png_and_nothing_else(self) -> None:
        picture = Image.new("RGB", (512, 512))
        picture.info.update(comment=b"secret", Author="secret", dpi=(300, 300))
        encoded = encode_single(picture, text_of(), limit_bytes=10 * 2**20)
        assert opened(encoded).info == {"parameters": text_of()}
        assert b"tEXtparameters\0a red apple" in encoded.data

    def test_a_recipe_in_any_script(self) -> None:
        text = text_of(prompt=parse("赤いりんご 🍎"))
        assert opened(encode_single(noise(1, 512, 512), text, limit_bytes=2**23)).info["parameters"] == text

    @pytest.mark.parametrize(("limit", "extension"), [(700_000, "webp"), (250_000, "jpg"), (30_000, "jpg")])
    def test_under_the_limit_the_recipe_moves_to_exif(self, limit: int, extension: str) -> None:
        text = text_of(prompt=parse("赤いりんご 🍎"))
        encoded = encode_single(noise(1, 512, 512), text, limit_bytes=limit)
        image = opened(encoded)
        assert len(encoded.data) < limit
        assert encoded.extension == extension
        assert user_comment(image) == text
        assert set(image.getexif()) == {IFD.Exif}


# As modules/infotext_utils.py of AUTOMATIC1111's web UI reads it.
FIELD = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')


def read_like_the_web_ui(text: str) -> dict[str, str]:
    """Prompt, negative prompt and fields of a recipe text."""
    *lines, last = text.strip().split("\n")
    values = {"Prompt": "", "Negative prompt": ""}
    field = "Prompt"
    for line in lines:
        if line.startswith("Negative prompt:"):
            field, line = "Negative prompt", line.removeprefix("Negative prompt:").strip()  # noqa: PLW2901
        values[field] += ("\n" if values[field] else "") + line
    return values | dict(FIELD.findall(last))


class TestRecipeText:
    """The recipe in A1111's convention."""

    def test_reads_as_the_convention_has_it(self) -> None:
        assert text_of() == (
            "a red apple\n"
            "Negative prompt: text, blur\n"
            "Steps: 16, Sampler: DPM++ 2M, CFG scale: 3, Seed: 7, Size: 144x96, "
            f"Model hash: 0123456789, Model: sketch, Version: {VERSION}"
        )
        assert VERSION.startswith("Darkroom ")

    def test_comes_back_whole(self) -> None:
        text = text_of(
            weights=Weights(name="a, b: c", hash="0123456789"),
            start=Start(image=ImageRef(job_id=1, index=0), strength=0.65),
            sampling=replace(RECIPE.sampling, guidance_scale=7.5),
        )
        assert read_like_the_web_ui(text) == {
            "Prompt": "a red apple",
            "Negative prompt": "text, blur",
            "Steps": "16",
            "Sampler": "DPM++ 2M",
            "CFG scale": "7.5",
            "Seed": "7",
            "Size": "144x96",
            "Model hash": "0123456789",
            "Model": '"a, b: c"',
            "Denoising strength": "0.65",
            "Version": VERSION,
        }

    @pytest.mark.parametrize("sampler", SAMPLERS)
    def test_every_sampler_has_a_name_that_web_uis_know(self, sampler: str) -> None:
        text = text_of(sampling=replace(RECIPE.sampling, sampler=sampler))
        assert A1111[sampler][0] in text
        assert f"Sampler: {sampler}," not in text

    @pytest.mark.parametrize("prompt", ["a red apple --ar 3:2 --no text, blur", "hot::2 dog::1 --no x"])
    def test_pasted_back_it_asks_for_the_same(self, prompt: str) -> None:
        recipe = replace(RECIPE, prompt=parse(prompt), seed=77, canvas=Canvas(width=192, height=128))
        asked = parse(recipe_text(replace(JOB, recipe=recipe)))
        assert asked.parts == recipe.prompt.parts
        assert asked.parameters == replace(
            recipe.prompt.parameters, seed=77, steps=16, aspect_ratio=AspectRatio(width=3, height=2)
        )

    def test_no_link_and_no_id_of_anybody_goes_into_a_file(self) -> None:
        parts = (
            Part(text="a cat <@123456789012345678> in <#5> https://example.com/a.png?x=1 by <a:cat:9> 3 < 4"),
        )
        text = text_of(prompt=Prompt(parts=parts))
        assert text.splitlines()[0] == "a cat in by 3 < 4"

    def test_no_negative_prompt_has_no_line(self) -> None:
        assert "Negative" not in text_of(prompt=parse("a red apple"))

    def test_several_parts_are_joined_as_the_web_ui_joins_them(self) -> None:
        text = text_of(prompt=parse("hot::2 dog:: snow::-0.5 --no cat"))
        assert text.startswith("hot :2 AND dog :1 AND snow :-0.5\n")
