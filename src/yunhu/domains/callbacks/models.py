"""Tables of callback endpoints, deliveries and the log of tries."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, Jsonb, Moment, one_of
from yunhu.foundation.ids import new_id


class EndpointState(StrEnum):
    """Whether an endpoint is written to."""

    ACTIVE = "active"
    PAUSED = "paused"


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up after a day; may be sent again by hand."""


class CallbackEndpoint(Base):
    """An address of a tenant that wants to be told."""

    __tablename__ = "callback_endpoints"
    __table_args__ = (UniqueConstraint("tenant_id", "url"), one_of("state", EndpointState))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    url: Mapped[str]
    secret_cipher: Mapped[bytes]
    previous_secret_cipher: Mapped[bytes | None]
    previous_secret_until: Mapped[Moment | None]
    """Until then every request carries a second signature, made with the secret before the rotation."""
    event_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Empty means all but those that have to be named."""
    state: Mapped[str]
    paused_reason: Mapped[str | None]
    failing_since: Mapped[Moment | None]
    created_at: Mapped[Moment]


class CallbackDelivery(Base):
    """One event for one endpoint. Deliveries of one subject leave in the order of `id`.

    While a request is on its way, `next_attempt_at` is the end of the sender's lease: a delivery whose sender died
    is due again by itself.
    """

    __tablename__ = "callback_deliveries"
    __table_args__ = (
        one_of("state", DeliveryState),
        UniqueConstraint("endpoint_id", "outbox_id"),
        Index(
            "ix_callback_deliveries_due",
            "endpoint_id",
            "next_attempt_at",
            "id",
            postgresql_where=sql("state = 'pending'"),
        ),
        Index(
            "ix_callback_deliveries_order",
            "endpoint_id",
            "subject_id",
            "id",
            postgresql_where=sql("state = 'pending'"),
        ),
        Index("ix_callback_deliveries_list", "tenant_id", "id"),
        Index("ix_callback_deliveries_endpoint", "endpoint_id", "id"),
        Index("ix_callback_deliveries_subject", "subject_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("callback_endpoints.id", ondelete="CASCADE"))
    tenant_id: Mapped[UUID]
    outbox_id: Mapped[int | None] = mapped_column(BigInteger)
    """Empty for a test event, which is no fact of the house."""
    type: Mapped[str]
    subject_id: Mapped[UUID]
    payload: Mapped[Jsonb]
    occurred_at: Mapped[Moment]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default=sql("0"))
    next_attempt_at: Mapped[Moment]
    give_up_at: Mapped[Moment]
    """A try that fails later than this was the last one."""
    created_at: Mapped[Moment]
    delivered_at: Mapped[Moment | None]


class CallbackTry(Base):
    """One HTTP request of a delivery, and what came back."""

    __tablename__ = "callback_tries"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("callback_deliveries.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[Moment]
    status: Mapped[int | None]
    """HTTP status; empty when there was no answer."""
    error: Mapped[str | None]
    milliseconds: Mapped[int]
