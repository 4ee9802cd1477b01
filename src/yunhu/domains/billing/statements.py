"""What a month came to: computed in SQL from the pieces and the ledger, then closed and kept."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing.errors import ContractUnknownError
from yunhu.domains.contracts.public import METERED
from yunhu.foundation.money import Fen, vat_split

# One look at the charged pieces up to the last day tells what was charged in the period, before it, and since each
# quota began; the index `ix_meter_entries_statement` holds all that it asks for.
_METERED = """
    SELECT m.quota_id, count(*) FILTER (WHERE m.day >= :first) AS pieces, count(*) AS used,
        coalesce(sum(m.amount) FILTER (WHERE m.day >= :first), 0)::bigint AS amount,
        coalesce(sum(m.amount) FILTER (WHERE m.day < :first), 0)::bigint AS before
    FROM meter_entries AS m WHERE m.contract_id = :contract_id AND m.state = 'charged' AND m.day <= :last
    GROUP BY m.quota_id
"""
# The item of an accrual stands in its source: an entry of one fen may have a line of tax alone.
LINES = text(
    f"""
    WITH metered AS MATERIALIZED ({_METERED}), by_item AS (
        SELECT q.item_id, sum(m.pieces)::bigint AS pieces, sum(m.amount)::bigint AS amount,
            sum(m.before)::bigint AS before,
            sum(m.used) FILTER (WHERE q.first_day <= :last AND q.last_day >= :first)::bigint AS used,
            sum(q.quota) FILTER (WHERE q.first_day <= :last AND q.last_day >= :first)::bigint AS quota
        FROM quota_periods AS q LEFT JOIN metered AS m ON m.quota_id = q.id
        WHERE q.contract_id = :contract_id GROUP BY q.item_id
    ), timed AS (
        SELECT CAST(split_part(e.source, ':', 2) AS uuid) AS item_id,
            coalesce(sum(l.amount) FILTER (WHERE e.day >= :first), 0)::bigint AS amount,
            coalesce(sum(l.amount) FILTER (WHERE e.day < :first), 0)::bigint AS before
        FROM ledger_entries AS e JOIN ledger_lines AS l ON l.entry_id = e.id AND l.account = 'prepayment'
        WHERE e.contract_id = :contract_id AND e.kind = 'accrual' AND e.day <= :last GROUP BY 1
    )
    SELECT i.kind, i.name, i.unit, i.price, coalesce(m.quota, i.quota) AS quota, coalesce(m.pieces, 0) AS pieces,
        coalesce(m.used, 0) AS used, coalesce(m.amount, t.amount, 0) AS amount,
        coalesce(m.before, t.before, 0) AS before,
        i.first_day <= :last AND (i.last_day IS NULL OR i.last_day >= :first OR m.pieces > 0) AS shown
    FROM contract_items AS i LEFT JOIN by_item AS m ON m.item_id = i.id LEFT JOIN timed AS t ON t.item_id = i.id
    LEFT JOIN contract_supplements AS s ON s.id = i.supplement_id
    WHERE i.contract_id = :contract_id AND (i.supplement_id IS NULL OR s.state = 'in_force')
    ORDER BY i.id
    """  # noqa: S608 constant text
)
_CONTRACT = text(
    """
    WITH settled AS (
        SELECT coalesce(-sum(l.amount) FILTER (WHERE l.account = 'late_fees' AND e.day >= :first), 0) AS late_fee,
            coalesce(sum(l.amount) FILTER (WHERE l.account = 'shortfall' AND e.day >= :first), 0) AS shortfall,
            coalesce(sum(l.amount) FILTER (WHERE l.account = 'prepayment'), 0) AS taken
        FROM ledger_entries AS e JOIN ledger_lines AS l ON l.entry_id = e.id
        WHERE e.contract_id = :contract_id AND e.day <= :last AND e.kind NOT IN ('payment', 'usage', 'accrual')
    )
    SELECT c.number, c.operator_name, c.tenant_name, c.vat_basis_points,
        coalesce((SELECT sum(amount) FROM contract_payments AS p
                  WHERE p.contract_id = c.id AND p.paid_on <= :last), 0)::bigint AS paid,
        settled.late_fee::bigint AS late_fee, settled.shortfall::bigint AS shortfall, settled.taken::bigint AS taken,
        (SELECT count(DISTINCT day) FROM contract_shortfalls AS h
         WHERE h.contract_id = c.id AND h.day BETWEEN :first AND :last) AS shortfall_days
    FROM contracts AS c, settled WHERE c.id = :contract_id
    """
)


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One item of the contract."""

    kind: str
    name: str
    unit: str
    quota: int
    """Of the periods that share a day with the statement."""
    price: Fen
    """Of the quota of one period, with tax."""
    pieces: int | None
    """Charged in the period; none for what is used by time."""
    used: int | None
    """Of the quota from its first day to the last day of the statement."""
    left: int | None
    amount: Fen
    """With tax."""


class StatementContent(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a statement says. Amounts are fen with tax, but for `net` and `vat`."""

    contract: str
    operator_name: str
    tenant_name: str
    first_day: date
    last_day: date
    lines: tuple[StatementLine, ...]
    gross: Fen
    net: Fen
    vat: Fen
    """The tax of everything up to the last day less the tax of everything before: months sum to the contract."""
    vat_basis_points: int
    paid: Fen
    """Received up to the last day."""
    before: Fen
    """Used before the first day."""
    balance: Fen
    """Of the prepayment at the end of the last day."""
    late_fee: Fen
    shortfall: Fen
    shortfall_days: int


async def compute(session: AsyncSession, contract_id: UUID, first: date, last: date) -> StatementContent:
    """What the days from `first` to `last` came to. Raises `ContractUnknownError`."""
    values = {"contract_id": contract_id, "first": first, "last": last}
    about = (await session.execute(_CONTRACT, values)).one_or_none()
    if about is None:
        raise ContractUnknownError
    rows = (await session.execute(LINES, values)).all()
    lines = tuple(_line(row) for row in rows if row.shown or row.amount)
    before = sum(row.before for row in rows)
    gross = sum(line.amount for line in lines)
    net = vat_split(before + gross, about.vat_basis_points)[0] - vat_split(before, about.vat_basis_points)[0]
    return StatementContent(
        contract=about.number,
        operator_name=about.operator_name,
        tenant_name=about.tenant_name,
        first_day=first,
        last_day=last,
        lines=lines,
        gross=gross,
        net=net,
        vat=gross - net,
        vat_basis_points=about.vat_basis_points,
        paid=about.paid,
        before=before,
        balance=about.paid - before - gross - about.taken,
        late_fee=about.late_fee,
        shortfall=about.shortfall,
        shortfall_days=about.shortfall_days,
    )


def _line(row: Any) -> StatementLine:
    metered = row.kind in METERED
    return StatementLine(
        kind=row.kind,
        name=row.name,
        unit=row.unit,
        quota=row.quota,
        price=row.price,
        pieces=row.pieces if metered else None,
        used=row.used if metered else None,
        left=row.quota - row.used if metered else None,
        amount=row.amount,
    )


def month_of(day: date) -> tuple[date, date]:
    """First and last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def month_over(first: date, now_day: date) -> bool:
    """Whether the month that begins on a day has ended."""
    return month_of(first)[1] < now_day
