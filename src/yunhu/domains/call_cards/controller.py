"""HTTP endpoints of call cards for tenants."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.call_cards import repository
from yunhu.domains.call_cards.models import CardProfile, ProfileState
from yunhu.domains.call_cards.rules import Step, after
from yunhu.domains.call_cards.schemas import (
    CardView,
    ProfileRequest,
    ProfileView,
    card_view,
    profile_view,
)
from yunhu.domains.call_cards.service import (
    check_logo,
    draft_profile,
    find_profile,
    submit_profile,
    withdraw_profile,
)
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses
from yunhu.messaging.cards.port import CardState

_write = requires(Scope.CARDS_WRITE)


class CardProfileController(Controller):
    """What the caller's own tenant shows on phones."""

    path = "/card-profiles"
    tags = ("Call cards",)
    guards = (requires(Scope.CARDS_READ),)

    @post(summary="Draft a card profile", guards=[_write], responses=problem_responses(404, 422))
    async def create(
        self,
        data: JSONBody[ProfileRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ProfileView:
        """Nobody sees it before the operator approved it."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            await _check_logo(session, caller, data)
            row = await draft_profile(
                session,
                caller.tenant_id,
                data.name,
                data.reasons,
                data.logo_document_id,
                services.clock.now(),
            )
            await note_profile(session, caller, "card_profile.create", row)
        return profile_view(row)

    @get(summary="List card profiles", responses=problem_responses(422))
    async def list_profiles(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        in_state: Annotated[ProfileState | None, QueryParameter(name="state")] = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[ProfileView]:
        """Newest first."""
        return await profile_page(services, caller.tenant_id, in_state, cursor, limit)

    @put(
        "/{profile_id:uuid}",
        summary="Change a draft",
        guards=[_write],
        responses=problem_responses(404, 409, 422),
    )
    async def change(
        self,
        profile_id: FromPath[UUID],
        data: JSONBody[ProfileRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ProfileView:
        """A submitted or approved profile is not changed: draft another."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find_profile(session, profile_id, caller.tenant_id)
            row.state = after(ProfileState(row.state), Step.CHANGE)
            await _check_logo(session, caller, data)
            row.name, row.reasons, row.logo_document_id = data.name, dict(data.reasons), data.logo_document_id
            row.reviewed_at = row.reviewed_by = None
            await note_profile(session, caller, "card_profile.change", row)
        return profile_view(row)

    @post(
        "/{profile_id:uuid}/submit",
        summary="Submit for review",
        guards=[_write],
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def submit(
        self, profile_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> ProfileView:
        """Another person, of the operator, decides about it."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find_profile(session, profile_id, caller.tenant_id)
            await submit_profile(session, row, caller.actor)
            await note_profile(session, caller, "card_profile.submit", row)
        return profile_view(row)

    @post(
        "/{profile_id:uuid}/withdraw",
        summary="Withdraw",
        guards=[_write],
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def withdraw(
        self, profile_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> ProfileView:
        """What is submitted becomes a draft again; what is approved is shown no more from the next call on."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find_profile(session, profile_id, caller.tenant_id)
            await withdraw_profile(session, row)
            await note_profile(session, caller, "card_profile.withdraw", row)
        return profile_view(row)


class CallCardController(Controller):
    """What became of cards."""

    path = "/call-cards"
    tags = ("Call cards",)
    guards = (requires(Scope.CARDS_READ),)

    @get(summary="List call cards", responses=problem_responses(422))
    async def list_cards(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        in_state: Annotated[CardState | None, QueryParameter(name="state")] = None,
        call_id: FromQuery[UUID | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[CardView]:
        """Newest first; of one call with `call_id`."""
        before_id = decode_cursor(cursor, UUID) if cursor is not None else None
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            rows = await repository.cards_of(
                session,
                caller.tenant_id,
                state=in_state,
                call_id=call_id,
                before_id=before_id,
                limit=limit + 1,
            )
        more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
        return Page([card_view(row) for row in rows[:limit]], more)


async def profile_page(
    services: Services,
    tenant_id: UUID | None,
    state: ProfileState | None,
    cursor: str | None,
    limit: int,
) -> Page[ProfileView]:
    """One page of a list."""
    before_id = decode_cursor(cursor, UUID) if cursor is not None else None
    async with services.database.transaction() as session:
        rows = await repository.profiles_of(session, tenant_id, state, before_id=before_id, limit=limit + 1)
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page([profile_view(row) for row in rows[:limit]], more)


async def _check_logo(session: AsyncSession, caller: Caller, data: ProfileRequest) -> None:
    if data.logo_document_id is not None:
        await check_logo(session, data.logo_document_id, caller.tenant_id)


async def note_profile(session: AsyncSession, caller: Caller, action: str, row: CardProfile) -> None:
    """Put a change of a profile on the audit log; the last statement of its transaction."""
    await session.flush()
    await record(
        session,
        caller.actor,
        action=action,
        subject=("card_profile", row.id),
        tenant_id=row.tenant_id,
        after={"state": row.state, "name": row.name, "reasons": row.reasons, "remarks": row.remarks or ""},
    )
