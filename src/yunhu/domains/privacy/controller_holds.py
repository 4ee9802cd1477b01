"""HTTP endpoints of legal holds: a tenant sees its own, the operator sets and lifts them."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.privacy.errors import HoldInvalidError, HoldPhoneInvalidError
from yunhu.domains.privacy.holds import HoldWish, calls_in, holds_of, lift_hold, place_hold, scripts_in
from yunhu.domains.privacy.kinds import HoldKind
from yunhu.domains.privacy.models import LegalHold
from yunhu.domains.privacy.schemas import HoldRequest, HoldView, hold_view
from yunhu.domains.privacy.terms import tenant_by_slug
from yunhu.foundation.crypto import Vault
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses
from yunhu.foundation.phone import InvalidPhoneError, Phone

Slug = Annotated[str, QueryParameter(max_length=64)]
Most = Annotated[int, QueryParameter(ge=1, le=200)]


class HeldCallController(Controller):
    """What of the caller's own tenant stays whatever its age."""

    path = "/legal-holds"
    tags = ("Retention",)
    guards = (requires(Scope.GRANTS_MANAGE),)

    @get(summary="List holds on one's own calls", responses=problem_responses())
    async def list_holds(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        kind: FromQuery[HoldKind | None] = None,
        standing: FromQuery[bool] = False,
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[HoldView]:
        """Newest first; lifted ones included, unless only `standing` ones are asked for. The operator sets and lifts them."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            before = decode_cursor(cursor, UUID) if cursor is not None else None
            rows = await holds_of(
                session, caller.tenant_id, before=before, limit=limit + 1, kind=kind, standing=standing
            )
            return await _page(session, services.vault, rows, limit, of_operator=False)


class LegalHoldController(Controller):
    """What stays whatever its age."""

    path = "/operator/legal-holds"
    tags = ("Retention",)
    guards = (requires(Scope.OPERATOR_COMPLAINTS),)

    @post(
        summary="Hold a call, a person's calls and texts, or a period", responses=problem_responses(404, 422)
    )
    async def hold(
        self,
        data: JSONBody[HoldRequest],
        tenant: Slug,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> HoldView:
        """Recordings, notifications and proofs stay with it until the hold is lifted or ends. Saying it twice is one hold."""
        wish = _wish(data, services.vault)
        async with services.database.transaction() as session:
            row = await place_hold(
                session,
                caller.actor,
                tenant_id=await tenant_by_slug(session, tenant),
                wish=wish,
                now=services.clock.now(),
            )
            return await _view(session, services.vault, row)

    @get(summary="List holds", responses=problem_responses(404))
    async def list_holds(
        self,
        tenant: Slug,
        services: NamedDependency[Services],
        kind: FromQuery[HoldKind | None] = None,
        standing: FromQuery[bool] = False,
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[HoldView]:
        """Newest first; lifted ones included, unless only `standing` ones are asked for."""
        async with services.database.transaction() as session:
            before = decode_cursor(cursor, UUID) if cursor is not None else None
            tenant_id = await tenant_by_slug(session, tenant)
            rows = await holds_of(
                session, tenant_id, before=before, limit=limit + 1, kind=kind, standing=standing
            )
            return await _page(session, services.vault, rows, limit, of_operator=True)

    @post("/{hold_id:uuid}/lift", summary="Lift a hold", status_code=200, responses=problem_responses(404))
    async def lift(
        self,
        hold_id: FromPath[UUID],
        tenant: Slug,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> HoldView:
        """The terms run again. A second time changes nothing."""
        async with services.database.transaction() as session:
            row = await lift_hold(
                session,
                caller.actor,
                tenant_id=await tenant_by_slug(session, tenant),
                hold_id=hold_id,
                now=services.clock.now(),
            )
            return await _view(session, services.vault, row)


def _wish(data: HoldRequest, vault: Vault) -> HoldWish:
    """Raises `HoldInvalidError`, `HoldPhoneInvalidError`."""
    if (data.first_day is None) != (data.last_day is None):
        field = "last_day" if data.last_day is None else "first_day"
        raise HoldInvalidError("a period has a first and a last day", field=field)
    days = (data.first_day, data.last_day) if data.first_day and data.last_day else None
    try:
        callee = vault.seal_phone(Phone.parse(data.phone)) if data.phone is not None else None
    except InvalidPhoneError as error:
        raise HoldPhoneInvalidError(str(error)) from None
    return HoldWish(
        reason=data.reason,
        call_id=data.call_id,
        callee=callee,
        days=days,
        script=data.script,
        ends_on=data.ends_on,
    )


async def _view(session: AsyncSession, vault: Vault, row: LegalHold) -> HoldView:
    return (await _page(session, vault, [row], 1, of_operator=True)).items[0]


async def _page(
    session: AsyncSession, vault: Vault, rows: Sequence[LegalHold], limit: int, *, of_operator: bool
) -> Page[HoldView]:
    shown = rows[:limit]
    calls = await calls_in(session, {row.call_id for row in shown if row.call_id is not None})
    scripts = await scripts_in(session, {row.script_id for row in shown if row.script_id is not None})
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page([hold_view(row, calls, scripts, vault, of_operator=of_operator) for row in shown], more)
