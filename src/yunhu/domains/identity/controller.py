"""HTTP endpoints for API keys, the same for a tenant and for the operator."""

from collections.abc import Collection
from datetime import timedelta
from typing import Annotated, ClassVar
from uuid import UUID

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from yunhu.domains.identity import repository
from yunhu.domains.identity.caller import Caller
from yunhu.domains.identity.errors import ScopeNotGrantableError
from yunhu.domains.identity.guard import requires
from yunhu.domains.identity.key_history import write_down
from yunhu.domains.identity.keyring import KeyRing
from yunhu.domains.identity.managing import owner_of
from yunhu.domains.identity.roles import Side
from yunhu.domains.identity.schemas import KeyRequest, KeyView, NewKey, RotationRequest, key_view
from yunhu.domains.identity.scopes import Scope
from yunhu.domains.identity.service import (
    KeyWish,
    create_api_key,
    find_api_key,
    revoke_api_key,
    rotate_api_key,
)
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses


class _Keys(Controller):
    """A key cannot grant what it does not hold, and neither can a person."""

    side: ClassVar[Side]

    @post(summary="Make a key", responses=problem_responses(422))
    async def create(
        self, data: JSONBody[KeyRequest], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> NewKey:
        """The token is in this answer and nowhere else. A key cannot grant scopes that it does not hold."""
        _check_grant(caller, data.scopes)
        wish = KeyWish(
            name=data.name,
            scopes=data.scopes,
            expires_at=data.expires_at,
            allowed_networks=data.allowed_networks,
            rate_per_minute=data.rate_per_minute,
        )
        async with services.database.transaction() as session:
            owner = owner_of(self.side, caller)
            token, row = await create_api_key(session, services.vault, owner, wish, services.clock.now())
            await write_down(session, caller.actor, "api_key.create", row)
        return NewKey(token=token, key=key_view(row))

    @get(summary="List keys", responses=problem_responses())
    async def list_keys(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[KeyView]:
        """Newest first, ended ones included."""
        before = decode_cursor(cursor, UUID) if cursor is not None else None
        async with services.database.transaction() as session:
            rows = await repository.keys_of(
                session, owner_of(self.side, caller), before=before, limit=limit + 1
            )
        shown = rows[:limit]
        more = encode_cursor(shown[-1].id) if len(rows) > limit else None
        return Page([key_view(row) for row in shown], more)

    @post("/{key_id:uuid}/rotate", summary="Rotate a key", responses=problem_responses(404, 409))
    async def rotate(
        self,
        key_id: FromPath[UUID],
        data: JSONBody[RotationRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        keyring: NamedDependency[KeyRing],
    ) -> NewKey:
        """A successor with the same rights; the old key goes on for the grace period."""
        now = services.clock.now()
        async with services.database.transaction() as session:
            old = await find_api_key(session, owner_of(self.side, caller), key_id)
            _check_grant(caller, old.scopes)
            grace = timedelta(seconds=data.grace_seconds)
            token, row = await rotate_api_key(session, services.vault, old, grace, now)
            answer = NewKey(token=token, key=key_view(row))
            await write_down(session, caller.actor, "api_key.rotate", old)
        keyring.forget(key_id)
        return answer

    @delete("/{key_id:uuid}", summary="Revoke a key", responses=problem_responses(404))
    async def revoke(
        self,
        key_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        keyring: NamedDependency[KeyRing],
    ) -> None:
        """Refused at once by the process that answers, by others within three seconds."""
        async with services.database.transaction() as session:
            key = await find_api_key(session, owner_of(self.side, caller), key_id)
            await revoke_api_key(session, key, services.clock.now())
            await write_down(session, caller.actor, "api_key.revoke", key)
        keyring.forget(key_id)


class ApiKeyController(_Keys):
    """Keys of the caller's own tenant."""

    path = "/api-keys"
    tags = ("API keys",)
    guards = (requires(Scope.KEYS_MANAGE),)
    side = Side.TENANT


class OperatorKeyController(_Keys):
    """Keys of the operator's own programs."""

    path = "/operator/api-keys"
    tags = ("Operator: API keys",)
    guards = (requires(Scope.OPERATOR_USERS),)
    side = Side.OPERATOR


def _check_grant(caller: Caller, scopes: Collection[str]) -> None:
    lacking = sorted(set(scopes) - caller.scopes)
    if lacking:
        raise ScopeNotGrantableError(scopes=lacking)
