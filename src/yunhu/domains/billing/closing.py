"""Closes a month: posts what belongs to it, makes the statement's two documents, and shuts the door behind it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.billing.accounts import open_account
from yunhu.domains.billing.details import count_pieces, rows_of_pieces
from yunhu.domains.billing.errors import ContractUnknownError, MonthClosedError, MonthNotOverError
from yunhu.domains.billing.excel import write_workbook
from yunhu.domains.billing.ledger import lock_account
from yunhu.domains.billing.models_ledger import Statement
from yunhu.domains.billing.pdf import paper_pdf
from yunhu.domains.billing.posting import post_accruals, post_usage
from yunhu.domains.billing.statements import StatementContent, compute, month_of, month_over
from yunhu.domains.billing.wording import Paper, statement_paper
from yunhu.domains.documents.public import DocumentStore, NewDocument, store_document
from yunhu.foundation.actor import Actor
from yunhu.foundation.clock import natural_day
from yunhu.foundation.db import Database
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
    database: Database, store: DocumentStore, contract_id: UUID, month: date, actor: Actor, now: datetime
) -> Statement:
    """Close a contract's month. Raises `ContractUnknownError`, `MonthNotOverError`, `MonthClosedError`.

    In two transactions: the first shuts the month and is short, for nobody dials on the account meanwhile; the second
    makes the papers of what can no longer change. A crash between them is made good by closing the month again.
    """
    first, last = month_of(month)
    async with database.transaction() as session:
        tenant_id = await _shut(session, contract_id, first, last, now)
    try:
        async with database.transaction() as session:
            return await _write(session, store, tenant_id, contract_id, first, last, actor, now)
    except IntegrityError:  # somebody else closed it meanwhile
        async with database.transaction() as session:
            await _check_open(session, contract_id, first)
        raise


async def _shut(session: AsyncSession, contract_id: UUID, first: date, last: date, now: datetime) -> UUID:
    """Post what belongs to the month, and let nothing more be charged to it: later pieces count in the next one.

    Months are shut in their order.
    """
    if not await session.scalar(_EXISTS, {"id": contract_id}):
        raise ContractUnknownError
    await open_account(session, contract_id)
    account = await lock_account(session, contract_id)
    await _check_open(session, contract_id, first)
    if account.open_from == last + timedelta(days=1):
        return account.tenant_id
    if account.open_from != first or not month_over(first, natural_day(now)):
        raise MonthNotOverError(
            f"the next month to close is {account.open_from:%Y-%m}", month=f"{first:%Y-%m}"
        )
    while await post_usage(session, now, last, contract_id):
        pass
    await post_accruals(session, contract_id, last, now)
    await session.execute(_SHUT, {"contract_id": contract_id, "open_from": last + timedelta(days=1)})
    return account.tenant_id


async def _check_open(session: AsyncSession, contract_id: UUID, first: date) -> None:
    closed = await session.scalar(
        select(Statement.id).where(Statement.contract_id == contract_id, Statement.month == first)
    )
    if closed is not None:
        raise MonthClosedError(statement_id=str(closed))


async def _write(
    session: AsyncSession,
    store: DocumentStore,
    tenant_id: UUID,
    contract_id: UUID,
    first: date,
    last: date,
    actor: Actor,
    now: datetime,
) -> Statement:
    content = await compute(session, contract_id, first, last)
    count = await session.scalar(_NUMBER, {"year": first.year})
    number = f"DZ{first:%Y}-{count:06d}"
    row = await _store(session, store, tenant_id, contract_id, content, number, actor, now)
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
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement.xlsx"
        printed = await write_papers(session, path, paper, contract_id, content)
        page = await store_document(session, store, new("pdf", "application/pdf"), printed)
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


async def write_papers(
    session: AsyncSession, path: Path, paper: Paper, contract_id: UUID, content: StatementContent
) -> bytes:
    """A statement's workbook with every charged piece, and its page, printed while the database reads the pieces."""
    days = (content.first_day, content.last_day)
    printing = asyncio.create_task(asyncio.to_thread(paper_pdf, paper))
    try:
        count = await count_pieces(session, contract_id, *days)
        await write_workbook(path, paper, count, rows_of_pieces(session, contract_id, *days))
    finally:
        printed = await printing
    return printed


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
