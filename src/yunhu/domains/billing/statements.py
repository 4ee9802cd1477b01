"""What a month came to: computed in SQL from the pieces and the ledger, then closed and kept."""

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing.errors import ContractUnknownError
from yunhu.foundation.money import Fen, vat_split

_LINES = text(
    """
    WITH metered AS (
        SELECT q.item_id, count(*) AS pieces, sum(m.amount)::bigint AS amount
        FROM meter_entries AS m JOIN quota_periods AS q ON q.id = m.quota_id
        WHERE m.contract_id = :contract_id AND m.state = 'charged' AND m.day BETWEEN :first AND :last
        GROUP BY q.item_id
    ), accrued AS (
        SELECT l.item_id, -sum(l.amount)::bigint AS net, e.id FROM ledger_entries AS e
        JOIN ledger_lines AS l ON l.entry_id = e.id AND l.account = 'revenue'
        WHERE e.contract_id = :contract_id AND e.kind = 'accrual' AND e.day BETWEEN :first AND :last
        GROUP BY l.item_id, e.id
    ), timed AS (
        SELECT a.item_id, sum(l.amount)::bigint AS amount FROM accrued AS a
        JOIN ledger_lines AS l ON l.entry_id = a.id AND l.account = 'prepayment' GROUP BY a.item_id
    )
    SELECT i.kind, i.name, i.unit, i.quota, i.price, m.pieces, coalesce(m.amount, t.amount, 0) AS amount,
        (SELECT sum(p.used)::bigint FROM quota_periods AS p WHERE p.item_id = i.id AND p.first_day <= :last
            AND p.last_day >= :first) AS used
    FROM contract_items AS i LEFT JOIN metered AS m ON m.item_id = i.id LEFT JOIN timed AS t ON t.item_id = i.id
    LEFT JOIN contract_supplements AS s ON s.id = i.supplement_id
    WHERE i.contract_id = :contract_id AND (i.supplement_id IS NULL OR s.state = 'in_force') AND i.first_day <= :last
      AND (i.last_day IS NULL OR i.last_day >= :first OR m.pieces > 0)
    ORDER BY i.id
    """
)
_CONTRACT = text(
    """
    SELECT c.number, c.operator_name, c.tenant_name, c.tenant_id, c.vat_basis_points, c.first_day, c.last_day,
        coalesce((SELECT sum(amount) FROM contract_payments AS p
                  WHERE p.contract_id = c.id AND p.paid_on <= :last), 0)::bigint AS paid,
        coalesce((SELECT sum(m.amount) FROM meter_entries AS m WHERE m.contract_id = c.id
                  AND m.state = 'charged' AND m.day < :first), 0)::bigint
        + coalesce((SELECT sum(l.amount) FROM ledger_entries AS e JOIN ledger_lines AS l ON l.entry_id = e.id
                  WHERE e.contract_id = c.id AND e.kind = 'accrual' AND l.account = 'prepayment'
                  AND e.day < :first), 0)::bigint AS before,
        coalesce((SELECT -sum(l.amount) FROM ledger_entries AS e JOIN ledger_lines AS l ON l.entry_id = e.id
                  WHERE e.contract_id = c.id AND l.account = 'late_fees' AND e.day BETWEEN :first AND :last), 0)::bigint
            AS late_fee,
        coalesce((SELECT sum(l.amount) FROM ledger_entries AS e JOIN ledger_lines AS l ON l.entry_id = e.id
                  WHERE e.contract_id = c.id AND l.account = 'shortfall' AND e.day BETWEEN :first AND :last), 0)::bigint
            AS shortfall,
        (SELECT count(DISTINCT day) FROM contract_shortfalls AS h
         WHERE h.contract_id = c.id AND h.day BETWEEN :first AND :last) AS shortfall_days
    FROM contracts AS c WHERE c.id = :contract_id
    """
)
DETAIL = text(
    """
    SELECT m.day, m.kind, m.settled_at, m.call_id, m.amount FROM meter_entries AS m
    WHERE m.contract_id = :contract_id AND m.state = 'charged' AND m.day BETWEEN :first AND :last
    ORDER BY m.day, m.call_id, m.kind
    """
)


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One item of the contract."""

    kind: str
    name: str
    unit: str
    quota: int
    price: Fen
    """Of the whole quota, with tax."""
    pieces: int | None
    """Charged in the period; none for what is used by time."""
    used: int | None
    """Of the quota since it began, as of now."""
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
    late_fee: Fen
    shortfall: Fen
    shortfall_days: int


async def compute(session: AsyncSession, contract_id: UUID, first: date, last: date) -> StatementContent:
    """What the days from `first` to `last` came to. Raises `ContractUnknownError`."""
    values = {"contract_id": contract_id, "first": first, "last": last}
    about = (await session.execute(_CONTRACT, values)).one_or_none()
    if about is None:
        raise ContractUnknownError
    lines = tuple(
        StatementLine(
            kind=row.kind,
            name=row.name,
            unit=row.unit,
            quota=row.quota,
            price=row.price,
            pieces=row.pieces if row.used is not None else None,
            used=row.used,
            left=row.quota - row.used if row.used is not None else None,
            amount=row.amount,
        )
        for row in await session.execute(_LINES, values)
    )
    gross = sum(line.amount for line in lines)
    net = vat_split(about.before + gross, about.vat_basis_points)[0]
    net -= vat_split(about.before, about.vat_basis_points)[0]
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
        before=about.before,
        balance=about.paid - about.before - gross - about.late_fee + about.shortfall,
        late_fee=about.late_fee,
        shortfall=about.shortfall,
        shortfall_days=about.shortfall_days,
    )


def month_of(day: date) -> tuple[date, date]:
    """First and last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def month_over(first: date, now_day: date) -> bool:
    """Whether the month that begins on a day has ended."""
    return month_of(first)[1] < now_day


class Detail(msgspec.Struct, frozen=True):
    """One charged piece."""

    day: date
    kind: str
    settled_at: datetime
    call_id: UUID
    amount: Fen
