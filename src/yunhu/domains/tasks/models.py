"""Table of tasks."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, Jsonb, Moment, one_of
from yunhu.foundation.ids import new_id


class TaskState(StrEnum):
    """How far a task has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Task(Base):
    """One piece of long work. A running one whose heartbeat stops is taken up again from its checkpoint."""

    __tablename__ = "tasks"
    __table_args__ = (
        one_of("state", TaskState),
        CheckConstraint("(finished_at IS NULL) = (state IN ('queued', 'running'))", name="finished"),
        Index("ix_tasks_open", "created_at", postgresql_where=sql("state IN ('queued', 'running')")),
        Index("ix_tasks_list", "tenant_id", "id"),
        Index(
            "ix_tasks_input_document",
            "input_document_id",
            postgresql_where=sql("input_document_id IS NOT NULL"),
        ),
        Index(
            "ix_tasks_result_document",
            "result_document_id",
            postgresql_where=sql("result_document_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    """Without one it is the operator's own."""
    kind: Mapped[str]
    parameters: Mapped[Jsonb]
    state: Mapped[str]
    done_units: Mapped[int] = mapped_column(BigInteger, server_default=sql("0"))
    total_units: Mapped[int | None] = mapped_column(BigInteger)
    """None while nobody knows."""
    checkpoint: Mapped[Jsonb] = mapped_column(server_default=sql("'{}'"))
    """What the handler needs to go on where it was."""
    report: Mapped[Jsonb] = mapped_column(server_default=sql("'{}'"))
    message: Mapped[str] = mapped_column(server_default=sql("''"))
    """Why it failed, for people."""
    input_document_id: Mapped[UUID | None]
    result_document_id: Mapped[UUID | None]
    cancel_requested: Mapped[bool] = mapped_column(server_default=sql("false"))
    attempts: Mapped[int] = mapped_column(server_default=sql("0"))
    created_by: Mapped[str]
    created_at: Mapped[Moment]
    started_at: Mapped[Moment | None]
    heartbeat_at: Mapped[Moment | None]
    """By the database's clock: nodes' own may differ."""
    finished_at: Mapped[Moment | None]
