"""Queries that show what is there."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing.errors import (
    ContractUnknownError,
    ReconciliationNotFoundError,
    StatementNotFoundError,
)
from yunhu.domains.billing.models_ledger import (
    LedgerEntry,
    LedgerLine,
    Reconciliation,
    ReconciliationDifference,
    Statement,
)
from yunhu.domains.billing.schemas import (
    AccountView,
    AlarmPosition,
    AlarmView,
    BalanceView,
    MeterDay,
    QuotaView,
    UsageView,
)
from yunhu.domains.billing.words import EntryKind, RunKind

_QUOTAS = text(
    """
    SELECT q.id, q.kind, q.first_day, q.last_day, q.quota, q.used, q.held, q.quota - q.used - q.held AS left,
        round(q.price::numeric * q.used / q.quota)::bigint AS amount,
        coalesce((SELECT array_agg(a.percent::int ORDER BY a.percent) FROM quota_alarms AS a
                  WHERE a.quota_id = q.id), '{}') AS alarms
    FROM quota_periods AS q WHERE q.tenant_id = :tenant_id ORDER BY q.first_day DESC, q.kind
    """
)
_BALANCES = text(
    "SELECT contract_id, granted, used, held, open_from FROM billing_accounts WHERE tenant_id = :tenant_id"
)
_METER_DAYS = text(
    """
    SELECT m.day, m.kind, count(*) AS pieces, sum(m.amount)::bigint AS amount
    FROM billing_accounts AS a JOIN meter_entries AS m ON m.contract_id = a.contract_id
    WHERE a.tenant_id = :tenant_id AND m.state = 'charged' AND m.day BETWEEN :first AND :last
    GROUP BY m.day, m.kind ORDER BY m.day, m.kind
    """
)
_ACCOUNTS = text(
    """
    SELECT l.account, l.item_id, i.name AS item, l.balance
    FROM (SELECT account, item_id, sum(amount)::bigint AS balance FROM ledger_lines WHERE tenant_id = :tenant_id
          GROUP BY account, item_id) AS l LEFT JOIN contract_items AS i ON i.id = l.item_id
    ORDER BY l.account, l.item_id
    """
)
# The tables hold few rows: three for each period and each amount that was granted.
_ALARMS = text(
    """
    SELECT * FROM (
        SELECT q.kind, a.quota_id AS subject_id, q.contract_id, a.tenant_id, a.percent, a.used, q.quota AS granted, a.at
        FROM quota_alarms AS a JOIN quota_periods AS q ON q.id = a.quota_id
        UNION ALL
        SELECT 'balance', b.contract_id, b.contract_id, b.tenant_id, b.percent, b.used, b.granted, b.at
        FROM balance_alarms AS b
    ) AS a JOIN (SELECT id AS tenant_id, slug AS tenant FROM tenants) AS t USING (tenant_id)
    WHERE (CAST(:tenant_id AS uuid) IS NULL OR tenant_id = :tenant_id)
      AND (CAST(:at AS timestamptz) IS NULL OR (at, subject_id, percent) < (:at, :subject_id, :percent))
    ORDER BY at DESC, subject_id DESC, percent DESC LIMIT :limit
    """
)
_TENANT = text("SELECT id FROM tenants WHERE slug = :slug")
# What is invoiced: a claim of a contract that is paid in advance; of one that is not, each closed month.
INVOICES = text(
    """
    SELECT * FROM (
        SELECT c.tenant_id, c.tenant_name AS title, c.tenant_tax_id AS tax_id, c.number AS contract,
            coalesce(s.number, c.number) AS paper, k.since AS day, k.due_on, c.vat_basis_points, k.net, k.vat,
            k.amount AS gross, k.invoice_number, k.invoiced_on
        FROM contract_claims AS k JOIN contracts AS c ON c.id = k.contract_id
        LEFT JOIN contract_supplements AS s ON s.id = k.supplement_id
        UNION ALL
        SELECT c.tenant_id, c.tenant_name, c.tenant_tax_id, c.number, m.number, m.month, NULL, c.vat_basis_points,
            m.net, m.vat, m.gross, NULL, NULL
        FROM statements AS m JOIN contracts AS c ON c.id = m.contract_id
        WHERE m.gross <> 0 AND NOT EXISTS (SELECT FROM contract_claims AS k WHERE k.contract_id = c.id)
    ) AS invoices
    WHERE (CAST(:tenant_id AS uuid) IS NULL OR tenant_id = :tenant_id) AND (NOT :pending OR invoiced_on IS NULL)
    ORDER BY day, contract, paper
    """
)


async def tenant_of(session: AsyncSession, slug: str) -> UUID:
    """The tenant of a slug. Raises `ContractUnknownError`."""
    found: UUID | None = await session.scalar(_TENANT, {"slug": slug})
    if found is None:
        raise ContractUnknownError(f"there is no tenant {slug!r}")
    return found


async def usage(session: AsyncSession, tenant_id: UUID) -> UsageView:
    """Usage against quota, and the balance."""
    quotas = await session.execute(_QUOTAS, {"tenant_id": tenant_id})
    balances = await session.execute(_BALANCES, {"tenant_id": tenant_id})
    return UsageView(
        quotas=[QuotaView(**row._mapping) for row in quotas],
        balances=[BalanceView(**row._mapping) for row in balances],
    )


async def meter_days(
    session: AsyncSession, tenant_id: UUID, first: date, last: date, *, oldest_first: bool
) -> list[MeterDay]:
    """What was charged on each day."""
    values = {"tenant_id": tenant_id, "first": first, "last": last}
    days = [MeterDay(**row._mapping) for row in await session.execute(_METER_DAYS, values)]
    return sorted(days, key=lambda day: day.day, reverse=not oldest_first)


async def accounts(session: AsyncSession, tenant_id: UUID) -> list[AccountView]:
    """Balances of a tenant's accounts."""
    return [AccountView(**row._mapping) for row in await session.execute(_ACCOUNTS, {"tenant_id": tenant_id})]


async def alarms(
    session: AsyncSession, tenant_id: UUID | None, before: AlarmPosition | None, limit: int
) -> list[AlarmView]:
    """Newest first; of one tenant, or of all."""
    values = {
        "tenant_id": tenant_id,
        "at": before.at if before else None,
        "subject_id": before.subject_id if before else None,
        "percent": before.percent if before else None,
        "limit": limit,
    }
    rows = await session.execute(_ALARMS, values)
    return [msgspec.convert(row, AlarmView, from_attributes=True) for row in rows]


async def statements(
    session: AsyncSession, tenant_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[Statement]:
    """Newest first; of one tenant, or of all."""
    query = select(Statement).order_by(Statement.id.desc()).limit(limit)
    if tenant_id is not None:
        query = query.where(Statement.tenant_id == tenant_id)
    if before is not None:
        query = query.where(Statement.id < before)
    return (await session.scalars(query)).all()


async def statement(session: AsyncSession, statement_id: UUID, tenant_id: UUID | None) -> Statement:
    """One, of this tenant if one is named. Raises `StatementNotFoundError`."""
    row = await session.scalar(select(Statement).where(Statement.id == statement_id))
    if row is None or tenant_id not in {None, row.tenant_id}:
        raise StatementNotFoundError
    return row


async def entries(
    session: AsyncSession,
    tenant_id: UUID,
    *,
    contract_id: UUID | None,
    kind: EntryKind | None,
    before: UUID | None,
    limit: int,
) -> tuple[Sequence[LedgerEntry], dict[UUID, list[LedgerLine]]]:
    """Newest first, with their lines."""
    query = select(LedgerEntry).where(LedgerEntry.tenant_id == tenant_id).order_by(LedgerEntry.id.desc())
    if contract_id is not None:
        query = query.where(LedgerEntry.contract_id == contract_id)
    if kind is not None:
        query = query.where(LedgerEntry.kind == kind)
    if before is not None:
        query = query.where(LedgerEntry.id < before)
    rows = (await session.scalars(query.limit(limit))).all()
    lines: dict[UUID, list[LedgerLine]] = {row.id: [] for row in rows}
    found = select(LedgerLine).where(LedgerLine.entry_id.in_(list(lines))).order_by(LedgerLine.line)
    for line in await session.scalars(found):
        lines[line.entry_id].append(line)
    return rows, lines


async def runs(
    session: AsyncSession, tenant_id: UUID, kind: RunKind | None, before: UUID | None, limit: int
) -> Sequence[Reconciliation]:
    """Newest first."""
    query = select(Reconciliation).where(Reconciliation.tenant_id == tenant_id)
    if kind is not None:
        query = query.where(Reconciliation.kind == kind)
    if before is not None:
        query = query.where(Reconciliation.id < before)
    return (await session.scalars(query.order_by(Reconciliation.id.desc()).limit(limit))).all()


async def run(session: AsyncSession, run_id: UUID) -> Reconciliation:
    """One comparison. Raises `ReconciliationNotFoundError`."""
    row = await session.get(Reconciliation, run_id)
    if row is None:
        raise ReconciliationNotFoundError
    return row


async def differences(
    session: AsyncSession, run_id: UUID, cause: str | None, after: int, limit: int
) -> Sequence[ReconciliationDifference]:
    """In the order of the file. Raises `ReconciliationNotFoundError`."""
    await run(session, run_id)
    query = select(ReconciliationDifference).where(
        ReconciliationDifference.reconciliation_id == run_id, ReconciliationDifference.position > after
    )
    if cause is not None:
        query = query.where(ReconciliationDifference.cause == cause)
    return (await session.scalars(query.order_by(ReconciliationDifference.position).limit(limit))).all()


async def invoices(session: AsyncSession, tenant_id: UUID | None, *, pending: bool) -> Sequence[Any]:
    """What a VAT invoice needs, a row each; of one tenant or of all, only what has no invoice yet when `pending`."""
    return (await session.execute(INVOICES, {"tenant_id": tenant_id, "pending": pending})).all()
