"""HTTP endpoints of contracts for the operator: make, sign, invoice, record payments, terminate, settle."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from yunhu.domains.contracts import drafts, ending, reading, repository_parts
from yunhu.domains.contracts.clocks import ClockEntry
from yunhu.domains.contracts.controller import (
    Limit,
    State,
    clock_entries,
    page,
    settlement_view,
    usage_now,
)
from yunhu.domains.contracts.drafts import InvoiceWish, SignWish, find_contract
from yunhu.domains.contracts.ending import TerminationWish
from yunhu.domains.contracts.events import journal_of
from yunhu.domains.contracts.payments import PaymentWish, record_payment
from yunhu.domains.contracts.schemas import (
    ContractView,
    ContractWhole,
    PaymentView,
    SettlementView,
    ShortfallView,
    payment_view,
    shortfall_views,
)
from yunhu.domains.contracts.settlement import Account
from yunhu.domains.contracts.timeline import TimelinePoint, timeline_of
from yunhu.domains.contracts.usage import Usage, metered_by_kind
from yunhu.domains.contracts.wishes import ContractWish
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.calendar import load_calendar
from yunhu.foundation.clock import natural_day
from yunhu.foundation.http import Page, Services, problem_responses

Slug = Annotated[str, QueryParameter(max_length=64)]


class OperatorContractController(Controller):
    """Contracts of every tenant."""

    path = "/operator/contracts"
    tags = ("Contracts",)
    guards = (requires(Scope.OPERATOR_CONTRACTS),)

    @post(summary="Draft a contract", responses=problem_responses(404, 409, 422))
    async def create(
        self,
        data: JSONBody[ContractWish],
        tenant: Slug,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ContractView:
        """For the tenant of that slug; 409 with the id when the number is taken by a contract of the same tenant."""
        async with services.database.transaction() as session:
            tenant_id = await reading.tenant_of(session, tenant)
            async with journal_of(session, caller.actor, services.clock.now()) as journal:
                row = await drafts.create(journal, tenant_id, data)
            return await reading.seen(session, row)

    @get(summary="List contracts", responses=problem_responses(404))
    async def list_contracts(
        self,
        services: NamedDependency[Services],
        tenant: FromQuery[str | None] = None,
        contract_state: State = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[ContractView]:
        """Newest first; of one tenant, or of all."""
        async with services.database.transaction() as session:
            tenant_id = await reading.tenant_of(session, tenant) if tenant is not None else None
            return await page(session, tenant_id, contract_state, cursor, limit)

    @get("/{contract_id:uuid}", summary="Show a contract", responses=problem_responses(404))
    async def show(self, contract_id: FromPath[UUID], services: NamedDependency[Services]) -> ContractWhole:
        """Terms, items, supplements, claims, payments, causes against service, documents."""
        async with services.database.transaction() as session:
            row = await find_contract(session, contract_id)
            return await reading.whole(session, row, services.clock)

    @put("/{contract_id:uuid}", summary="Edit a draft", responses=problem_responses(404, 409, 422))
    async def edit(
        self,
        contract_id: FromPath[UUID],
        data: JSONBody[ContractWish],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ContractView:
        """Puts other terms in its place; what was signed is changed by a supplement."""
        async with services.database.transaction() as session:
            async with journal_of(session, caller.actor, services.clock.now()) as journal:
                row = await drafts.edit(journal, contract_id, data)
            return await reading.seen(session, row)

    @post(
        "/{contract_id:uuid}/sign",
        summary="Sign a contract",
        status_code=200,
        responses=problem_responses(404, 409, 422),
    )
    async def sign(
        self,
        contract_id: FromPath[UUID],
        data: JSONBody[SignWish],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ContractView:
        """The prepayment is due so many working days after the day of signing, by China's calendar."""
        async with services.database.transaction() as session:
            calendar = await load_calendar(session)
            async with journal_of(session, caller.actor, services.clock.now()) as journal:
                row = await drafts.sign(journal, contract_id, data, calendar)
            return await reading.seen(session, row)

    @post(
        "/{contract_id:uuid}/invoices",
        summary="Note an invoice",
        status_code=200,
        responses=problem_responses(404, 409, 422),
    )
    async def invoice(
        self,
        contract_id: FromPath[UUID],
        data: JSONBody[InvoiceWish],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ContractView:
        """That an invoice (发票) was issued for a claim; the contract then awaits its payment."""
        async with services.database.transaction() as session:
            async with journal_of(session, caller.actor, services.clock.now()) as journal:
                row = await drafts.record_invoice(journal, contract_id, data)
            return await reading.seen(session, row)

    @post(
        "/{contract_id:uuid}/payments", summary="Record a payment", responses=problem_responses(404, 409, 422)
    )
    async def pay(
        self,
        contract_id: FromPath[UUID],
        data: JSONBody[PaymentWish],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> PaymentView:
        """Goes to the claims that were due first. 409 with the id when the bank's reference is recorded already."""
        async with services.database.transaction() as session:
            async with journal_of(session, caller.actor, services.clock.now()) as journal:
                payment = await record_payment(journal, contract_id, data)
            return payment_view(payment)

    @post(
        "/{contract_id:uuid}/terminate",
        summary="Terminate a contract",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def terminate(
        self,
        contract_id: FromPath[UUID],
        data: JSONBody[TerminationWish],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ContractView:
        """Today is the last day. For `unpaid`, a debt must have been late for the agreed days."""
        async with services.database.transaction() as session:
            async with journal_of(session, caller.actor, services.clock.now()) as journal:
                row = await ending.terminate(journal, contract_id, data)
            return await reading.seen(session, row)

    @get(
        "/{contract_id:uuid}/account",
        summary="The closing account as it would be today",
        responses=problem_responses(404, 409),
    )
    async def account(
        self,
        contract_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> Account:
        """409 for a contract that is not over."""
        async with services.database.transaction() as session:
            row = await find_contract(session, contract_id)
            used = await metered_by_kind(session, row.id)
            async with journal_of(session, caller.actor, services.clock.now()) as journal:
                return await ending.account_of(journal, row, used)

    @post(
        "/{contract_id:uuid}/settle",
        summary="Settle a contract",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def settle(
        self,
        contract_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> SettlementView:
        """Closes the account for good, from what was metered and paid."""
        async with services.database.transaction() as session:
            row = await find_contract(session, contract_id, lock=True)
            used = await metered_by_kind(session, row.id)
            async with journal_of(session, caller.actor, services.clock.now()) as journal:
                await ending.settle(journal, contract_id, used)
            return await settlement_view(session, row)

    @get("/{contract_id:uuid}/settlement", summary="The closing account", responses=problem_responses(404))
    async def settlement(
        self, contract_id: FromPath[UUID], services: NamedDependency[Services]
    ) -> SettlementView:
        """404 until the contract is settled."""
        async with services.database.transaction() as session:
            return await settlement_view(session, await find_contract(session, contract_id))

    @get("/{contract_id:uuid}/clock", summary="What happens next and when", responses=problem_responses(404))
    async def clock(
        self, contract_id: FromPath[UUID], services: NamedDependency[Services]
    ) -> Sequence[ClockEntry]:
        """Every dated point of the contract, past and to come, in order: for a line of time."""
        async with services.database.transaction() as session:
            return await clock_entries(session, await find_contract(session, contract_id), services)

    @get(
        "/{contract_id:uuid}/timeline",
        summary="What happened and what comes",
        responses=problem_responses(404),
    )
    async def timeline(
        self, contract_id: FromPath[UUID], services: NamedDependency[Services]
    ) -> Sequence[TimelinePoint]:
        """The clocks, and between them what was paid, begun, suspended for which cause, and lifted; in order."""
        async with services.database.transaction() as session:
            row = await find_contract(session, contract_id)
            return await timeline_of(session, row, natural_day(services.clock.now()))

    @get("/{contract_id:uuid}/usage", summary="What was used", responses=problem_responses(404))
    async def usage(
        self, contract_id: FromPath[UUID], services: NamedDependency[Services]
    ) -> Sequence[Usage]:
        """Each kind with its quota and its use in the period of today, or of the nearest day of the term."""
        async with services.database.transaction() as session:
            return await usage_now(session, await find_contract(session, contract_id), services)

    @get(
        "/{contract_id:uuid}/shortfalls",
        summary="Capacity that was not supplied",
        responses=problem_responses(404),
    )
    async def shortfalls(
        self, contract_id: FromPath[UUID], services: NamedDependency[Services]
    ) -> Sequence[ShortfallView]:
        """By day and kind; credited when the account is closed."""
        async with services.database.transaction() as session:
            row = await find_contract(session, contract_id)
            return shortfall_views(await repository_parts.shortfalls_of(session, row.id))
