"""Tables of scripts. A version never changes once it is filed: triggers refuse it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, Moment, one_of
from yunhu.foundation.ids import new_id


class Channel(StrEnum):
    """How a notification reaches the visitor."""

    VOICE = "voice"
    SMS = "sms"


class VersionState(StrEnum):
    """Where a version stands. It follows the filing in force; the exact moment is `FiledScript.in_force` (row C3)."""

    DRAFT = "draft"
    """Not in use yet: not filed, not approved, or approved and still waiting for its day."""
    APPROVED = "approved"
    RETIRED = "retired"


class Script(Base):
    """话术: a text with typed slots, for one channel."""

    __tablename__ = "scripts"
    __table_args__ = (UniqueConstraint("tenant_id", "slug"), one_of("channel", Channel))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    slug: Mapped[str]
    name: Mapped[str]
    channel: Mapped[str]
    created_at: Mapped[Moment]


class ScriptVersion(Base):
    """One wording of a script."""

    __tablename__ = "script_versions"
    __table_args__ = (
        UniqueConstraint("script_id", "number"),
        Index(
            "uq_script_versions_approved",
            "script_id",
            unique=True,
            postgresql_where=sql("state = 'approved'"),
        ),
        one_of("state", VersionState),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    script_id: Mapped[UUID] = mapped_column(ForeignKey("scripts.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    number: Mapped[int]
    text: Mapped[str]
    """As filed, with `{slot}` placeholders."""
    slots: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """`[{"name", "kind", "max_length", "pattern"}]`, the form of `yunhu.speech.reading.Slot`."""
    text_hash: Mapped[str]
    """SHA-256 of the text and its slots, hexadecimal: what was filed."""
    state: Mapped[str]
    created_at: Mapped[Moment]
    approved_at: Mapped[Moment | None]
    approved_by: Mapped[str | None]
    retired_at: Mapped[Moment | None]


class FiledScript(Base):
    """A wording in a version of a filing, and when it may be used by it.

    The database itself keeps a script from having two wordings at one moment.
    """

    __tablename__ = "filing_scripts"
    __table_args__ = (
        ExcludeConstraint(
            ("script_id", "="),
            ("in_force", "&&"),
            name="ex_filing_scripts_in_force",
            using="gist",
            where=sql("in_force IS NOT NULL"),
        ),
        Index("ix_filing_scripts_version", "script_version_id", postgresql_where=sql("in_force IS NOT NULL")),
        Index("ix_filing_scripts_tenant", "tenant_id", postgresql_where=sql("in_force IS NOT NULL")),
    )

    filing_version_id: Mapped[UUID] = mapped_column(ForeignKey("filing_versions.id"), primary_key=True)
    script_version_id: Mapped[UUID] = mapped_column(ForeignKey("script_versions.id"), primary_key=True)
    script_id: Mapped[UUID] = mapped_column(ForeignKey("scripts.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    text_hash: Mapped[str]
    """Of the wording as it was filed."""
    in_force: Mapped[Range[datetime] | None] = mapped_column(TSTZRANGE)
    """Same as the filing version's; none before it is approved, and when it never came into force."""
