"""Closes a month: posts what belongs to it, makes the statement's two documents, and shuts the door behind it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.billing.accounts import open_account
from yunhu.domains.billing.errors import ContractUnknownError, MonthClosedError, MonthNotOverError
from yunhu.domains.billing.excel import write_workbook
from yunhu.domains.billing.ledger import lock_account
from yunhu.domains.billing.models_ledger import Statement
from yunhu.domains.billing.pdf import paper_pdf
from yunhu.domains.billing.posting import post_accruals, post_usage
from yunhu.domains.billing.statements import DETAIL, StatementContent, compute, month_of, month_over
from yunhu.domains.billing.wording import statement_paper
from yunhu.domains.documents.public import DocumentStore, NewDocument, store_document
from yunhu.foundation.actor import Actor
from yunhu.foundation.clock import natural_day
from yunhu.foundation.ids import new_id

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NUMBER = text(
    """
    INSERT INTO statement_counters AS c (year, last) VALUES (:year, 1)
    ON CONFLICT (year) DO UPDATE SET last = c.last + 1 RETURNING last
    """
)
_SHUT = text("UPDATE billing_accounts SET open_from = :open_from WHERE contract_id = :contract_id")
_EXISTS = text("SELECT EXISTS (SELECT FROM contracts WHERE id = :id AND state <> 'draft')")
_PIECE = 65_536


async def close_month(
    session: AsyncSession, store: DocumentStore, contract_id: UUID, month: date, actor: Actor, now: datetime
) -> Statement:
    """Close a contract's month. Raises `ContractUnknownError`, `MonthNotOverError`, `MonthClosedError`.

    Locks the account: no piece can be charged to the month while it closes, and later ones count in the next. Months
    close in their order.
    """
    first, last = month_of(month)
    if not await session.scalar(_EXISTS, {"id": contract_id}):
        raise ContractUnknownError
    await open_account(session, contract_id)
    account = await lock_account(session, contract_id)
    closed = await session.scalar(
        select(Statement).where(Statement.contract_id == contract_id, Statement.month == first)
    )
    if closed is not None:
        raise MonthClosedError(statement_id=str(closed.id))
    if account.open_from != first or not month_over(first, natural_day(now)):
        raise MonthNotOverError(
            f"the next month to close is {account.open_from:%Y-%m}", month=f"{first:%Y-%m}"
        )
    while await post_usage(session, now, last, contract_id):
        pass
    await post_accruals(session, contract_id, last, now)
    content = await compute(session, contract_id, first, last)
    count = await session.scalar(_NUMBER, {"year": first.year})
    row = await _store(
        session, store, account.tenant_id, contract_id, content, f"DZ{first:%Y}-{count:06d}", actor, now
    )
    await session.execute(_SHUT, {"contract_id": contract_id, "open_from": last + timedelta(days=1)})
    await record(
        session,
        actor,
        action="statement.close",
        subject=("statement", row.id),
        tenant_id=row.tenant_id,
        after={"number": row.number, "month": f"{first:%Y-%m}", "gross": row.gross},
        now=now,
    )
    return row


async def _store(
    session: AsyncSession,
    store: DocumentStore,
    tenant_id: UUID,
    contract_id: UUID,
    content: StatementContent,
    number: str,
    actor: Actor,
    now: datetime,
) -> Statement:
    def new(kind: str, media_type: str) -> NewDocument:
        name = f"{number}.{kind}"
        return NewDocument(
            tenant_id=tenant_id, kind="statement", file_name=name, media_type=media_type, actor=actor, now=now
        )

    paper = statement_paper(content, number)
    page = await store_document(
        session, store, new("pdf", "application/pdf"), await asyncio.to_thread(paper_pdf, paper)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement.xlsx"
        await write_workbook(path, paper, charged(session, contract_id, content))
        book = await store_document(session, store, new("xlsx", XLSX), _pieces(path))
    row = Statement(
        id=new_id(),
        tenant_id=tenant_id,
        contract_id=contract_id,
        number=number,
        month=content.first_day,
        gross=content.gross,
        net=content.net,
        vat=content.vat,
        content=msgspec.to_builtins(content),
        pdf_document_id=page.id,
        xlsx_document_id=book.id,
        closed_at=now,
        closed_by=actor.name,
    )
    session.add(row)
    await session.flush()
    return row


async def charged(session: AsyncSession, contract_id: UUID, content: StatementContent) -> AsyncIterator[Any]:
    """Every charged piece of a statement's days, read through a cursor."""
    values = {"contract_id": contract_id, "first": content.first_day, "last": content.last_day}
    stream = await session.stream(DETAIL, values, execution_options={"yield_per": 2_000})
    async for row in stream:
        yield row


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
