"""Declarative base and the column types that every table uses."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, LargeBinary, MetaData, Text, Uuid
from sqlalchemy import Date as SqlDate
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

Moment = datetime
"""A point in time, `timestamptz`."""
BlindIndex = bytes
"""16-byte keyed hash of a phone number (see `yunhu.foundation.crypto`)."""
Jsonb = dict[str, Any]
"""A JSON object."""


class Base(DeclarativeBase):
    """Root of every table. Constraint names follow one pattern, so that errors and migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 SQLAlchemy reads it as a plain class attribute
        datetime: DateTime(timezone=True),
        date: SqlDate(),
        str: Text(),
        bytes: LargeBinary(),
        UUID: Uuid(),
        Jsonb: JSONB(),
    }


def one_of(column: str, values: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """A CHECK that a text column holds one of these words."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=column)
