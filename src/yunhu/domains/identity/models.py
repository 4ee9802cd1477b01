"""Tables of tenants and API keys."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, Moment
from yunhu.foundation.ids import new_id


class Tenant(Base):
    """甲方: a service hall that uses the platform."""

    __tablename__ = "tenants"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    created_at: Mapped[Moment]
    disabled_at: Mapped[Moment | None]
    """From then on its keys and users are refused and nothing leaves for it; its data stays."""


class ApiKey(Base):
    """A key of a program of a tenant or, without a tenant, of the operator. Only its keyed hash is kept."""

    __tablename__ = "api_keys"
    __table_args__ = (
        CheckConstraint("rate_per_minute BETWEEN 1 AND 1000000", name="rate"),
        CheckConstraint(
            "tenant_id IS NULL OR strpos(array_to_string(scopes, ' '), 'operator:') = 0", name="side"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"), index=True)
    name: Mapped[str]
    prefix: Mapped[str]
    """The first characters, to tell keys apart on a screen."""
    digest: Mapped[bytes] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    allowed_networks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """CIDR blocks; empty means from anywhere."""
    rate_per_minute: Mapped[int]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]
    last_used_at: Mapped[Moment | None]
    rotated_to: Mapped[UUID | None] = mapped_column(ForeignKey("api_keys.id"))
