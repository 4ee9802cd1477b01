"""Tables of trunks and calls."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, BlindIndex, Jsonb, Moment, one_of
from yunhu.foundation.ids import new_id
from yunhu.telephony.port import EndedBy, ResultClass


class CallState(StrEnum):
    """Where a call stands. `dialling` is committed before the INVITE leaves (law 1)."""

    DIALLING = "dialling"
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


class Trunk(Base):
    """A way into a carrier's network, or into the sandbox."""

    __tablename__ = "trunks"
    __table_args__ = (one_of("kind", ("sip", "sandbox")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    config: Mapped[Jsonb]
    """A `TrunkConfig` (see schemas); holds the name of its secret, never the secret."""
    enabled: Mapped[bool]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class Call(Base):
    """One call attempt: what was decided, what was shown, what was said, how it ended."""

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("notification_id", "attempt"),
        one_of("state", CallState),
        one_of("result", ResultClass),
        one_of("ended_by", EndedBy),
        CheckConstraint("(ended_at IS NULL) = (state <> 'ended')", name="ended"),
        CheckConstraint("(result IS NULL) = (state <> 'ended')", name="result_known"),
        Index("ix_calls_live", "node_id", postgresql_where=sql("state <> 'ended'")),
        Index("uq_calls_callee_live", "callee_index", unique=True, postgresql_where=sql("state <> 'ended'")),
        Index("ix_calls_callee", "callee_index", "day"),
        Index("ix_calls_list", "tenant_id", "id"),
        Index("ix_calls_number", "tenant_id", "caller_number", "id"),
        Index("ix_calls_script", "tenant_id", "script_version_id", "id"),
        Index("ix_calls_result", "tenant_id", "result", "id", postgresql_where=sql("result IS NOT NULL")),
        Index("ix_calls_day", "tenant_id", "day", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    notification_id: Mapped[UUID] = mapped_column(ForeignKey("notifications.id"))
    attempt: Mapped[int] = mapped_column(SmallInteger)
    callee_cipher: Mapped[bytes]
    callee_index: Mapped[BlindIndex]
    day: Mapped[date]
    """The natural day whose cap this call counts against."""
    caller_number: Mapped[str]
    caller_number_id: Mapped[UUID] = mapped_column(ForeignKey("caller_numbers.id"))
    trunk_id: Mapped[UUID] = mapped_column(ForeignKey("trunks.id"))
    robot_id: Mapped[UUID] = mapped_column(ForeignKey("robots.id"))
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id"))
    script_version_id: Mapped[UUID] = mapped_column(ForeignKey("script_versions.id"))
    text: Mapped[str]
    """The filed text with its slots filled: what the callee was to hear, word for word."""
    filing_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("filing_versions.id"))
    """The approved filing that it rests on (row C3)."""
    text_hash: Mapped[str | None]
    """Of the filed wording."""
    verdict: Mapped[Jsonb]
    state: Mapped[str]
    reserved_at: Mapped[Moment]
    ringing_at: Mapped[Moment | None]
    early_media_at: Mapped[Moment | None]
    answered_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    result: Mapped[str | None]
    reason: Mapped[str | None]
    ended_by: Mapped[str | None]
    sip_code: Mapped[int | None]
    q850: Mapped[int | None]
    answered_by: Mapped[str | None]
    digits: Mapped[str] = mapped_column(server_default=sql("''"))
    heard: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=sql("'[]'"))
    """Prompts in the order spoken: `{"prompt_id", "script", "text_hash", "completed"}`."""
    recording: Mapped[str | None]
    """Path below the recordings directory."""
