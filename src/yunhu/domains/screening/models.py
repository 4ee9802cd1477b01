"""Table of word lists."""

from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, Jsonb, Moment


class ScreeningVersion(Base):
    """All word lists as they stood from one upload to the next. Never changed: verdicts name their version."""

    __tablename__ = "screening_versions"
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, …; 0 is the list that the product ships, used until something is uploaded."""
    lists: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Category → `{"action": "refuse" | "warn", "words": [...]}`."""
    digest: Mapped[str]
    """SHA-256 of the lists, hexadecimal."""
    created_at: Mapped[Moment]
    created_by: Mapped[Jsonb]
    """An `Actor`."""
    note: Mapped[str]
