"""Who manages users, and how far that reaches: nobody gives or takes what they do not hold themselves."""

from collections.abc import Collection
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity import repository_users
from yunhu.domains.identity.caller import Caller
from yunhu.domains.identity.errors import ScopeNotGrantableError
from yunhu.domains.identity.models_users import User, UserState
from yunhu.domains.identity.repository_users import Held, held_by, side_of
from yunhu.domains.identity.roles import PRESETS, Side, managing_scope, mixes_apart
from yunhu.domains.identity.scopes import Scope
from yunhu.domains.identity.user_errors import (
    AboveCallerError,
    LastAdministratorError,
    OwnAccountError,
    RoleNotFoundError,
    RolesApartError,
    UserNotFoundError,
)
from yunhu.foundation.actor import Actor, ActorKind


class Manager(msgspec.Struct, frozen=True):
    """Whoever changes users and roles."""

    actor: Actor
    scopes: frozenset[Scope]
    user_id: UUID | None
    """None for a program and for the command line."""


def manager_of(caller: Caller) -> Manager:
    """The caller of an endpoint."""
    return Manager(caller.actor, caller.scopes, caller.user_id)


def at_the_server(command: str) -> Manager:
    """Somebody with a shell on the server, who can do everything anyway."""
    return Manager(Actor(ActorKind.COMMAND, command), frozenset(Scope), None)


def owner_of(side: Side, caller: Caller) -> UUID | None:
    """Whose users and roles an endpoint is about: the caller's own tenant's, or the operator's."""
    return None if side is Side.OPERATOR else caller.tenant_id


class RoleChoice(msgspec.Struct, frozen=True):
    """The roles that somebody should have."""

    presets: tuple[str, ...] = ()
    role_ids: tuple[UUID, ...] = ()


async def resolve_roles(session: AsyncSession, owner: UUID | None, choice: RoleChoice) -> Held:
    """What the chosen roles add up to. Raises `RoleNotFoundError`, `RolesApartError`."""
    side = side_of(owner)
    for name in choice.presets:
        if (side, name) not in PRESETS:
            raise RoleNotFoundError(role=name)
    own = {role.id: role for role in await repository_users.roles_of_side(session, owner)}
    for role_id in choice.role_ids:
        if role_id not in own:
            raise RoleNotFoundError(role=str(role_id))
    custom = {scope for role_id in choice.role_ids for scope in own[role_id].scopes}
    held = Held(choice.presets, choice.role_ids, frozenset(custom))
    if mixes_apart(side, held.presets, held.permissions(side)):
        raise RolesApartError
    return held


def check_grant(manager: Manager, scopes: Collection[Scope]) -> None:
    """Raises `ScopeNotGrantableError` where permissions would be given that the manager lacks."""
    lacking = sorted(set(scopes) - manager.scopes)
    if lacking:
        raise ScopeNotGrantableError(scopes=lacking)


async def managed_user(
    session: AsyncSession, manager: Manager, owner: UUID | None, user_id: UUID, *, not_self: bool = False
) -> User:
    """A user of the side, locked, whom this manager may change.

    Locks the side first. Raises `UserNotFoundError`, `OwnAccountError`, `AboveCallerError`.
    """
    await repository_users.lock_side(session, owner)
    user = await repository_users.user_of_side(session, owner, user_id, lock=True)
    if user is None:
        raise UserNotFoundError
    if not_self and user.id == manager.user_id:
        raise OwnAccountError
    held = (await held_by(session, [user.id]))[user.id].permissions(side_of(owner))
    above = sorted(held - manager.scopes)
    if above:
        raise AboveCallerError(scopes=above)
    return user


class AdministratorsWatch:
    """Looks at a side's administrators before and after a change."""

    def __init__(self, owner: UUID | None, before: set[UUID]) -> None:
        self._owner = owner
        self._before = before

    async def check(self, session: AsyncSession) -> None:
        """Raises `LastAdministratorError` where there were administrators and none would be left."""
        await session.flush()
        if self._before and not await repository_users.administrators_of(session, self._owner):
            raise LastAdministratorError


async def watch_administrators(session: AsyncSession, owner: UUID | None) -> AdministratorsWatch:
    """Begin to watch; the side must be locked."""
    return AdministratorsWatch(owner, await repository_users.administrators_of(session, owner))


async def has_administrator(session: AsyncSession, owner: UUID | None) -> bool:
    """Whether a side can manage its users by itself."""
    return bool(await repository_users.administrators_of(session, owner))


def is_administrator(user: User, held: Held) -> bool:
    """Whether an active user manages the users of the own side."""
    side = side_of(user.tenant_id)
    return user.state == UserState.ACTIVE and managing_scope(side) in held.permissions(side)
