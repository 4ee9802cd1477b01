"""Statements that run thousands of times a second: asyncpg itself, without SQLAlchemy in between.

A statement keeps the `:name` of SQLAlchemy's texts, so that both are made of the same fragments.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

_PARAMETER = re.compile(r"(?<!:):([a-z_]+)\b")


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
        rows: Sequence[asyncpg.Record] = await connection.fetch(self.text, *(values[n] for n in self._names))
        return rows

    async def one(self, connection: asyncpg.Connection, values: Mapping[str, Any]) -> asyncpg.Record:
        """The only row."""
        (row,) = await self.all(connection, values)
        return row
