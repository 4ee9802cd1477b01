"""Every query about people and their roles."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity.models import Tenant
from yunhu.domains.identity.models_users import (
    PastPassword,
    Role,
    SignInPolicy,
    User,
    UserRole,
    UserState,
)
from yunhu.domains.identity.passwords import REMEMBERED
from yunhu.domains.identity.roles import Side, managing_scope, permissions_of
from yunhu.domains.identity.scopes import Scope
from yunhu.foundation.ids import new_id

# Whoever changes who administers a side waits here: two administrators must not remove each other.
_LOCK_SIDE = text("SELECT pg_advisory_xact_lock(hashtextextended('identity.side:' || :owner, 0))")
_KEEP_PAST = text(
    """
    DELETE FROM past_passwords WHERE user_id = :user_id AND id NOT IN (
        SELECT id FROM past_passwords WHERE user_id = :user_id ORDER BY set_at DESC, id DESC LIMIT :kept
    )
    """
)


class Held(msgspec.Struct, frozen=True):
    """The roles of one user and what they add up to."""

    presets: tuple[str, ...] = ()
    role_ids: tuple[UUID, ...] = ()
    custom_scopes: frozenset[str] = frozenset()

    def permissions(self, side: Side) -> frozenset[Scope]:
        """What the user may do."""
        return permissions_of(side, self.presets, self.custom_scopes)


def side_of(owner: UUID | None) -> Side:
    """The side of a tenant's id, or of none."""
    return Side.OPERATOR if owner is None else Side.TENANT


async def lock_side(session: AsyncSession, owner: UUID | None) -> None:
    """One change of administrators at a time on a side."""
    await session.execute(_LOCK_SIDE, {"owner": str(owner or "operator")})


async def user_by_login(session: AsyncSession, login_key: str) -> User | None:
    """The user of a case-folded login."""
    return await session.scalar(select(User).where(User.login_key == login_key))


async def user_by_id(session: AsyncSession, user_id: UUID) -> User | None:
    """A user of any side."""
    return await session.scalar(select(User).where(User.id == user_id))


async def locked_user(session: AsyncSession, user_id: UUID) -> User | None:
    """A user of any side, locked and read anew."""
    query = select(User).where(User.id == user_id).with_for_update()
    return await session.scalar(query.execution_options(populate_existing=True))


async def user_of_side(
    session: AsyncSession, owner: UUID | None, user_id: UUID, *, lock: bool = False
) -> User | None:
    """A user of one side."""
    query = select(User).where(User.id == user_id, User.tenant_id == owner)
    return await session.scalar(query.with_for_update() if lock else query)


async def users_of_side(
    session: AsyncSession, owner: UUID | None, *, state: UserState | None, before: UUID | None, limit: int
) -> Sequence[User]:
    """The users of one side, newest first."""
    query = select(User).where(User.tenant_id == owner)
    if state is not None:
        query = query.where(User.state == state.value)
    if before is not None:
        query = query.where(User.id < before)
    return (await session.scalars(query.order_by(User.id.desc()).limit(limit))).all()


async def add_user(session: AsyncSession, user: User) -> bool:
    """Write a new user; False where the login is taken, by whatever other transaction."""
    values = {column.name: getattr(user, column.name) for column in User.__table__.columns}
    statement = insert(User).values(values).on_conflict_do_nothing(index_elements=["login_key"])
    return (await session.execute(statement.returning(User.id))).first() is not None


async def any_user_of(session: AsyncSession, owner: UUID | None) -> bool:
    """Whether a side has a user at all."""
    return await session.scalar(select(User.id).where(User.tenant_id == owner).limit(1)) is not None


async def held_by(session: AsyncSession, user_ids: Collection[UUID]) -> Mapping[UUID, Held]:
    """The roles of users; each asked for is in the answer."""
    query = (
        select(UserRole.user_id, UserRole.preset, UserRole.role_id, Role.scopes)
        .outerjoin(Role, Role.id == UserRole.role_id)
        .where(UserRole.user_id.in_(list(user_ids)))
        .order_by(UserRole.user_id, UserRole.preset, UserRole.role_id)
    )
    found = dict.fromkeys(user_ids, Held())
    for row in await session.execute(query):
        held = found[row.user_id]
        if row.preset is not None:
            found[row.user_id] = Held((*held.presets, row.preset), held.role_ids, held.custom_scopes)
        else:
            scopes = held.custom_scopes | set(row.scopes)
            found[row.user_id] = Held(held.presets, (*held.role_ids, row.role_id), scopes)
    return found


async def replace_roles(
    session: AsyncSession, user_id: UUID, presets: Collection[str], role_ids: Collection[UUID]
) -> None:
    """Give a user these roles and no others."""
    await session.execute(delete(UserRole).where(UserRole.user_id == user_id))
    session.add_all(
        [UserRole(id=new_id(), user_id=user_id, preset=name, role_id=None) for name in sorted(set(presets))]
        + [
            UserRole(id=new_id(), user_id=user_id, preset=None, role_id=role)
            for role in sorted(set(role_ids))
        ]
    )
    await session.flush()


async def administrators_of(session: AsyncSession, owner: UUID | None) -> set[UUID]:
    """Active users of a side who can manage users."""
    query = select(User.id).where(User.tenant_id == owner, User.state == UserState.ACTIVE.value)
    active = (await session.scalars(query)).all()
    side = side_of(owner)
    held = await held_by(session, active)
    return {user_id for user_id in active if managing_scope(side) in held[user_id].permissions(side)}


async def roles_of_side(session: AsyncSession, owner: UUID | None) -> Sequence[Role]:
    """The roles that a side made, by name."""
    return (await session.scalars(select(Role).where(Role.tenant_id == owner).order_by(Role.name))).all()


async def role_of_side(session: AsyncSession, owner: UUID | None, role_id: UUID) -> Role | None:
    """A role that a side made, locked."""
    query = select(Role).where(Role.id == role_id, Role.tenant_id == owner)
    return await session.scalar(query.with_for_update())


async def role_named(session: AsyncSession, owner: UUID | None, name: str) -> Role | None:
    """A role that a side made, by its name."""
    return await session.scalar(select(Role).where(Role.name == name, Role.tenant_id == owner))


async def users_with_role(session: AsyncSession, role_id: UUID) -> Sequence[UUID]:
    """Who has a role that was made by hand."""
    return (await session.scalars(select(UserRole.user_id).where(UserRole.role_id == role_id))).all()


async def past_hashes(session: AsyncSession, user_id: UUID) -> Sequence[str]:
    """The passwords that may not come back, newest first."""
    query = select(PastPassword.password_hash).where(PastPassword.user_id == user_id)
    ordered = query.order_by(PastPassword.set_at.desc(), PastPassword.id.desc()).limit(REMEMBERED)
    return (await session.scalars(ordered)).all()


async def remember_password(session: AsyncSession, user: User, password_hash: str, now: datetime) -> None:
    """Make it the user's password, and keep the last five."""
    user.password_hash = password_hash
    user.password_changed_at = now
    session.add(PastPassword(id=new_id(), user_id=user.id, password_hash=password_hash, set_at=now))
    await session.flush()
    await session.execute(_KEEP_PAST, {"user_id": user.id, "kept": REMEMBERED})


async def second_factor_for_all(session: AsyncSession, owner: UUID | None) -> bool:
    """Whether a side demands the second factor of everybody."""
    query = select(SignInPolicy.second_factor_for_all).where(SignInPolicy.tenant_id == owner)
    return bool(await session.scalar(query))


async def set_second_factor_for_all(
    session: AsyncSession, owner: UUID | None, wanted: bool, now: datetime
) -> None:
    """Write a side's demand."""
    values = {"id": new_id(), "tenant_id": owner, "second_factor_for_all": wanted, "updated_at": now}
    statement = insert(SignInPolicy).values(values)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id"], set_={"second_factor_for_all": wanted, "updated_at": now}
        )
    )


async def tenant_by_slug(session: AsyncSession, slug: str) -> Tenant | None:
    """The tenant of a slug."""
    return await session.scalar(select(Tenant).where(Tenant.slug == slug))


async def tenant_by_id(session: AsyncSession, tenant_id: UUID) -> Tenant | None:
    """The tenant of an id."""
    return await session.scalar(select(Tenant).where(Tenant.id == tenant_id))
