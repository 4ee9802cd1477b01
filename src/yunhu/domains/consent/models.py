"""Table of refusals (row C5)."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, BlindIndex, Moment, one_of
from yunhu.foundation.ids import new_id


class RefusalSource(StrEnum):
    """How a person told us."""

    KEY = "key"
    API = "api"
    OPERATOR = "operator"


class Refusal(Base):
    """A person who wants no further calls and texts from a tenant, from the moment it was said."""

    __tablename__ = "refusals"
    __table_args__ = (
        one_of("source", RefusalSource),
        Index(
            "uq_refusals_standing",
            "tenant_id",
            "callee_index",
            unique=True,
            postgresql_where=sql("lifted_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    callee_cipher: Mapped[bytes]
    callee_index: Mapped[BlindIndex]
    source: Mapped[str]
    call_id: Mapped[UUID | None]
    at: Mapped[Moment]
    lifted_at: Mapped[Moment | None]
