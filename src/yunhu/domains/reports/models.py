"""Tables of rollups. Both are written by triggers and by `rollups.py`, never row by row."""

from uuid import UUID

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.reports.rules import Dimension, Kind
from yunhu.foundation.db import Base, Moment, one_of


class ReportDelta(Base):
    """What one row adds to the figures, or takes back; waits until it is added to the cells."""

    __tablename__ = "report_deltas"
    __table_args__ = (one_of("kind", Kind),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    tenant_id: Mapped[UUID]
    kind: Mapped[str]
    removed: Mapped[bool]
    """The row was deleted at the end of its term: kept apart, to tell what rows alone can no longer prove."""
    at: Mapped[Moment]
    """When the call was reserved, or the notification or the message created."""
    script_id: Mapped[UUID]
    scenario_id: Mapped[UUID]
    """All zero where there is none."""
    caller_number: Mapped[str]
    matter: Mapped[str]
    window_name: Mapped[str]
    state: Mapped[str]
    """A call's result class; the final state of a notification or a message."""
    n: Mapped[int] = mapped_column(BigInteger)
    reached: Mapped[int] = mapped_column(BigInteger)
    """Calls answered; notifications and messages delivered."""
    rang: Mapped[int] = mapped_column(BigInteger)
    talk_ms: Mapped[int] = mapped_column(BigInteger)
    ring_ms: Mapped[int] = mapped_column(BigInteger)
    to_ring_ms: Mapped[int | None] = mapped_column(BigInteger)
    """Of a first call to the window: from the event to the first ringing."""


class ReportCell(Base):
    """Sums of one tenant, kind, hour (or natural day, China time), script, scenario and state."""

    __tablename__ = "report_cells"
    __table_args__ = (one_of("kind", Kind), one_of("dimension", Dimension))

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    bucket: Mapped[Moment] = mapped_column(primary_key=True)
    """Start of the hour for `total` and `to_ring`, of the natural day for the others."""
    script_id: Mapped[UUID] = mapped_column(primary_key=True)
    scenario_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    """Caller number, matter or window; of `to_ring` the step of the scale (`rules.step_of`)."""
    removed: Mapped[bool] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)
    reached: Mapped[int] = mapped_column(BigInteger)
    rang: Mapped[int] = mapped_column(BigInteger)
    talk_ms: Mapped[int] = mapped_column(BigInteger)
    ring_ms: Mapped[int] = mapped_column(BigInteger)
