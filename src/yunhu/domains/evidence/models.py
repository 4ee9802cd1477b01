"""Table of evidence packs. The archive itself is a document."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.evidence.words import SubjectKind
from yunhu.foundation.db import Base, BlindIndex, Jsonb, Moment, one_of
from yunhu.foundation.ids import new_id


class EvidencePack(Base):
    """Somebody wanted to have proof: about what, why, and what came of it."""

    __tablename__ = "evidence_packs"
    __table_args__ = (
        one_of("kind", SubjectKind),
        CheckConstraint("(kind = 'call') <= (call_id IS NOT NULL)", name="call"),
        CheckConstraint("(kind = 'callee') <= (callee_index IS NOT NULL)", name="callee"),
        CheckConstraint("(kind = 'complaint') = (complaint_id IS NOT NULL)", name="complaint"),
        CheckConstraint("(kind = 'period') <= (first_day IS NOT NULL)", name="period"),
        CheckConstraint("(first_day IS NULL) = (last_day IS NULL) AND first_day <= last_day", name="days"),
        CheckConstraint("(callee_index IS NULL) = (callee_cipher IS NULL)", name="sealed"),
        CheckConstraint("(finished_at IS NULL) = (document_id IS NULL)", name="finished"),
        CheckConstraint("(document_id IS NULL) = (content_sha256 IS NULL)", name="hashed"),
        Index("ix_evidence_packs_list", "tenant_id", "id"),
        Index("ix_evidence_packs_callee", "tenant_id", "callee_index"),
        Index("ix_evidence_packs_days", "tenant_id", "first_day"),
        Index("ix_evidence_packs_document", "document_id", postgresql_where=text("document_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    kind: Mapped[str]
    call_id: Mapped[UUID | None]
    """No foreign key: the pack outlives the call's term."""
    complaint_id: Mapped[UUID | None]
    callee_cipher: Mapped[bytes | None]
    callee_index: Mapped[BlindIndex | None]
    """Of a call's pack the callee too, so that whoever asks about the person is told of it."""
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    with_recordings: Mapped[bool]
    whole_phones: Mapped[bool]
    reason: Mapped[str]
    requested_by: Mapped[Jsonb]
    """An `Actor`."""
    of_operator: Mapped[bool]
    requested_at: Mapped[Moment]
    task_id: Mapped[UUID | None]
    document_id: Mapped[UUID | None]
    key_id: Mapped[str | None]
    content_sha256: Mapped[str | None]
    """Of the facts alone: two packs over the same facts have the same."""
    attempts: Mapped[int] = mapped_column(BigInteger)
    """Calls and messages in it; 0 while it is not finished."""
    finished_at: Mapped[Moment | None]
