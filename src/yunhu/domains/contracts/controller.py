"""HTTP endpoints of a tenant's own contracts: read only."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts import reading, repository, repository_parts
from yunhu.domains.contracts.clocks import ClockEntry, entries
from yunhu.domains.contracts.drafts import find_contract
from yunhu.domains.contracts.errors import ContractNotFoundError, PartNotFoundError
from yunhu.domains.contracts.models import Contract
from yunhu.domains.contracts.schemas import (
    ContractView,
    ContractWhole,
    SettlementView,
    ShortfallView,
    shortfall_views,
)
from yunhu.domains.contracts.timeline import TimelinePoint, timeline_of
from yunhu.domains.contracts.usage import Usage, usage_on
from yunhu.domains.contracts.words import ContractState
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.clock import natural_day
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
State = Annotated[ContractState | None, QueryParameter(name="state")]


class ContractController(Controller):
    """Contracts of the caller's own tenant."""

    path = "/contracts"
    tags = ("Contracts",)
    guards = (requires(Scope.CONTRACTS_READ),)

    @get(summary="List contracts", responses=problem_responses())
    async def list_contracts(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        contract_state: State = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[ContractView]:
        """Newest first."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return await page(session, caller.tenant_id, contract_state, cursor, limit)

    @get("/current", summary="Show the contract of today", responses=problem_responses(404))
    async def current(
        self, caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> ContractWhole:
        """The signed contract in whose term today lies, with everything that hangs on it."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            today = natural_day(services.clock.now())
            row = await repository.standing_on(session, caller.tenant_id, today)
            if row is None:
                raise ContractNotFoundError("no signed contract covers today")
            return await reading.whole(session, row, services.clock)

    @get("/{contract_id:uuid}", summary="Show a contract", responses=problem_responses(404))
    async def show(
        self,
        contract_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ContractWhole:
        """Terms, items, supplements, claims, payments, causes against service, documents."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find_contract(session, contract_id, tenant_id=caller.tenant_id)
            return await reading.whole(session, row, services.clock)

    @get("/{contract_id:uuid}/clock", summary="What happens next and when", responses=problem_responses(404))
    async def clock(
        self,
        contract_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> Sequence[ClockEntry]:
        """Every dated point of the contract, past and to come, in order: for a line of time."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find_contract(session, contract_id, tenant_id=caller.tenant_id)
            return await clock_entries(session, row, services)

    @get(
        "/{contract_id:uuid}/timeline",
        summary="What happened and what comes",
        responses=problem_responses(404),
    )
    async def timeline(
        self,
        contract_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> Sequence[TimelinePoint]:
        """The clocks, and between them what was paid, begun, suspended for which cause, and lifted; in order."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find_contract(session, contract_id, tenant_id=caller.tenant_id)
            return await timeline_of(session, row, natural_day(services.clock.now()))

    @get("/{contract_id:uuid}/usage", summary="What was used", responses=problem_responses(404))
    async def usage(
        self,
        contract_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> Sequence[Usage]:
        """Each kind with its quota and its use in the period of today, or of the nearest day of the term."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find_contract(session, contract_id, tenant_id=caller.tenant_id)
            return await usage_now(session, row, services)

    @get(
        "/{contract_id:uuid}/shortfalls",
        summary="Capacity that was not supplied",
        responses=problem_responses(404),
    )
    async def shortfalls(
        self,
        contract_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> Sequence[ShortfallView]:
        """By day and kind; credited when the account is closed."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find_contract(session, contract_id, tenant_id=caller.tenant_id)
            return shortfall_views(await repository_parts.shortfalls_of(session, row.id))

    @get("/{contract_id:uuid}/settlement", summary="The closing account", responses=problem_responses(404))
    async def settlement(
        self,
        contract_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> SettlementView:
        """404 until the contract is settled."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find_contract(session, contract_id, tenant_id=caller.tenant_id)
            return await settlement_view(session, row)


async def page(
    session: AsyncSession,
    tenant_id: UUID | None,
    state: ContractState | None,
    cursor: str | None,
    limit: int,
) -> Page[ContractView]:
    """One page of contracts, of one tenant or of all."""
    before = decode_cursor(cursor, UUID) if cursor is not None else None
    found = await repository.page(session, tenant_id=tenant_id, state=state, before=before, limit=limit + 1)
    rows = list(found[:limit])
    more = encode_cursor(rows[-1].id) if len(found) > limit else None
    return Page(await reading.all_seen(session, rows), more)


async def clock_entries(session: AsyncSession, row: Contract, services: Services) -> Sequence[ClockEntry]:
    """A contract's line of time."""
    facts = await repository_parts.clock_of(session, row)
    return entries(facts, natural_day(services.clock.now()))


async def usage_now(session: AsyncSession, row: Contract, services: Services) -> Sequence[Usage]:
    """What was used in the period of today; before and after the term, of its first and last day."""
    contract = await repository.whole(session, row)
    day = min(max(natural_day(services.clock.now()), row.first_day), row.ended_on or row.last_day)
    return await usage_on(session, contract, day)


async def settlement_view(session: AsyncSession, row: Contract) -> SettlementView:
    """The account as it was kept. Raises `PartNotFoundError`."""
    kept = await repository_parts.settlement_of(session, row.id)
    if kept is None:
        raise PartNotFoundError("the contract is not settled")
    return SettlementView(account=kept.account, settled_on=kept.settled_on, settled_by=kept.settled_by)
