"""HTTP endpoints of retention: a tenant's terms, the operator's minima, legal holds."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.privacy.holds import hold_call, holds_of, lift_hold
from yunhu.domains.privacy.kinds import LONGEST, DataKind
from yunhu.domains.privacy.models import LegalHold
from yunhu.domains.privacy.terms import TermView, set_term, tenant_by_slug, terms_of
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses

Reason = Annotated[str, Meta(min_length=4, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
Slug = Annotated[str, QueryParameter(max_length=64)]
Most = Annotated[int, QueryParameter(ge=1, le=200)]


class TermRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long, and why."""

    days: Annotated[int, Meta(ge=1, le=LONGEST)]
    reason: Reason


class HoldRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call that must stay."""

    call_id: UUID
    reason: Reason


class HoldView(msgspec.Struct, frozen=True, kw_only=True):
    """A hold, standing or lifted."""

    id: UUID
    call_id: UUID
    reason: str
    held_by: str
    held_at: datetime
    lifted_at: datetime | None


class RetentionController(Controller):
    """Terms of the caller's own tenant."""

    path = "/retention"
    tags = ("Retention",)
    guards = (requires(Scope.GRANTS_MANAGE),)

    @get(summary="Show how long data is kept", responses=problem_responses())
    async def show(
        self, caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> list[TermView]:
        """One entry a kind of data, in days, with how much has been removed."""
        async with services.database.transaction() as session:  # the operator's minima are no tenant's rows
            return await terms_of(session, caller.tenant_id)

    @put("/{kind:str}", summary="Set how long a kind of data is kept", responses=problem_responses(422))
    async def change(
        self,
        kind: FromPath[DataKind],
        data: JSONBody[TermRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> TermView:
        """Not below the operator's minimum. Holds from the next look on, within a day."""
        async with services.database.transaction() as session:
            return await set_term(
                session,
                caller.actor,
                tenant_id=caller.tenant_id,
                kind=kind,
                days=data.days,
                reason=data.reason,
                now=services.clock.now(),
            )


class HeldCallController(Controller):
    """Calls of the caller's own tenant that stay whatever their age."""

    path = "/legal-holds"
    tags = ("Retention",)
    guards = (requires(Scope.GRANTS_MANAGE),)

    @get(summary="List holds on one's own calls", responses=problem_responses())
    async def list_holds(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[HoldView]:
        """Newest first, lifted ones included. The operator sets and lifts them."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return await _holds(session, caller.tenant_id, cursor, limit)


class OperatorRetentionController(Controller):
    """The least that every tenant has to keep, and what a tenant keeps."""

    path = "/operator/retention"
    tags = ("Retention",)
    guards = (requires(Scope.OPERATOR_TENANTS),)

    @get(summary="Show minima, or a tenant's terms", responses=problem_responses(404))
    async def show(
        self,
        services: NamedDependency[Services],
        tenant: Annotated[str | None, QueryParameter(max_length=64)] = None,
    ) -> list[TermView]:
        """One entry a kind of data, in days."""
        async with services.database.transaction() as session:
            tenant_id = None if tenant is None else await tenant_by_slug(session, tenant)
            return await terms_of(session, tenant_id)

    @put("/{kind:str}", summary="Set a minimum", responses=problem_responses(422))
    async def change(
        self,
        kind: FromPath[DataKind],
        data: JSONBody[TermRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> TermView:
        """Never below the product's own floor: recordings 30 days, audit 183."""
        async with services.database.transaction() as session:
            return await set_term(
                session,
                caller.actor,
                tenant_id=None,
                kind=kind,
                days=data.days,
                reason=data.reason,
                now=services.clock.now(),
            )


class LegalHoldController(Controller):
    """Calls that stay whatever their age."""

    path = "/operator/legal-holds"
    tags = ("Retention",)
    guards = (requires(Scope.OPERATOR_COMPLAINTS),)

    @post(summary="Hold a call", responses=problem_responses(404))
    async def hold(
        self,
        data: JSONBody[HoldRequest],
        tenant: Slug,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> HoldView:
        """The call, its recording and its notification stay until the hold is lifted. Saying it twice is one hold."""
        async with services.database.transaction() as session:
            row = await hold_call(
                session,
                caller.actor,
                tenant_id=await tenant_by_slug(session, tenant),
                call_id=data.call_id,
                reason=data.reason,
                now=services.clock.now(),
            )
            return _hold_view(row)

    @get(summary="List holds", responses=problem_responses(404))
    async def list_holds(
        self,
        tenant: Slug,
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[HoldView]:
        """Newest first, lifted ones included."""
        async with services.database.transaction() as session:
            return await _holds(session, await tenant_by_slug(session, tenant), cursor, limit)

    @post("/{hold_id:uuid}/lift", summary="Lift a hold", status_code=200, responses=problem_responses(404))
    async def lift(
        self,
        hold_id: FromPath[UUID],
        tenant: Slug,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> HoldView:
        """The call's term runs again. A second time changes nothing."""
        async with services.database.transaction() as session:
            row = await lift_hold(
                session,
                caller.actor,
                tenant_id=await tenant_by_slug(session, tenant),
                hold_id=hold_id,
                now=services.clock.now(),
            )
            return _hold_view(row)


async def _holds(session: AsyncSession, tenant_id: UUID, cursor: str | None, limit: int) -> Page[HoldView]:
    before = decode_cursor(cursor, UUID) if cursor is not None else None
    rows = await holds_of(session, tenant_id, before=before, limit=limit + 1)
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page([_hold_view(row) for row in rows[:limit]], more)


def _hold_view(row: LegalHold) -> HoldView:
    return HoldView(
        id=row.id,
        call_id=row.call_id,
        reason=row.reason,
        held_by=row.held_by,
        held_at=row.held_at,
        lifted_at=row.lifted_at,
    )
