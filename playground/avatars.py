"""Pictures of the people and of the bot, drawn here so that the page needs nothing from outside."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIZE = 128
COLOURS = ("#5865f2", "#3ba55d", "#eb459e", "#e67e22", "#1abc9c", "#9b59b6")


def initial(name: str, index: int) -> bytes:
    """A PNG with the first letter of a name."""
    image = Image.new("RGB", (SIZE, SIZE), COLOURS[index % len(COLOURS)])
    font = ImageFont.load_default(size=SIZE * 0.55)
    ImageDraw.Draw(image).text((SIZE / 2, SIZE / 2), name[:1].upper(), "white", font=font, anchor="mm")
    return _png(image)


def safelight() -> bytes:
    """A PNG of the red lamp of a darkroom."""
    image = Image.new("RGB", (SIZE, SIZE), "#160b12")
    draw = ImageDraw.Draw(image)
    for radius, colour in ((52, "#3a0d18"), (42, "#7d1626"), (32, "#c8283a")):
        draw.circle((SIZE / 2, SIZE / 2), radius, fill=colour)
    image = image.filter(ImageFilter.GaussianBlur(7))
    draw = ImageDraw.Draw(image)
    draw.circle((SIZE / 2, SIZE / 2), 23, fill="#ff5a4f")
    draw.circle((SIZE / 2 - 6, SIZE / 2 - 7), 8, fill="#ffb3a3")
    return _png(image)


def _png(image: Image.Image) -> bytes:
    data = BytesIO()
    image.save(data, "PNG")
    return data.getvalue()
