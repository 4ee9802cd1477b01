"""Use cases of the roles that a side makes itself, and of what it demands at sign-in."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.identity import repository_users
from yunhu.domains.identity.managing import Manager, check_grant, watch_administrators
from yunhu.domains.identity.models_users import Role
from yunhu.domains.identity.repository_users import held_by, side_of
from yunhu.domains.identity.roles import PRESETS, mixes_apart
from yunhu.domains.identity.scopes import Scope
from yunhu.domains.identity.service import check_side
from yunhu.domains.identity.user_errors import (
    RoleInUseError,
    RoleNameTakenError,
    RoleNotFoundError,
    RolesApartError,
)
from yunhu.foundation.ids import new_id


async def create_role(
    session: AsyncSession,
    manager: Manager,
    owner: UUID | None,
    name: str,
    scopes: Collection[Scope],
    now: datetime,
) -> Role:
    """Raises `ScopeSideError`, `ScopeNotGrantableError`, `RoleNameTakenError`."""
    await _check(session, manager, owner, name, scopes)
    role = Role(id=new_id(), tenant_id=owner, name=name, scopes=sorted(set(scopes)), created_at=now)
    session.add(role)
    await session.flush()
    await _write_down(session, manager, "role.create", role, None, _facts(role))
    return role


async def change_role(
    session: AsyncSession,
    manager: Manager,
    owner: UUID | None,
    role_id: UUID,
    name: str,
    scopes: Collection[Scope],
) -> Role:
    """Replace name and permissions; they hold for its users from the next request on.

    Raises also `RoleNotFoundError`, `RolesApartError`, `LastAdministratorError`.
    """
    await _check(session, manager, owner, name, scopes, role_id)
    role = await _find(session, owner, role_id)
    check_grant(manager, [Scope(scope) for scope in role.scopes])
    watch = await watch_administrators(session, owner)
    before = _facts(role)
    role.name = name
    role.scopes = sorted(set(scopes))
    await session.flush()
    side = side_of(owner)
    held = await held_by(session, await repository_users.users_with_role(session, role.id))
    if any(mixes_apart(side, one.presets, one.permissions(side)) for one in held.values()):
        raise RolesApartError
    await watch.check(session)
    await _write_down(session, manager, "role.change", role, before, _facts(role))
    return role


async def delete_role(session: AsyncSession, manager: Manager, owner: UUID | None, role_id: UUID) -> None:
    """Raises `RoleNotFoundError`, `RoleInUseError` while somebody has it."""
    await repository_users.lock_side(session, owner)
    role = await _find(session, owner, role_id)
    users = await repository_users.users_with_role(session, role_id)
    if users:
        raise RoleInUseError(users=len(users))
    before = _facts(role)
    await session.execute(delete(Role).where(Role.id == role_id))
    await _write_down(session, manager, "role.delete", role, before, None)


async def demand_second_factor(
    session: AsyncSession, manager: Manager, owner: UUID | None, wanted: bool, now: datetime
) -> None:
    """Say whether everybody of a side needs a second factor, and not only those who need one anyway."""
    await repository_users.lock_side(session, owner)
    before = await repository_users.second_factor_for_all(session, owner)
    await repository_users.set_second_factor_for_all(session, owner, wanted, now)
    await record(
        session,
        manager.actor,
        action="sign_in_policy.change",
        subject=("sign_in_policy", owner or "operator"),
        tenant_id=owner,
        before={"second_factor_for_all": before},
        after={"second_factor_for_all": wanted},
    )


async def _check(
    session: AsyncSession,
    manager: Manager,
    owner: UUID | None,
    name: str,
    scopes: Collection[Scope],
    role_id: UUID | None = None,
) -> None:
    check_side(owner, scopes)
    check_grant(manager, scopes)
    await repository_users.lock_side(session, owner)
    if (side_of(owner), name) in PRESETS:
        raise RoleNameTakenError
    namesake = await repository_users.role_named(session, owner, name)
    if namesake is not None and namesake.id != role_id:
        raise RoleNameTakenError(role_id=str(namesake.id))


async def _find(session: AsyncSession, owner: UUID | None, role_id: UUID) -> Role:
    role = await repository_users.role_of_side(session, owner, role_id)
    if role is None:
        raise RoleNotFoundError(role=str(role_id))
    return role


def _facts(role: Role) -> dict[str, str]:
    return {"name": role.name, "scopes": " ".join(role.scopes)}


async def _write_down(
    session: AsyncSession,
    manager: Manager,
    action: str,
    role: Role,
    before: dict[str, str] | None,
    after: dict[str, str] | None,
) -> None:
    await record(
        session,
        manager.actor,
        action=action,
        subject=("role", role.id),
        tenant_id=role.tenant_id,
        before=before,
        after=after,
    )
