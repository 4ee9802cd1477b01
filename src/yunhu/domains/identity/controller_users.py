"""HTTP endpoints for managing users, the same for a tenant and for the operator."""

from collections.abc import Sequence
from typing import Annotated, ClassVar
from uuid import UUID

from litestar import Controller, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity import repository_users, users
from yunhu.domains.identity.account import running_sessions
from yunhu.domains.identity.caller import Caller
from yunhu.domains.identity.failures import locked_until
from yunhu.domains.identity.guard import requires
from yunhu.domains.identity.managing import managed_user, manager_of, owner_of
from yunhu.domains.identity.models_users import User, UserState
from yunhu.domains.identity.people import People
from yunhu.domains.identity.roles import Side
from yunhu.domains.identity.schemas_users import (
    AdministratorRequest,
    EndedSessions,
    InvitedUser,
    SessionView,
    TemporaryPassword,
    UserChangeRequest,
    UserRequest,
    UserView,
    invitation_view,
    session_view,
    user_view,
)
from yunhu.domains.identity.scopes import Scope
from yunhu.domains.identity.user_errors import TenantUnknownError, UserNotFoundError
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses


class _Users(Controller):
    """Whoever manages users reaches only those who may do nothing that the manager may not do."""

    side: ClassVar[Side]

    @post(summary="Invite a user", responses=problem_responses(404, 409, 422))
    async def invite(
        self,
        data: JSONBody[UserRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> InvitedUser:
        """The answer holds the one-time link with which the user chooses a password, within 72 hours."""
        wish = users.UserWish(
            login=data.login, display_name=data.display_name, mail=data.mail, roles=data.roles.choice()
        )
        async with services.database.transaction() as session:
            user, invitation = await users.invite_user(
                session,
                services.vault,
                manager_of(caller),
                owner_of(self.side, caller),
                wish,
                services.clock.now(),
            )
            view = (await _views(session, services, [user]))[0]
        return InvitedUser(user=view, invitation=invitation_view(invitation))

    @get(summary="List users", responses=problem_responses())
    async def list_users(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        in_state: Annotated[UserState | None, QueryParameter(name="state")] = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[UserView]:
        """Newest first, disabled ones included."""
        before = decode_cursor(cursor, UUID) if cursor is not None else None
        owner = owner_of(self.side, caller)
        async with services.database.transaction() as session:
            rows = await repository_users.users_of_side(
                session, owner, state=in_state, before=before, limit=limit + 1
            )
            shown = rows[:limit]
            views = await _views(session, services, shown)
        return Page(views, encode_cursor(shown[-1].id) if len(rows) > limit else None)

    @get("/{user_id:uuid}", summary="Show a user", responses=problem_responses(404))
    async def show(
        self, user_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> UserView:
        """With roles and state."""
        async with services.database.transaction() as session:
            user = await repository_users.user_of_side(session, owner_of(self.side, caller), user_id)
            if user is None:
                raise UserNotFoundError
            return (await _views(session, services, [user]))[0]

    @patch("/{user_id:uuid}", summary="Change a user", responses=problem_responses(404, 409))
    async def change(
        self,
        user_id: FromPath[UUID],
        data: JSONBody[UserChangeRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> UserView:
        """New roles hold from the user's next request on."""
        roles = UNSET if isinstance(data.roles, UnsetType) else data.roles.choice()
        change = users.UserChange(display_name=data.display_name, mail=data.mail, roles=roles)
        async with services.database.transaction() as session:
            owner = owner_of(self.side, caller)
            user = await users.change_user(session, manager_of(caller), owner, user_id, change)
            return (await _views(session, services, [user]))[0]

    @post(
        "/{user_id:uuid}/disable",
        summary="Disable a user",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def disable(
        self, user_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> UserView:
        """Ends every session at once. Users are not deleted: history names them."""
        async with services.database.transaction() as session:
            owner, now = owner_of(self.side, caller), services.clock.now()
            user = await users.disable_user(session, manager_of(caller), owner, user_id, now)
            return (await _views(session, services, [user]))[0]

    @post(
        "/{user_id:uuid}/enable",
        summary="Enable a user",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def enable(
        self, user_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> UserView:
        """With the roles and the password from before."""
        async with services.database.transaction() as session:
            owner = owner_of(self.side, caller)
            user = await users.enable_user(session, manager_of(caller), owner, user_id)
            return (await _views(session, services, [user]))[0]

    @post(
        "/{user_id:uuid}/unlock", summary="Unlock a user", status_code=200, responses=problem_responses(404)
    )
    async def unlock(
        self, user_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> UserView:
        """Before the 15 minutes of a lock are over."""
        async with services.database.transaction() as session:
            owner = owner_of(self.side, caller)
            user = await users.unlock_user(session, services.vault, manager_of(caller), owner, user_id)
            return (await _views(session, services, [user]))[0]

    @post("/{user_id:uuid}/invitation", summary="Invite again", responses=problem_responses(404, 409))
    async def invite_again(
        self, user_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> InvitedUser:
        """A fresh link; the one before is void."""
        async with services.database.transaction() as session:
            owner, now = owner_of(self.side, caller), services.clock.now()
            user, invitation = await users.invite_again(
                session, services.vault, manager_of(caller), owner, user_id, now
            )
            view = (await _views(session, services, [user]))[0]
        return InvitedUser(user=view, invitation=invitation_view(invitation))

    @post(
        "/{user_id:uuid}/reset-password",
        summary="Reset a password",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def reset_password(
        self,
        user_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        people: NamedDependency[People],
    ) -> TemporaryPassword:
        """A temporary password in the answer, this one time; every session ends at once."""
        password = users.temporary_password()
        password_hash = await people.hasher.hash(password)
        async with services.database.transaction() as session:
            owner, now = owner_of(self.side, caller), services.clock.now()
            await users.reset_password(session, manager_of(caller), owner, user_id, password_hash, now)
        return TemporaryPassword(temporary_password=password)

    @post(
        "/{user_id:uuid}/reset-second-factor",
        summary="Reset a second factor",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def reset_second_factor(
        self, user_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> UserView:
        """For a lost telephone. Where it is mandatory, the next sign-in enrols a new one."""
        async with services.database.transaction() as session:
            owner, now = owner_of(self.side, caller), services.clock.now()
            user = await users.reset_second_factor(session, manager_of(caller), owner, user_id, now)
            return (await _views(session, services, [user]))[0]

    @get("/{user_id:uuid}/sessions", summary="List a user's sessions", responses=problem_responses(404))
    async def list_sessions(
        self, user_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> list[SessionView]:
        """Running ones, newest first."""
        async with services.database.transaction() as session:
            owner = owner_of(self.side, caller)
            user = await managed_user(session, manager_of(caller), owner, user_id)
            rows = await running_sessions(session, user.id, services.clock.now())
        return [session_view(row, caller.session_id) for row in rows]

    @delete(
        "/{user_id:uuid}/sessions",
        summary="End a user's sessions",
        status_code=200,
        responses=problem_responses(404),
    )
    async def end_sessions(
        self, user_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> EndedSessions:
        """All of them, at once."""
        async with services.database.transaction() as session:
            owner, now = owner_of(self.side, caller), services.clock.now()
            ended = await users.end_users_sessions(session, manager_of(caller), owner, user_id, now)
        return EndedSessions(ended=ended)


class TenantUserController(_Users):
    """Users of the caller's own tenant."""

    path = "/users"
    tags = ("Users",)
    guards = (requires(Scope.USERS_MANAGE),)
    side = Side.TENANT


class OperatorUserController(_Users):
    """The operator's own users."""

    path = "/operator/users"
    tags = ("Operator: users",)
    guards = (requires(Scope.OPERATOR_USERS),)
    side = Side.OPERATOR


class TenantAdministratorController(Controller):
    """The one thing that the operator does about a tenant's users."""

    path = "/operator/tenants/{tenant:str}/administrator"
    tags = ("Operator: users",)
    guards = (requires(Scope.OPERATOR_USERS),)

    @post(summary="Invite a tenant's first administrator", responses=problem_responses(404, 409, 422))
    async def invite_first(
        self,
        tenant: FromPath[str],
        data: JSONBody[AdministratorRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> InvitedUser:
        """Only while the tenant has no active administrator; later its users are its own affair (row D8)."""
        wish = users.UserWish(login=data.login, display_name=data.display_name, mail=data.mail)
        async with services.database.transaction() as session:
            row = await repository_users.tenant_by_slug(session, tenant)
            if row is None:
                raise TenantUnknownError(tenant=tenant)
            user, invitation = await users.invite_first_administrator(
                session, services.vault, manager_of(caller), row.id, wish, services.clock.now()
            )
            view = (await _views(session, services, [user]))[0]
        return InvitedUser(user=view, invitation=invitation_view(invitation))


async def _views(session: AsyncSession, services: Services, rows: Sequence[User]) -> list[UserView]:
    held = await repository_users.held_by(session, [row.id for row in rows])
    logins = [row.login_key for row in rows]
    locks = await locked_until(session, services.vault, logins, services.clock.now())
    return [user_view(row, held[row.id], locks.get(row.login_key)) for row in rows]
