"""Pictures as they are: a browser reads what the bot posts, so none is decoded anew for it."""

from io import BytesIO

from PIL import Image, UnidentifiedImageError
from simcord.preview._media import MediaInfo, MediaWorker

CONTENT_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}


class Pictures(MediaWorker):  # type: ignore[misc]
    """simcord's decoder starts a process for each picture, eight at most; this one only looks at its head."""

    async def validate(self, key: str, blob: bytes, *, media_time: float | None = None) -> MediaInfo:
        """What a picture is; what is none, or is to be shown at a time, goes to simcord's decoder."""
        found = _read(blob) if media_time is None else None
        return found or await super().validate(key, blob, media_time=media_time)


def _read(blob: bytes) -> MediaInfo | None:
    try:
        with Image.open(BytesIO(blob)) as image:
            kind, size, frames = str(image.format), image.size, getattr(image, "n_frames", 1)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    if kind not in CONTENT_TYPES:
        return None
    decoded = size[0] * size[1] * 4
    return MediaInfo(kind, *size, frames, decoded, blob, CONTENT_TYPES[kind], transformation="none")
