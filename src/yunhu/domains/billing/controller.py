"""HTTP endpoints of billing for tenants: what was used, what it cost, the closed months."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing import repository
from yunhu.domains.billing.closing import XLSX
from yunhu.domains.billing.models_ledger import Statement
from yunhu.domains.billing.schemas import (
    AccountView,
    AlarmPosition,
    AlarmView,
    EntryView,
    LineView,
    MeterDay,
    StatementView,
    StatementWhole,
    UsageView,
    statement_view,
    statement_whole,
)
from yunhu.domains.billing.settlements import paper_of_settlement, printed
from yunhu.domains.billing.words import EntryKind
from yunhu.domains.documents.public import DocumentStore, document_by_id, open_document
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses
from yunhu.foundation.http.filters import Order

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
Form = Annotated[str, QueryParameter(name="form", pattern="^(pdf|xlsx)$")]


class BillingController(Controller):
    """The caller's own tenant."""

    path = "/billing"
    tags = ("Billing",)
    guards = (requires(Scope.BILLING_READ),)

    @get("/usage", summary="Usage against quota, and the balance", responses=problem_responses())
    async def usage(self, caller: NamedDependency[Caller], services: NamedDependency[Services]) -> UsageView:
        """Amounts are fen with tax; `held` is taken by calls in the air."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return await repository.usage(session, caller.tenant_id)

    @get("/meter", summary="What was charged on each day", responses=problem_responses(422))
    async def meter(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        first_day: FromQuery[date],
        last_day: FromQuery[date],
        order: FromQuery[Order] = Order.NEWEST,
    ) -> list[MeterDay]:
        """Natural days of China, both included; newest first, or oldest first."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            oldest_first = order is Order.OLDEST
            return await repository.meter_days(
                session, caller.tenant_id, first_day, last_day, oldest_first=oldest_first
            )

    @get("/accounts", summary="Balances of the own ledger", responses=problem_responses())
    async def accounts(
        self, caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> list[AccountView]:
        """Debit positive, credit negative; they sum to zero."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return await repository.accounts(session, caller.tenant_id)

    @get("/entries", summary="Entries of the own ledger", responses=problem_responses(422))
    async def entries(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        contract_id: FromQuery[UUID | None] = None,
        kind: FromQuery[EntryKind | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[EntryView]:
        """Newest first. Entries never change."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return await entry_page(session, caller.tenant_id, contract_id, kind, cursor, limit)

    @get("/statements", summary="List statements", responses=problem_responses(422))
    async def list_statements(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[StatementView]:
        """Closed months, newest first."""
        return await statement_page(services, caller.tenant_id, cursor, limit)

    @get("/statements/{statement_id:uuid}", summary="Show a statement", responses=problem_responses(404))
    async def show(
        self,
        statement_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> StatementWhole:
        """With its lines."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return statement_whole(await repository.statement(session, statement_id, caller.tenant_id))

    @get(
        "/statements/{statement_id:uuid}/content",
        summary="Download a statement",
        responses=problem_responses(404, 422),
    )
    async def download(
        self,
        statement_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        documents: NamedDependency[DocumentStore],
        form: Form = "pdf",
    ) -> Stream:
        """`form=pdf` to print, `form=xlsx` with every charged piece."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await repository.statement(session, statement_id, caller.tenant_id)
        return await statement_file(services, documents, row, form)

    @get("/alarms", summary="Quotas and money that are running out", responses=problem_responses(422))
    async def alarms(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[AlarmView]:
        """Newest first: each level of a period or of a contract's money once."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return await alarm_page(session, caller.tenant_id, cursor, limit)

    @get(
        "/settlements/{contract_id:uuid}/content",
        summary="Download the closing account",
        responses=problem_responses(404, 422),
    )
    async def settlement(
        self,
        contract_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        form: Form = "pdf",
    ) -> Response[bytes]:
        """`form=pdf` to print, `form=xlsx` as a workbook; 404 until the contract is settled."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            paper = await paper_of_settlement(session, contract_id, caller.tenant_id)
        return settlement_file(contract_id, await printed(paper, form), form)


def settlement_file(contract_id: UUID, content: bytes, form: str) -> Response[bytes]:
    """A closing account to download."""
    headers = {
        "Content-Disposition": f'attachment; filename="settlement-{contract_id}.{form}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type="application/pdf" if form == "pdf" else XLSX, headers=headers)


async def entry_page(
    session: AsyncSession,
    tenant_id: UUID,
    contract_id: UUID | None,
    kind: EntryKind | None,
    cursor: str | None,
    limit: int,
) -> Page[EntryView]:
    """One page of a tenant's ledger."""
    before = decode_cursor(cursor, UUID) if cursor is not None else None
    rows, lines = await repository.entries(
        session, tenant_id, contract_id=contract_id, kind=kind, before=before, limit=limit + 1
    )
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    views = [
        EntryView(
            id=row.id,
            contract_id=row.contract_id,
            kind=row.kind,
            source=row.source,
            day=row.day,
            lines=[LineView(line.account, line.amount, line.item_id) for line in lines[row.id]],
        )
        for row in rows[:limit]
    ]
    return Page(views, more)


async def alarm_page(
    session: AsyncSession, tenant_id: UUID | None, cursor: str | None, limit: int
) -> Page[AlarmView]:
    """One page of alarms, of one tenant or of all."""
    before = decode_cursor(cursor, AlarmPosition) if cursor is not None else None
    rows = await repository.alarms(session, tenant_id, before, limit + 1)
    shown = rows[:limit]
    more = encode_cursor(AlarmPosition.of(shown[-1])) if len(rows) > limit else None
    return Page(shown, more)


async def statement_file(services: Services, documents: DocumentStore, row: Statement, form: str) -> Stream:
    """The document of a statement."""
    document_id = row.pdf_document_id if form == "pdf" else row.xlsx_document_id
    async with services.database.transaction() as session:
        document = await document_by_id(session, document_id, row.tenant_id)
    headers = {
        "Content-Disposition": f'attachment; filename="{row.number}.{form}"',
        "Content-Length": str(document.bytes),
        "X-Content-Type-Options": "nosniff",
    }
    return Stream(open_document(documents, document), media_type=document.media_type, headers=headers)


async def statement_page(
    services: Services, tenant_id: UUID | None, cursor: str | None, limit: int
) -> Page[StatementView]:
    """One page of statements."""
    before = decode_cursor(cursor, UUID) if cursor is not None else None
    async with services.database.transaction() as session:
        rows = await repository.statements(session, tenant_id, before, limit + 1)
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page([statement_view(row) for row in rows[:limit]], more)
