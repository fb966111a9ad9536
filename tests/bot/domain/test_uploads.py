"""How members name pictures."""

import pytest

from bot.domain.errors import Unreadable
from bot.domain.recipe import ImageRef, UploadRef
from bot.domain.uploads import Grid, Link, Named, named, written


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("picture:12.3", ImageRef(job_id=12, index=2)),
        (" Picture:12.1 ", ImageRef(job_id=12, index=0)),
        ("picture:12", Grid(job_id=12)),
        ("upload:7", UploadRef(upload_id=7)),
        ("<https://cdn.discordapp.com/a/b.png?ex=1&>", Link(url="https://cdn.discordapp.com/a/b.png?ex=1&")),
        ("HTTP://x.example", Link(url="HTTP://x.example")),
    ],
)
def test_a_picture_is_named_by_its_number_or_a_link(typed: str, meant: Named) -> None:
    assert named(typed) == meant
    if isinstance(meant, ImageRef | UploadRef):
        assert named(written(meant)) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "picture:",
        "picture:1.5",
        "picture:1.0",
        "picture:-1",
        "picture:1234567890123456789",
        "upload:x",
        "upload:1.1",
        "file:///etc/passwd",
        "blob:https://discord.com/1",
        "https://a b",
        "https://" + "a" * 3000,
        "javascript:alert(1)",
        "`@everyone`",
    ],
)
def test_who_names_none_is_told_how_one_is_named(typed: str) -> None:
    with pytest.raises(Unreadable, match="is no link to a picture") as told:
        named(typed)
    assert len(str(told.value)) < 300
