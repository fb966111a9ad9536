"""Statements that the two databases spell differently, and those that are built once."""

from functools import cache
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute


def insert_or_ignore(session: AsyncSession, table: type[Any]) -> Any:
    """INSERT … ON CONFLICT DO NOTHING, in the dialect at hand."""
    return _insert(_dialect(session), table_of(table)).on_conflict_do_nothing()


def adding(session: AsyncSession, table: type[Any], returned: InstrumentedAttribute[Any]) -> Any:
    """The same with RETURNING, to be executed with its values: built once, for what every order does."""
    return _adding(_dialect(session), table_of(table), returned.key)


def updating(session: AsyncSession, table: type[Any], key: tuple[str, ...], columns: tuple[str, ...]) -> Any:
    """INSERT … ON CONFLICT DO UPDATE, to be executed with its values; either way the row is locked."""
    return _updating(_dialect(session), table_of(table), key, columns)


def table_of(row: type[Any]) -> Table:
    """The table of a class of rows: what the mapper adds to a statement costs as much as the statement."""
    return cast("Table", row.__table__)


@cache
def _adding(dialect: str, table: Table, returned: str) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing().returning(table.c[returned])


@cache
def _updating(dialect: str, table: Table, key: tuple[str, ...], columns: tuple[str, ...]) -> Any:
    statement = _insert(dialect, table)
    return statement.on_conflict_do_update(
        index_elements=key, set_={name: statement.excluded[name] for name in columns}
    )


def _insert(dialect: str, table: Table) -> Any:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def _dialect(session: AsyncSession) -> str:
    return session.get_bind().dialect.name
