"""Table of recordings."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, Moment


class Recording(Base):
    """The finished recording of one call, as evidence: what lies on the disk must still have this hash."""

    __tablename__ = "recordings"
    __table_args__ = (
        CheckConstraint("(sha256 IS NULL) = (bytes = 0)", name="found"),
        Index("ix_recordings_tenant", "tenant_id", "created_at"),
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
