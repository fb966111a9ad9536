"""Pictures that members bring along: whose they are, who may, and what becomes of them."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

from PIL import Image

from bot.domain.uploads import Bytes
from bot.services import Services
from tests.bot.services.community import ADA, now


def file(colour: str = "red", size: tuple[int, int] = (64, 48), extension: str = "PNG") -> Bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, format=extension)
    return Bytes(data=out.getvalue())


def kept(folder: Path) -> list[Path]:
    return [path for path in (folder / "uploads").glob("*/*") if path.is_file()]


BO = replace(ADA, user_id=101)


async def test_a_picture_is_kept_by_what_it_shows_for_whoever_brings_it(
    services: Services, tmp_path: Path
) -> None:
    mine = await services.uploads.bring(now(ADA), file())
    assert await services.uploads.bring(now(ADA), file(extension="GIF")) == mine
    theirs = await services.uploads.bring(now(BO), file())
    assert theirs != mine
    assert await services.uploads.bring(now(replace(ADA, guild_id=2)), file()) not in {mine, theirs}
    (path,) = kept(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    picture = await services.uploads.image(mine)
    assert (picture.mode, picture.size, picture.getpixel((5, 5))) == ("RGB", (64, 48), (255, 0, 0))
