"""The URL of a database, as owners write it and as hosters give it."""

from collections.abc import Iterator

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
    "postgresql+psycopg": "postgresql+asyncpg",
    "postgresql+psycopg2": "postgresql+asyncpg",
}
FORMS = "Write sqlite+aiosqlite:///data/darkroom.db or postgresql+asyncpg://user:password@host/database."

_KEPT = frozenset({"ssl", "command_timeout", "prepared_statement_cache_size"})
_NEEDLESS = frozenset(
    {"application_name", "channel_binding", "connect_timeout", "gssencmode", "options", "sslnegotiation"}
)
"""What libpq understands and its hosters add, and what changes nothing for us."""


class UnreadableUrl(Exception):
    """It is no URL of a database that we keep; the text says why and what to do. No password is in it."""


def read_url(written: str) -> URL:
    """The URL in our drivers' words.

    Raises: UnreadableUrl.
    """
    try:
        url = make_url(written.strip())
    except SQLAlchemyError:
        raise UnreadableUrl(f"DATABASE_URL is not the URL of a database. {FORMS}") from None
    except ValueError:
        raise UnreadableUrl(f"DATABASE_URL has a port that is no number. {FORMS}") from None
    driver = DRIVERS.get(url.drivername)
    if driver is None:
        raise UnreadableUrl(f"DATABASE_URL begins with {url.drivername}://, which I cannot use. {FORMS}")
    if "@" in (url.host or ""):
        raise UnreadableUrl(
            "DATABASE_URL has an @ in its password or user name. Write it as %40 there "
            "(and : as %3A, / as %2F, # as %23)."
        )
    url = url.set(drivername=driver)
    if driver.startswith("sqlite"):
        return _file(url)
    return url.set(query=dict(_options(url)))


def _file(url: URL) -> URL:
    if not url.database or url.database == ":memory:":
        raise UnreadableUrl(f"DATABASE_URL names no file, so that nothing would outlast a restart. {FORMS}")
    return url


def _options(url: URL) -> Iterator[tuple[str, str]]:
    """What stands behind the question mark, for asyncpg. Raises: UnreadableUrl."""
    for name, value in url.query.items():
        text = value if isinstance(value, str) else value[-1]
        if name == "sslmode":
            yield "ssl", text
        elif name == "pgbouncer" and text.lower() != "false":
            raise UnreadableUrl(
                "DATABASE_URL is that of a pooler (pgbouncer). It cannot hold the lock by which one process "
                "owns the database. Take the direct connection, which your hoster gives as well."
            )
        elif name in _KEPT:
            yield name, text
        elif name not in _NEEDLESS and name != "pgbouncer":
            raise UnreadableUrl(f"DATABASE_URL has the option {name}, which I cannot use. Take it out.")
