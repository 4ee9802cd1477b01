"""Queries that show what is there."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

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
from yunhu.domains.billing.schemas import AccountView, AlarmView, BalanceView, MeterDay, QuotaView, UsageView

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
    SELECT account, item_id, sum(amount)::bigint AS balance FROM ledger_lines WHERE tenant_id = :tenant_id
    GROUP BY account, item_id ORDER BY account, item_id
    """
)
_ALARMS = text(
    """
    SELECT a.quota_id, t.slug AS tenant, q.kind, a.percent, a.used, q.quota, a.at FROM quota_alarms AS a
    JOIN quota_periods AS q ON q.id = a.quota_id JOIN tenants AS t ON t.id = a.tenant_id
    ORDER BY a.at DESC, a.quota_id, a.percent DESC LIMIT 200
    """
)
_TENANT = text("SELECT id FROM tenants WHERE slug = :slug")
INVOICE = text(
    """
    SELECT c.tenant_name AS title, c.number AS contract, s.number AS statement, s.month, s.gross, s.net, s.vat,
        c.vat_basis_points FROM statements AS s JOIN contracts AS c ON c.id = s.contract_id
    WHERE s.tenant_id = :tenant_id ORDER BY s.number
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


async def meter_days(session: AsyncSession, tenant_id: UUID, first: date, last: date) -> list[MeterDay]:
    """What was charged on each day."""
    values = {"tenant_id": tenant_id, "first": first, "last": last}
    return [MeterDay(**row._mapping) for row in await session.execute(_METER_DAYS, values)]


async def accounts(session: AsyncSession, tenant_id: UUID) -> list[AccountView]:
    """Balances of a tenant's accounts."""
    return [AccountView(**row._mapping) for row in await session.execute(_ACCOUNTS, {"tenant_id": tenant_id})]


async def alarms(session: AsyncSession) -> list[AlarmView]:
    """The newest alarms of all tenants."""
    return [AlarmView(**row._mapping) for row in await session.execute(_ALARMS)]


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
    session: AsyncSession, tenant_id: UUID, before: UUID | None, limit: int
) -> tuple[Sequence[LedgerEntry], dict[UUID, list[LedgerLine]]]:
    """Newest first, with their lines."""
    query = select(LedgerEntry).where(LedgerEntry.tenant_id == tenant_id).order_by(LedgerEntry.id.desc())
    if before is not None:
        query = query.where(LedgerEntry.id < before)
    rows = (await session.scalars(query.limit(limit))).all()
    lines: dict[UUID, list[LedgerLine]] = {row.id: [] for row in rows}
    found = select(LedgerLine).where(LedgerLine.entry_id.in_(list(lines))).order_by(LedgerLine.line)
    for line in await session.scalars(found):
        lines[line.entry_id].append(line)
    return rows, lines


async def runs(
    session: AsyncSession, tenant_id: UUID, before: UUID | None, limit: int
) -> Sequence[Reconciliation]:
    """Newest first."""
    query = select(Reconciliation).where(Reconciliation.tenant_id == tenant_id)
    if before is not None:
        query = query.where(Reconciliation.id < before)
    return (await session.scalars(query.order_by(Reconciliation.id.desc()).limit(limit))).all()


async def differences(
    session: AsyncSession, run_id: UUID, cause: str | None, after: int, limit: int
) -> Sequence[ReconciliationDifference]:
    """In the order of the file. Raises `ReconciliationNotFoundError`."""
    if await session.get(Reconciliation, run_id) is None:
        raise ReconciliationNotFoundError
    query = select(ReconciliationDifference).where(
        ReconciliationDifference.reconciliation_id == run_id, ReconciliationDifference.position > after
    )
    if cause is not None:
        query = query.where(ReconciliationDifference.cause == cause)
    return (await session.scalars(query.order_by(ReconciliationDifference.position).limit(limit))).all()


async def invoices(session: AsyncSession, tenant_id: UUID) -> Sequence[Any]:
    """What a VAT invoice needs, a row for each closed month."""
    return (await session.execute(INVOICE, {"tenant_id": tenant_id})).all()
