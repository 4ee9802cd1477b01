"""Tables of what stands against service, of qualification documents, and of capacity that was not supplied."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.domains.contracts.words import Cause, ShortfallKind, SuspensionState
from yunhu.foundation.db import Base, Moment, one_of
from yunhu.foundation.ids import new_id


class Suspension(Base):
    """One cause against service, from its proposal to its end, with who, when and why."""

    __tablename__ = "contract_suspensions"
    __table_args__ = (
        one_of("cause", Cause),
        one_of("state", SuspensionState),
        Index(
            "uq_contract_suspensions_open",
            "contract_id",
            "cause",
            "subject",
            unique=True,
            postgresql_where=sql("state IN ('proposed', 'standing')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    cause: Mapped[str]
    subject: Mapped[str]
    """What it is about, where there can be several of one cause: a complaint's id. Empty otherwise."""
    state: Mapped[str]
    reason: Mapped[str]
    asked_at: Mapped[Moment]
    asked_by: Mapped[str]
    since: Mapped[Moment | None]
    confirmed_by: Mapped[str | None]
    ended_at: Mapped[Moment | None]
    """Lifted or declined."""
    ended_by: Mapped[str | None]
    end_reason: Mapped[str | None]


class Qualification(Base):
    """A document that a tenant has to have (row C12)."""

    __tablename__ = "contract_qualifications"
    __table_args__ = (Index("ix_contract_qualifications_contract", "contract_id", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    kind: Mapped[str]
    reference: Mapped[str]
    """The number printed on it, or where the paper lies."""
    document_id: Mapped[UUID | None]
    valid_until: Mapped[date | None]
    """The last day; left out for a document without end."""
    checked_by: Mapped[str | None]
    """Who compared it with the original; until then it does not count."""
    checked_at: Mapped[Moment | None]
    added_by: Mapped[str]
    added_at: Mapped[Moment]


class Shortfall(Base):
    """Capacity that was asked for on a day and not supplied although the contract grants it (row C13)."""

    __tablename__ = "contract_shortfalls"
    __table_args__ = (
        one_of("kind", ShortfallKind),
        CheckConstraint("supplied >= 0 AND supplied <= granted", name="supplied"),
        CheckConstraint("lost > 0", name="lost"),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    granted: Mapped[int] = mapped_column(BigInteger)
    supplied: Mapped[int] = mapped_column(BigInteger)
    """The least that was seen on the day."""
    lost: Mapped[int] = mapped_column(BigInteger)
    """Notifications that could not be spoken for it."""
