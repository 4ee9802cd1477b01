"""Tables of people: users, their roles, second factors and sessions. Nothing here can be used to sign in if stolen."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from yunhu.foundation.db import Base, Moment, one_of
from yunhu.foundation.ids import new_id


class UserState(StrEnum):
    """Whether a person may sign in at all. A lock is not kept here: it ends by itself (`sign_in_tallies`)."""

    INVITED = "invited"
    """Has not chosen a password yet."""
    ACTIVE = "active"
    DISABLED = "disabled"


class LinkKind(StrEnum):
    """What a one-time link is good for."""

    FIRST_ADMINISTRATOR = "first_administrator"
    INVITATION = "invitation"


class User(Base):
    """A person of a tenant or, without a tenant, of the operator."""

    __tablename__ = "users"
    __table_args__ = (one_of("state", UserState), Index("ix_users_owner", "tenant_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    login: Mapped[str]
    """As the person writes it."""
    login_key: Mapped[str] = mapped_column(unique=True)
    """The login case-folded: one person in the whole installation."""
    display_name: Mapped[str]
    mail: Mapped[str | None]
    state: Mapped[str]
    password_hash: Mapped[str | None]
    """Argon2id, in PHC form."""
    password_changed_at: Mapped[Moment | None]
    must_change_password: Mapped[bool]
    totp_cipher: Mapped[bytes | None]
    """The shared secret of RFC 6238, sealed; in use only from `totp_confirmed_at` on."""
    totp_confirmed_at: Mapped[Moment | None]
    totp_last_step: Mapped[int | None]
    """Number of the last 30 s step that a code was accepted for: no code is good twice."""
    created_at: Mapped[Moment]
    last_signed_in_at: Mapped[Moment | None]


class PastPassword(Base):
    """A password that a user has had; the last five may not come back."""

    __tablename__ = "past_passwords"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    password_hash: Mapped[str]
    set_at: Mapped[Moment]


class RecoveryCode(Base):
    """One of ten codes that each stand in once for a lost second factor. Only the keyed hash is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "digest"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    digest: Mapped[bytes]
    used_at: Mapped[Moment | None]


class Role(Base):
    """A role that a tenant or, without a tenant, the operator made beside the presets."""

    __tablename__ = "roles"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name", postgresql_nulls_not_distinct=True),
        CheckConstraint(
            "tenant_id IS NULL OR strpos(array_to_string(scopes, ' '), 'operator:') = 0", name="side"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[Moment]


class UserRole(Base):
    """One role of a user: a preset by its name, or a role of the user's own side."""

    __tablename__ = "user_roles"
    __table_args__ = (
        CheckConstraint("num_nonnulls(preset, role_id) = 1", name="either"),
        UniqueConstraint("user_id", "preset", "role_id", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    preset: Mapped[str | None]
    role_id: Mapped[UUID | None] = mapped_column(ForeignKey("roles.id"), index=True)


class UserSession(Base):
    """A person's session in one browser. Only the keyed hash of its token is kept."""

    __tablename__ = "user_sessions"
    __table_args__ = (Index("ix_user_sessions_user_id", "user_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    digest: Mapped[bytes] = mapped_column(unique=True)
    address: Mapped[str]
    agent: Mapped[str]
    """What the browser calls itself, clipped."""
    created_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]
    """To the minute."""
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    ended_by: Mapped[str | None]
    """`sign_out`, `password`, `disabled`, `administrator`, `owner`, `second_factor`."""


class SignIn(Base):
    """A sign-in under way: the password was right, more is needed. Only the keyed hash of its token is kept."""

    __tablename__ = "sign_ins"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    step: Mapped[str]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment] = mapped_column(index=True)


class SignInTally(Base):
    """Failures of one login (known or not) or one address, for lock-out."""

    __tablename__ = "sign_in_tallies"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    """Keyed hash of `login:…` or `address:…`."""
    failures: Mapped[int]
    last_failed_at: Mapped[Moment] = mapped_column(index=True)
    blocked_until: Mapped[Moment | None]


class OneTimeLink(Base):
    """A link for somebody without a password. Only the keyed hash of its token is kept."""

    __tablename__ = "one_time_links"
    __table_args__ = (one_of("kind", LinkKind),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]
    """When it was used or a newer one took its place."""


class SignInPolicy(Base):
    """What a side demands beyond the product's own rules."""

    __tablename__ = "sign_in_policies"
    __table_args__ = (UniqueConstraint("tenant_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    second_factor_for_all: Mapped[bool]
    updated_at: Mapped[Moment]
