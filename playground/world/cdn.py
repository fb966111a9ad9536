"""Files by URL: what was uploaded, and people's pictures."""

import mimetypes
import re
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlsplit

from PIL import Image, UnidentifiedImageError
from simcord.backend.cdn import CdnStore


class Cdn(CdnStore):  # type: ignore[misc]
    """Files by URL; the URLs point at this server and look signed, as Discord's do."""

    base_url = ""

    def store_attachment(
        self, attachment_id: int, channel_id: int, filename: str, data: bytes, description: str | None
    ) -> dict[str, Any]:
        path = f"/attachments/{channel_id}/{attachment_id}/{quote(filename)}"
        self._blobs[path] = data
        url = f"{self.base_url}{path}?ex=7fffffff&is=0&hm={attachment_id:064x}&"
        content_type = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        return {
            "id": str(attachment_id),
            "filename": filename,
            "size": len(data),
            "url": url,
            "proxy_url": url,
            "content_type": content_type,
            **({"description": description} if description else {}),
            **(_dimensions(data) if content_type.startswith("image/") else {}),
        }

    def get(self, url: str) -> bytes | None:
        data: bytes | None = self._blobs.get(_file_of(url))
        return data

    def store_avatar(self, user_id: int, key: str, data: bytes) -> None:
        self._blobs[f"/avatars/{user_id}/{key}.png"] = data

    def forget(self, url: str) -> None:
        self._blobs.pop(_file_of(url), None)


def _file_of(url: str) -> str:
    """The part of a URL that names the file, without host and signature."""
    path = urlsplit(url).path
    found = re.search(r"/(attachments|avatars)/.*", path)
    return found[0] if found else path


def _dimensions(data: bytes) -> dict[str, int]:
    try:
        with Image.open(BytesIO(data)) as image:
            return {"width": image.width, "height": image.height}
    except (UnidentifiedImageError, OSError):
        return {}
