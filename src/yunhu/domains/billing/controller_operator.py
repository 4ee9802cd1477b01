"""HTTP endpoints of billing for the operator: ledger, statements, closing accounts, invoices, alarms."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from yunhu.domains.billing import repository
from yunhu.domains.billing.closing import close_month
from yunhu.domains.billing.controller import (
    Form,
    Limit,
    alarm_page,
    entry_page,
    settlement_file,
    statement_file,
    statement_page,
)
from yunhu.domains.billing.invoices import invoice_csv
from yunhu.domains.billing.schemas import (
    AccountView,
    AlarmView,
    CloseRequest,
    EntryView,
    MeterDay,
    StatementView,
    StatementWhole,
    UsageView,
    statement_view,
    statement_whole,
)
from yunhu.domains.billing.settlements import paper_of_settlement, printed
from yunhu.domains.billing.statements import StatementContent, compute
from yunhu.domains.billing.words import EntryKind
from yunhu.domains.documents.public import DocumentStore
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.http import Page, Services, problem_responses
from yunhu.foundation.http.filters import Order

Slug = Annotated[str, QueryParameter(max_length=64)]


class OperatorBillingController(Controller):
    """Money of every tenant."""

    path = "/operator/billing"
    tags = ("Billing",)
    guards = (requires(Scope.OPERATOR_BILLING),)

    @get("/usage", summary="A tenant's usage and balance", responses=problem_responses(404))
    async def usage(self, tenant: Slug, services: NamedDependency[Services]) -> UsageView:
        """As the tenant sees it."""
        async with services.database.transaction() as session:
            return await repository.usage(session, await repository.tenant_of(session, tenant))

    @get("/meter", summary="What was charged to a tenant on each day", responses=problem_responses(404, 422))
    async def meter(
        self,
        tenant: Slug,
        services: NamedDependency[Services],
        first_day: FromQuery[date],
        last_day: FromQuery[date],
        order: FromQuery[Order] = Order.NEWEST,
    ) -> list[MeterDay]:
        """Natural days of China, both included; newest first, or oldest first."""
        async with services.database.transaction() as session:
            tenant_id = await repository.tenant_of(session, tenant)
            oldest_first = order is Order.OLDEST
            return await repository.meter_days(
                session, tenant_id, first_day, last_day, oldest_first=oldest_first
            )

    @get("/accounts", summary="Balances of the ledger", responses=problem_responses(404))
    async def accounts(self, tenant: Slug, services: NamedDependency[Services]) -> list[AccountView]:
        """Debit positive, credit negative; they sum to zero."""
        async with services.database.transaction() as session:
            return await repository.accounts(session, await repository.tenant_of(session, tenant))

    @get("/entries", summary="Entries of the ledger", responses=problem_responses(404, 422))
    async def entries(
        self,
        tenant: Slug,
        services: NamedDependency[Services],
        contract_id: FromQuery[UUID | None] = None,
        kind: FromQuery[EntryKind | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[EntryView]:
        """Newest first. Entries never change."""
        async with services.database.transaction() as session:
            tenant_id = await repository.tenant_of(session, tenant)
            return await entry_page(session, tenant_id, contract_id, kind, cursor, limit)

    @get("/preview", summary="What a period comes to now", responses=problem_responses(404, 422))
    async def preview(
        self,
        contract_id: FromQuery[UUID],
        first_day: FromQuery[date],
        last_day: FromQuery[date],
        services: NamedDependency[Services],
    ) -> StatementContent:
        """Nothing is closed; days that are not over are counted as far as they are."""
        async with services.database.transaction() as session:
            return await compute(session, contract_id, first_day, last_day)

    @post("/statements", summary="Close a month", responses=problem_responses(404, 409, 422))
    async def close(
        self,
        data: JSONBody[CloseRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        documents: NamedDependency[DocumentStore],
    ) -> StatementView:
        """Makes the PDF and the workbook; 409 with the id when it is closed. Months close in their order."""
        row = await close_month(
            services.database, documents, data.contract_id, data.month, caller.actor, services.clock.now()
        )
        return statement_view(row)

    @get("/statements", summary="List statements of all tenants", responses=problem_responses(404, 422))
    async def list_statements(
        self,
        services: NamedDependency[Services],
        tenant: FromQuery[str | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[StatementView]:
        """Newest first."""
        tenant_id = None
        if tenant is not None:
            async with services.database.transaction() as session:
                tenant_id = await repository.tenant_of(session, tenant)
        return await statement_page(services, tenant_id, cursor, limit)

    @get("/statements/{statement_id:uuid}", summary="Show a statement", responses=problem_responses(404))
    async def show(self, statement_id: FromPath[UUID], services: NamedDependency[Services]) -> StatementWhole:
        """With its lines."""
        async with services.database.transaction() as session:
            return statement_whole(await repository.statement(session, statement_id, None))

    @get(
        "/statements/{statement_id:uuid}/content",
        summary="Download a statement of any tenant",
        responses=problem_responses(404, 422),
    )
    async def download(
        self,
        statement_id: FromPath[UUID],
        services: NamedDependency[Services],
        documents: NamedDependency[DocumentStore],
        form: Form = "pdf",
    ) -> Stream:
        """As the tenant gets it."""
        async with services.database.transaction() as session:
            row = await repository.statement(session, statement_id, None)
        return await statement_file(services, documents, row, form)

    @get(
        "/settlements/{contract_id:uuid}/content",
        summary="Download the closing account of any tenant",
        responses=problem_responses(404, 422),
    )
    async def settlement(
        self, contract_id: FromPath[UUID], services: NamedDependency[Services], form: Form = "pdf"
    ) -> Response[bytes]:
        """As the tenant gets it."""
        async with services.database.transaction() as session:
            paper = await paper_of_settlement(session, contract_id, None)
        return settlement_file(contract_id, await printed(paper, form), form)

    @get("/invoices", summary="Invoice data", responses=problem_responses(404))
    async def invoices(
        self,
        services: NamedDependency[Services],
        tenant: FromQuery[str | None] = None,
        *,
        pending: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """CSV of what is invoiced: claims of contracts that are paid in advance, closed months of others.

        `pending=true` leaves out what has an invoice already.
        """
        async with services.database.transaction() as session:
            tenant_id = await repository.tenant_of(session, tenant) if tenant is not None else None
            content = invoice_csv(await repository.invoices(session, tenant_id, pending=pending))
        headers = {"Content-Disposition": 'attachment; filename="invoices.csv"'}
        return Response(content, media_type="text/csv; charset=utf-8", headers=headers)

    @get("/alarms", summary="Quotas and money that are running out", responses=problem_responses(404, 422))
    async def alarms(
        self,
        services: NamedDependency[Services],
        tenant: FromQuery[str | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[AlarmView]:
        """Newest first; of one tenant, or of all."""
        async with services.database.transaction() as session:
            tenant_id = await repository.tenant_of(session, tenant) if tenant is not None else None
            return await alarm_page(session, tenant_id, cursor, limit)
