"""The URL of a database, as owners write it and as hosters give it."""

import pytest

from bot.storage.urls import UnreadableUrl, read_url


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("postgres://u:p@host:5432/db", "postgresql+asyncpg://u:p@host:5432/db"),
        ("postgresql://u:p@host/db?sslmode=require", "postgresql+asyncpg://u:p@host/db?ssl=require"),
        (
            "postgresql+asyncpg://u:p@host/db?sslmode=verify-full&channel_binding=require",
            "postgresql+asyncpg://u:p@host/db?ssl=verify-full",
        ),
        (" postgresql+psycopg2://u:p%40x@host/db ", "postgresql+asyncpg://u:p%40x@host/db"),
        ("sqlite:///data/x.db", "sqlite+aiosqlite:///data/x.db"),
    ],
)
def test_what_hosters_give_is_read(written: str, read: str) -> None:
    assert read_url(written).render_as_string(hide_password=False) == read


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("postgresql+asyncpg://u:secret@host:port/db", "port that is no number"),
        ("nonsense", "is not the URL"),
        ("mysql://u:secret@host/db", "begins with mysql://"),
        ("postgresql://u:sec@ret@host/db", "%40"),
        ("sqlite+aiosqlite://", "names no file"),
        ("sqlite+aiosqlite:///:memory:", "names no file"),
        ("postgresql://u:secret@host/db?pgbouncer=true", "pooler"),
        ("postgresql://u:secret@host/db?sslrootcert=/x.pem", "option sslrootcert"),
    ],
)
def test_what_cannot_be_used_is_named_with_what_to_do_and_no_password(written: str, said: str) -> None:
    with pytest.raises(UnreadableUrl) as refused:
        read_url(written)
    assert said in str(refused.value)
    assert "secret" not in str(refused.value)
