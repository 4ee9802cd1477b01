"""Table of recordings."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, Moment


class Recording(Base):
    """The finished recording of one call, as evidence: what lies on the disk must still have this hash."""

    __tablename__ = "recordings"
    __table_args__ = (
        CheckConstraint("(sha256 IS NULL) = (bytes = 0)", name="found"),
        CheckConstraint("erased_at IS NULL OR erase_due_at IS NOT NULL", name="erased"),
        Index("ix_recordings_tenant", "tenant_id", "created_at"),
        Index("ix_recordings_kept", "tenant_id", "created_at", postgresql_where=text("erase_due_at IS NULL")),
        Index(
            "ix_recordings_due",
            "call_id",
            postgresql_where=text("erase_due_at IS NOT NULL AND erased_at IS NULL"),
        ),
    )

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    path: Mapped[str]
    """Below the recordings directory, `<yyyy-mm-dd>/<call_id>.wav`."""
    sha256: Mapped[bytes | None]
    """Of the whole file; empty when no file was found long after the call."""
    bytes: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float]
    created_at: Mapped[Moment]
    erase_due_at: Mapped[Moment | None]
    """From when on the file must go: its term is over. The row stays as the fact."""
    erased_at: Mapped[Moment | None]
