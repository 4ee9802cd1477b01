"""Tables of robots, call nodes and the daily cap."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, BlindIndex, Moment, one_of
from yunhu.foundation.ids import new_id

DAILY_CAP = 3
"""Calls to one callee in one natural day (row C1, clause §4.1)."""


class NodeState(StrEnum):
    """What a call node is doing."""

    RUNNING = "running"
    DRAINING = "draining"
    STOPPED = "stopped"
    LOST = "lost"


class Robot(Base):
    """One concurrent call of a tenant (row B2). Its lease is the call that it speaks in."""

    __tablename__ = "robots"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    name: Mapped[str]
    call_id: Mapped[UUID | None] = mapped_column(unique=True)
    retired: Mapped[bool] = mapped_column(server_default=sql("false"))


class Node(Base):
    """A process that places calls. Without a heartbeat it is lost, and its calls are reconciled."""

    __tablename__ = "nodes"
    __table_args__ = (
        one_of("state", NodeState),
        Index("ix_nodes_alive", "heartbeat_at", postgresql_where=sql("state IN ('running', 'draining')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    state: Mapped[str]
    started_at: Mapped[Moment]
    heartbeat_at: Mapped[Moment]


class CalleeDay(Base):
    """How often one person was called on one natural day. The CHECK is the last word on the cap."""

    __tablename__ = "callee_days"
    __table_args__ = (CheckConstraint(f"calls BETWEEN 0 AND {DAILY_CAP}", name="cap"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    callee_index: Mapped[BlindIndex] = mapped_column(primary_key=True)
    calls: Mapped[int] = mapped_column(SmallInteger)
