"""The picture files: written atomically, named by job and index, readable by nobody else."""

import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from PIL import Image

from bot.domain.recipe import ImageRef
from bot.storage.files import replacing

MAKING = ("words.webp", "denoising.webp")
"""How a picture came about."""
FILM = "film.webp"
"""The denoising of a job."""


class ImageFiles:
    """Tiles (lossless PNG) and their latents below one folder. Blocking: call it in a thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, image: ImageRef, tile: Image.Image, latents: bytes | None) -> None:
        """Keep a picture, with its latents where it was drawn whole. Writing it again replaces it."""
        path = self._path(image, "png")
        with replacing(path) as temporary:
            tile.save(temporary, format="PNG", compress_level=1)
        if latents is None:
            return
        with replacing(self._path(image, "latents")) as temporary:
            temporary.write_bytes(latents)

    def get_tile(self, image: ImageRef) -> Image.Image | None:
        """The tile, or None when the file is gone."""
        try:
            with Image.open(self._path(image, "png")) as opened:
                return opened.convert("RGB")
        except FileNotFoundError:
            return None

    def get_latents(self, image: ImageRef) -> bytes | None:
        """The latents, or None when the file is gone."""
        try:
            return self._path(image, "latents").read_bytes()
        except FileNotFoundError:
            return None

    def add_making(self, image: ImageRef, words: bytes, denoising: bytes) -> None:
        """Keep how a picture came about, beside it: it goes with the picture."""
        for extension, data in zip(MAKING, (words, denoising), strict=True):
            path = self._path(image, extension)
            with replacing(path) as temporary:
                temporary.write_bytes(data)

    def get_making(self, image: ImageRef) -> tuple[bytes, bytes] | None:
        """How a picture came about; None where that is not kept."""
        try:
            words, denoising = (self._path(image, extension).read_bytes() for extension in MAKING)
        except FileNotFoundError:
            return None
        return words, denoising

    def add_film(self, image: ImageRef, film: bytes) -> None:
        """Keep the denoising of a job, beside its first picture."""
        path = self._path(image, FILM)
        with replacing(path) as temporary:
            temporary.write_bytes(film)

    def get_film(self, image: ImageRef) -> bytes | None:
        """The denoising of a job; None where that is not kept."""
        try:
            return self._path(image, FILM).read_bytes()
        except FileNotFoundError:
            return None

    def delete_makings(self, days: int) -> int:
        """Delete how pictures came about, where that is older than this; returns how many files."""
        return sum(self._delete_old(f"*.{extension}", days) for extension in MAKING)

    def copy(self, image: ImageRef, to: ImageRef) -> None:
        """Keep a picture under another name, too; one that is gone is no error."""
        for extension in ("png", "latents"):
            path = self._path(to, extension)
            with suppress(FileNotFoundError), replacing(path) as temporary:
                shutil.copyfile(self._path(image, extension), temporary)

    def delete(self, images: Iterable[ImageRef]) -> None:
        """Delete pictures with their latents; those that are gone already are no error."""
        for image in images:
            for extension in ("png", "latents", FILM, *MAKING):
                self._path(image, extension).unlink(missing_ok=True)

    def list_older_than(self, moment: float) -> set[ImageRef]:
        """The pictures of which there are files that were last written before a moment, in seconds (Unix).

        What was being written then, when a process died, is deleted on the way.
        """
        found = set()
        for path in self.folder.glob("*/*"):
            job_id, _, index = path.stem.partition("-")
            is_picture = job_id.isdecimal() and index.isdecimal()
            if not (is_picture or path.suffix == ".tmp") or path.stat().st_mtime >= moment:
                continue
            if is_picture:
                found.add(ImageRef(job_id=int(job_id), index=int(index)))
            else:
                path.unlink(missing_ok=True)
        return found

    def delete_older_than(self, days: int) -> int:
        """Delete what is older than the retention time; returns how many files."""
        return self._delete_old("*.*", days)

    def _delete_old(self, names: str, days: int) -> int:
        horizon = time.time() - days * 86_400
        old = [path for path in self.folder.glob(f"*/{names}") if path.stat().st_mtime < horizon]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _path(self, image: ImageRef, extension: str) -> Path:
        return self.folder / f"{image.job_id // 1000:06d}" / f"{image.job_id}-{image.index}.{extension}"
