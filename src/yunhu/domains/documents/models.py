"""Table of documents. The content lies in a file that is named by the id."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, Moment
from yunhu.foundation.ids import new_id

HANDED_OUT_ELSEWHERE = frozenset({"evidence_pack", "export"})
"""Kinds that only the slice which made them gives away: they hold what `documents:read` does not allow to see."""


class Document(Base):
    """A file that somebody gave or the product made."""

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint("bytes >= 0", name="bytes"),
        Index("ix_documents_list", "tenant_id", "id"),
        Index("ix_documents_kind", "kind", "created_at", postgresql_where=text("erased_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    """Without one it is the operator's own."""
    kind: Mapped[str]
    """What it is for: `number_paper`, `statement`, `consent_import`, …"""
    file_name: Mapped[str]
    media_type: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    """Of the content in the clear, hexadecimal."""
    created_at: Mapped[Moment]
    created_by: Mapped[str]
    retained_until: Mapped[date | None]
    """Last natural day on which it may not be erased."""
    erased_at: Mapped[Moment | None]
    """The content is gone; what it was stays known."""
