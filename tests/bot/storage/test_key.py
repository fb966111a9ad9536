"""The key of the digests: whole or not at all, and the same for everybody."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.storage.forgetting import KEY_BYTES, get_key
from tests.bot.outages import full_disk


def test_a_full_disk_leaves_no_part_of_a_key(tmp_path: Path) -> None:
    path = tmp_path / "forgetting.key"
    with full_disk(), pytest.raises(OSError, match="File too large"):
        get_key(path)
    assert list(tmp_path.iterdir()) == []
    assert len(get_key(path)) == KEY_BYTES
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"short", b"x" * (KEY_BYTES + 1)])
def test_a_file_of_another_length_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "forgetting.key"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"it is no key\. Put it back from a backup"):
        get_key(path)
    assert path.read_bytes() == content


def test_all_who_make_it_at_once_get_the_same(tmp_path: Path) -> None:
    for number in range(20):
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(get_key, [tmp_path / f"{number}.key"] * 8))
        assert len(keys) == 1
