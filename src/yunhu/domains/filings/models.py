"""Tables of filings."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.filings.states import FilingState
from yunhu.foundation.db import Base, Jsonb, Moment, one_of
from yunhu.foundation.ids import new_id


class Filing(Base):
    """备案: a purpose for which a tenant calls people, through all its versions."""

    __tablename__ = "filings"
    __table_args__ = (UniqueConstraint("tenant_id", "slug"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    slug: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[Moment]


class FilingVersion(Base):
    """One package as it was submitted and decided."""

    __tablename__ = "filing_versions"
    __table_args__ = (
        UniqueConstraint("filing_id", "number"),
        one_of("state", FilingState),
        CheckConstraint("in_force IS NULL OR decided_at IS NOT NULL", name="decided"),
        CheckConstraint("valid_until IS NULL OR valid_from <= valid_until", name="validity"),
        ExcludeConstraint(
            ("filing_id", "="),
            ("in_force", "&&"),
            name="ex_filing_versions_in_force",
            using="gist",
            where=sql("in_force IS NOT NULL"),
        ),
        Index(
            "uq_filing_versions_open",
            "filing_id",
            unique=True,
            postgresql_where=sql("state IN ('draft', 'submitted', 'reviewed', 'returned')"),
        ),
        Index("ix_filing_versions_list", "tenant_id", "id"),
        Index("ix_filing_versions_queue", "id", postgresql_where=sql("state IN ('submitted', 'reviewed')")),
        Index(
            "ix_filing_versions_standing", "id", postgresql_where=sql("state IN ('approved', 'effective')")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    filing_id: Mapped[UUID] = mapped_column(ForeignKey("filings.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    number: Mapped[int]
    state: Mapped[str]
    content: Mapped[Jsonb]
    """A `FilingContent` (see plan)."""
    content_hash: Mapped[str]
    """SHA-256 of the content, hexadecimal: what was reviewed."""
    drafted_by: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """An `Actor` each; everybody who had a hand in the draft."""
    submitted_by: Mapped[Jsonb | None]
    submitted_at: Mapped[Moment | None]
    reviewed_by: Mapped[Jsonb | None]
    """Who found it in order first; never who decides."""
    reviewed_at: Mapped[Moment | None]
    decided_by: Mapped[Jsonb | None]
    decided_at: Mapped[Moment | None]
    remarks: Mapped[str] = mapped_column(server_default=sql("''"))
    """Of the reviewer."""
    screening_version: Mapped[int | None]
    """Of the word lists that the scripts were screened by when they were submitted."""
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    """Last natural day; none: until it is withdrawn or superseded."""
    in_force: Mapped[Range[datetime] | None] = mapped_column(TSTZRANGE)
    """When calls may rest on it; fixed at approval, cut short when a later version is approved."""
    ended_at: Mapped[Moment | None]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class FilingDay(Base):
    """How much of a filing's daily volume is taken."""

    __tablename__ = "filing_days"
    __table_args__ = (CheckConstraint("calls >= 0 AND messages >= 0", name="counts"),)

    filing_id: Mapped[UUID] = mapped_column(ForeignKey("filings.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    calls: Mapped[int] = mapped_column(server_default=sql("0"))
    messages: Mapped[int] = mapped_column(server_default=sql("0"))
