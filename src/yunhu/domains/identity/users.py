"""Use cases of managing users. Each writes its line of history last."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.identity import repository_sessions, repository_users
from yunhu.domains.identity.credentials import remove_second_factor, set_password
from yunhu.domains.identity.failures import counted_keys
from yunhu.domains.identity.links import Invitation, add_new_user, invitation_for
from yunhu.domains.identity.managing import (
    Manager,
    RoleChoice,
    check_grant,
    has_administrator,
    managed_user,
    resolve_roles,
    watch_administrators,
)
from yunhu.domains.identity.models_users import LinkKind, User, UserState
from yunhu.domains.identity.repository_users import Held, side_of
from yunhu.domains.identity.roles import ADMINISTRATOR
from yunhu.domains.identity.user_errors import (
    AdministratorExistsError,
    SecondFactorStateError,
    UserStateError,
)
from yunhu.foundation.crypto import Vault

_SMALL = "abcdefghijkmnpqrstuvwxyz"
_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DIGITS = "23456789"


class UserWish(msgspec.Struct, frozen=True, kw_only=True):
    """A user to invite."""

    login: str
    display_name: str
    mail: str | None = None
    roles: RoleChoice = RoleChoice()


class UserChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to change of a user; what is left out stays."""

    display_name: str | UnsetType = UNSET
    mail: str | UnsetType | None = UNSET
    roles: RoleChoice | UnsetType = UNSET


async def invite_user(
    session: AsyncSession, vault: Vault, manager: Manager, owner: UUID | None, wish: UserWish, now: datetime
) -> tuple[User, Invitation]:
    """Write a user and a link with which a password is chosen.

    Raises `LoginTakenError`, `RoleNotFoundError`, `RolesApartError`, `ScopeNotGrantableError`.
    """
    await repository_users.lock_side(session, owner)
    held = await resolve_roles(session, owner, wish.roles)
    check_grant(manager, held.permissions(side_of(owner)))
    user = await add_new_user(
        session, owner, login=wish.login, display_name=wish.display_name, mail=wish.mail, now=now
    )
    await repository_users.replace_roles(session, user.id, wish.roles.presets, wish.roles.role_ids)
    invitation = await invitation_for(session, vault, user, now)
    await _write_down(session, manager, "user.create", user, after=_facts(user, held))
    return user, invitation


async def invite_first_administrator(
    session: AsyncSession, vault: Vault, manager: Manager, tenant_id: UUID, wish: UserWish, now: datetime
) -> tuple[User, Invitation]:
    """The operator gives a tenant its first administrator, and none later: a tenant's users are its own (row D8).

    Raises `AdministratorExistsError`, `LoginTakenError`.
    """
    await repository_users.lock_side(session, tenant_id)
    if await has_administrator(session, tenant_id):
        raise AdministratorExistsError
    roles = RoleChoice(presets=(ADMINISTRATOR,))
    held = await resolve_roles(session, tenant_id, roles)
    user = await add_new_user(
        session, tenant_id, login=wish.login, display_name=wish.display_name, mail=wish.mail, now=now
    )
    await repository_users.replace_roles(session, user.id, roles.presets, ())
    invitation = await invitation_for(session, vault, user, now)
    await _write_down(session, manager, "user.create", user, after=_facts(user, held))
    return user, invitation


async def change_user(
    session: AsyncSession, manager: Manager, owner: UUID | None, user_id: UUID, change: UserChange
) -> User:
    """Change name, mail or roles. New roles hold from the next request on.

    Raises `UserNotFoundError`, `AboveCallerError`, `OwnAccountError` for one's own roles, `LastAdministratorError`
    and what `invite_user` raises about roles.
    """
    own_roles = not isinstance(change.roles, UnsetType)
    user = await managed_user(session, manager, owner, user_id, not_self=own_roles)
    held = (await repository_users.held_by(session, [user.id]))[user.id]
    before = _facts(user, held)
    if not isinstance(change.display_name, UnsetType):
        user.display_name = change.display_name
    if not isinstance(change.mail, UnsetType):
        user.mail = change.mail
    if not isinstance(change.roles, UnsetType):
        watch = await watch_administrators(session, owner)
        held = await resolve_roles(session, owner, change.roles)
        check_grant(manager, held.permissions(side_of(owner)))
        await repository_users.replace_roles(session, user.id, change.roles.presets, change.roles.role_ids)
        await watch.check(session)
    await session.flush()
    await _write_down(session, manager, "user.change", user, before=before, after=_facts(user, held))
    return user


async def disable_user(
    session: AsyncSession, manager: Manager, owner: UUID | None, user_id: UUID, now: datetime
) -> User:
    """End every session and let nobody sign in. A second time changes nothing.

    Raises `UserNotFoundError`, `OwnAccountError`, `AboveCallerError`, `LastAdministratorError`.
    """
    user = await managed_user(session, manager, owner, user_id, not_self=True)
    if user.state == UserState.DISABLED:
        return user
    watch = await watch_administrators(session, owner)
    before = {"state": user.state}
    user.state = UserState.DISABLED.value
    await repository_sessions.end_sessions(session, user.id, "disabled", now)
    await repository_sessions.void_links(session, LinkKind.INVITATION, user.id, now)
    await watch.check(session)
    await _write_down(session, manager, "user.disable", user, before=before, after={"state": user.state})
    return user


async def enable_user(session: AsyncSession, manager: Manager, owner: UUID | None, user_id: UUID) -> User:
    """Let a disabled user sign in again; whoever had no password yet needs a new invitation.

    Raises `UserNotFoundError`, `AboveCallerError`, `UserStateError`.
    """
    user = await managed_user(session, manager, owner, user_id)
    if user.state != UserState.DISABLED:
        raise UserStateError(state=user.state)
    user.state = (UserState.ACTIVE if user.password_hash else UserState.INVITED).value
    await session.flush()
    before = {"state": UserState.DISABLED.value}
    await _write_down(session, manager, "user.enable", user, before=before, after={"state": user.state})
    return user


async def unlock_user(
    session: AsyncSession, vault: Vault, manager: Manager, owner: UUID | None, user_id: UUID
) -> User:
    """Forget the failures of a login. Raises `UserNotFoundError`, `AboveCallerError`."""
    user = await managed_user(session, manager, owner, user_id)
    key = counted_keys(vault, user.login_key, "").login
    if await repository_sessions.forget_tally(session, key):
        await _write_down(session, manager, "user.unlock", user)
    return user


async def invite_again(
    session: AsyncSession, vault: Vault, manager: Manager, owner: UUID | None, user_id: UUID, now: datetime
) -> tuple[User, Invitation]:
    """A fresh link for somebody who has not chosen a password. Raises `UserStateError` for others."""
    user = await managed_user(session, manager, owner, user_id)
    if user.state != UserState.INVITED:
        raise UserStateError(state=user.state)
    invitation = await invitation_for(session, vault, user, now)
    await _write_down(session, manager, "user.invite", user)
    return user, invitation


def temporary_password() -> str:
    """Something to tell by telephone, good for one sign-in: 16 characters of all four kinds, 73 bits."""
    groups = ("".join(secrets.choice(_SMALL + _CAPITALS + _DIGITS) for _ in range(4)) for _ in range(3))
    kinds = "".join(secrets.choice(letters) for letters in (_CAPITALS, _SMALL, _DIGITS))
    return f"{kinds}-{'-'.join(groups)}"


async def reset_password(
    session: AsyncSession,
    manager: Manager,
    owner: UUID | None,
    user_id: UUID,
    password_hash: str,
    now: datetime,
) -> User:
    """Set a temporary password, which must be changed at the next sign-in, and end every session.

    Raises `UserNotFoundError`, `AboveCallerError`, `OwnAccountError`, `UserStateError` unless active.
    """
    user = await managed_user(session, manager, owner, user_id, not_self=True)
    if user.state != UserState.ACTIVE:
        raise UserStateError(state=user.state)
    await set_password(session, user, password_hash, now, temporary=True)
    await repository_sessions.end_sessions(session, user.id, "password", now)
    await _write_down(session, manager, "user.reset_password", user)
    return user


async def reset_second_factor(
    session: AsyncSession, manager: Manager, owner: UUID | None, user_id: UUID, now: datetime
) -> User:
    """Take away a lost second factor and end every session. Where it is mandatory, the next sign-in enrols anew.

    Raises `UserNotFoundError`, `AboveCallerError`, `OwnAccountError`, `SecondFactorStateError`.
    """
    user = await managed_user(session, manager, owner, user_id, not_self=True)
    if user.totp_confirmed_at is None:
        raise SecondFactorStateError
    await remove_second_factor(session, user)
    await repository_sessions.end_sessions(session, user.id, "second_factor", now)
    await _write_down(session, manager, "user.reset_second_factor", user)
    return user


async def end_users_sessions(
    session: AsyncSession, manager: Manager, owner: UUID | None, user_id: UUID, now: datetime
) -> int:
    """End every session of a user; returns how many. Raises `UserNotFoundError`, `AboveCallerError`."""
    user = await managed_user(session, manager, owner, user_id)
    ended = await repository_sessions.end_sessions(session, user.id, "administrator", now)
    await _write_down(session, manager, "user.end_sessions", user, after={"ended": ended})
    return ended


def _facts(user: User, held: Held) -> dict[str, Any]:
    return {
        "login": user.login,
        "display_name": user.display_name,
        "mail": user.mail,
        "state": user.state,
        "roles": " ".join([*held.presets, *(str(role_id) for role_id in held.role_ids)]),
    }


async def _write_down(
    session: AsyncSession,
    manager: Manager,
    action: str,
    user: User,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    await record(
        session,
        manager.actor,
        action=action,
        subject=("user", user.id),
        tenant_id=user.tenant_id,
        before=before,
        after=after,
    )
