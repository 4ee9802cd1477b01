"""Statements that run thousands of times a second: asyncpg itself, without SQLAlchemy in between.

A statement keeps the `:name` of SQLAlchemy's texts, so that both are made of the same fragments.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import asyncpg
from sqlalchemy import TextClause
from sqlalchemy.exc import MultipleResultsFound, NoResultFound
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

_PARAMETER = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)\b")


class BareStatement:
    """A text with named parameters, as the driver takes it; the driver prepares it once a connection."""

    def __init__(self, text: str) -> None:
        self._names = tuple(dict.fromkeys(_PARAMETER.findall(text)))
        places = {name: f"${index}" for index, name in enumerate(self._names, 1)}
        self.text = _PARAMETER.sub(lambda found: places[found[1]], text)

    async def all(
        self, connection: asyncpg.Connection, values: Mapping[str, Any]
    ) -> Sequence[asyncpg.Record]:
        """Every row. What is in `values` besides the parameters is left alone."""
        rows: Sequence[asyncpg.Record] = await connection.fetch(
            self.text, *(values[name] for name in self._names), record_class=_Row
        )
        return rows

    async def one(self, connection: asyncpg.Connection, values: Mapping[str, Any]) -> asyncpg.Record:
        """The only row."""
        (row,) = await self.all(connection, values)
        return row


class LeanSession(AsyncSession):
    """One transaction whose texts go to the driver at once (ADR 0008).

    Everything else goes the usual way, within the same transaction. `execute` of a text gives `Rows`, which know the
    common part of SQLAlchemy's `Result`. Where PostgreSQL cannot tell a parameter's type, the text must cast it.
    """

    def __init__(self, driver: asyncpg.Connection, pooled: AsyncConnection) -> None:
        super().__init__(pooled, expire_on_commit=False, autoflush=False)
        self._driver = driver

    async def execute(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """See `AsyncSession.execute`."""
        if isinstance(statement, TextClause):
            return Rows(await _bare(statement.text).all(self._driver, params or {}))
        return await super().execute(statement, params, **options)

    async def scalar(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """See `AsyncSession.scalar`."""
        if isinstance(statement, TextClause):
            return (await self.execute(statement, params)).scalar()
        return await super().scalar(statement, params, **options)


class Rows:
    """What a text gave; see SQLAlchemy's `Result`."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> Sequence[Any]:
        """Every row."""
        return self._rows

    def first(self) -> Any | None:
        """The first row, if any."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """The only row. Raises `NoResultFound` and `MultipleResultsFound`, as those below do."""
        if not self._rows:
            raise NoResultFound
        return self.one_or_none()

    def one_or_none(self) -> Any | None:
        """The only row, if there is one."""
        if len(self._rows) > 1:
            raise MultipleResultsFound
        return self.first()

    def scalar(self) -> Any | None:
        """First column of the first row, if any."""
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        """First column of the only row."""
        return self.one()[0]

    def scalar_one_or_none(self) -> Any | None:
        """First column of the only row, if there is one."""
        row = self.one_or_none()
        return None if row is None else row[0]

    def scalars(self) -> "Rows":
        """The first column alone."""
        return Rows([row[0] for row in self._rows])


class _Row(asyncpg.Record):
    """With its columns as attributes, like SQLAlchemy's rows."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError as unknown:
            raise AttributeError(name) from unknown


@lru_cache(maxsize=512)
def _bare(text: str) -> BareStatement:
    return BareStatement(text)
