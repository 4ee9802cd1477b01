"""Brings facts into the ledger: what was metered, what was used by time, what was paid and settled."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing.accounts import open_account
from yunhu.domains.billing.ledger import Fact, Line, LockedAccount, lock_account, post, recognise
from yunhu.domains.billing.words import Account, EntryKind
from yunhu.domains.contracts.public import METERED, Item, ItemKind, Period, periods_of
from yunhu.foundation.ids import new_id
from yunhu.foundation.money import Fen, share

_UNPOSTED = text(
    """
    SELECT m.contract_id FROM meter_entries AS m
    WHERE m.state = 'charged' AND m.entry_id IS NULL AND m.day <= :until
      AND (CAST(:contract_id AS uuid) IS NULL OR m.contract_id = :contract_id)
    LIMIT 1
    """
)
_GROUPS = text(
    """
    SELECT m.quota_id, q.item_id, m.day, sum(m.amount)::bigint AS amount, count(*) AS pieces
    FROM meter_entries AS m JOIN quota_periods AS q ON q.id = m.quota_id
    WHERE m.contract_id = :contract_id AND m.state = 'charged' AND m.entry_id IS NULL AND m.day <= :until
    GROUP BY m.quota_id, q.item_id, m.day ORDER BY m.day, m.quota_id LIMIT 31
    """
)
_MARK = text(
    """
    UPDATE meter_entries SET entry_id = :entry_id
    WHERE contract_id = :contract_id AND quota_id = :quota_id AND day = :day AND state = 'charged'
      AND entry_id IS NULL
    """
)
_ACCRUED = text(
    """
    SELECT coalesce(sum(l.amount), 0)::bigint AS amount, coalesce(array_agg(e.source), '{}') AS sources
    FROM ledger_entries AS e JOIN ledger_lines AS l ON l.entry_id = e.id AND l.account = 'prepayment'
    WHERE e.contract_id = :contract_id AND e.kind = 'accrual'
      AND starts_with(e.source, 'accrual:' || CAST(:item_id AS text) || ':')
    """
)
_ITEMS = text(
    """
    SELECT i.id, i.kind, i.name, i.unit, i.quota, i.price, i.period, i.first_day,
        least(coalesce(i.last_day, c.last_day), c.last_day) AS last_day, c.ended_on, c.activated_on
    FROM contract_items AS i JOIN contracts AS c ON c.id = i.contract_id
    LEFT JOIN contract_supplements AS s ON s.id = i.supplement_id
    WHERE c.id = :contract_id AND (i.supplement_id IS NULL OR s.state = 'in_force') AND c.activated_on IS NOT NULL
    ORDER BY i.id
    """
)


async def post_usage(
    session: AsyncSession, now: datetime, until: date, contract_id: UUID | None = None
) -> bool:
    """Post what was metered up to a day, one entry an item and day; True when there may be more.

    The pieces are marked with their entry in the same transaction, under the account's lock: none is posted twice.
    """
    found = await session.scalar(_UNPOSTED, {"until": until, "contract_id": contract_id})
    if found is None:
        return False
    account = await lock_account(session, found)
    for group in (await session.execute(_GROUPS, {"contract_id": found, "until": until})).all():
        await _post_group(session, account, group, now)
    return True


async def _post_group(session: AsyncSession, account: LockedAccount, group: Any, now: datetime) -> None:
    entry_id = new_id()
    fact = Fact(
        kind=EntryKind.USAGE, source=f"usage:{group.quota_id}:{group.day}:{entry_id}", day=group.day, at=now
    )
    posted = await recognise(
        session, account, fact, item_id=group.item_id, amount=group.amount, spent=0, id_=entry_id
    )
    mark = {"entry_id": entry_id if posted else UUID(int=0), "contract_id": account.contract_id}
    await session.execute(_MARK, {**mark, "quota_id": group.quota_id, "day": group.day})


async def post_accruals(session: AsyncSession, contract_id: UUID, until: date, now: datetime) -> int:
    """Post the share of items used by time for every month that is over on a day; how many entries were new.

    The last month of a contract is over with its last day of service. A supplement that made a period longer made each
    of its days cheaper: the next month takes back what earlier ones had too much.
    """
    account = await lock_account(session, contract_id)
    posted = 0
    for row in (await session.execute(_ITEMS, {"contract_id": contract_id})).all():
        item = Item(
            id=row.id,
            kind=ItemKind(row.kind),
            name=row.name,
            unit=row.unit,
            quota=row.quota,
            price=row.price,
            period=Period(row.period),
            first_day=row.first_day,
            last_day=row.last_day,
        )
        if item.kind in METERED or item.price == 0:
            continue
        before = (
            await session.execute(_ACCRUED, {"contract_id": contract_id, "item_id": str(item.id)})
        ).one()
        so_far = before.amount
        for month, day in months_over(item, until, row.ended_on):
            source = f"accrual:{item.id}:{month:%Y-%m}"
            if source in before.sources:
                continue
            amount = accrued(item, day) - so_far
            fact = Fact(kind=EntryKind.ACCRUAL, source=source, day=day, at=now)
            posted += await recognise(session, account, fact, item_id=item.id, amount=amount, spent=amount)
            so_far += amount
    return posted


def accrued(item: Item, day: date) -> Fen:
    """What an item has cost up to the end of a day. Pure; at the end of a period it is the period's price."""
    cost = 0
    for begin, end in periods_of(item):
        if begin > day:
            break
        cost += share(item.price, (min(end, day) - begin).days + 1, (end - begin).days + 1)
    return cost


def months_over(item: Item, until: date, ended_on: date | None) -> list[tuple[date, date]]:
    """First day of each month in which the item counted and that is over on a day, with its last counted day. Pure."""
    last = min(item.last_day, ended_on or item.last_day)
    found, month = [], item.first_day.replace(day=1)
    while month <= last:
        counted = min(last, _last_day(month))
        closed = counted if counted == ended_on else _last_day(month)
        if closed > until:
            break
        found.append((month, counted))
        month = _last_day(month) + timedelta(days=1)
    return found


async def post_payment(
    session: AsyncSession, contract_id: UUID, payment_id: UUID, amount: Fen, day: date, now: datetime
) -> None:
    """Money came in: the bank has it, and the tenant may use it."""
    await open_account(session, contract_id)
    account = await lock_account(session, contract_id)
    fact = Fact(kind=EntryKind.PAYMENT, source=f"payment:{payment_id}", day=day, at=now)
    await post(session, account, fact, (Line(Account.BANK, amount), Line(Account.PREPAYMENT, -amount)))


async def post_settlement(
    session: AsyncSession, contract_id: UUID, closing: dict[str, Any], day: date, now: datetime
) -> None:
    """The closing account: late fees and credits against the prepayment, then what goes back or is kept.

    Usage and time up to the last day are posted before it, so that nothing of the prepayment is left afterwards.
    """
    await open_account(session, contract_id)
    while await post_usage(session, now, day, contract_id):
        pass
    await post_accruals(session, contract_id, day, now)
    account = await lock_account(session, contract_id)
    fee, credit = int(closing["late_fee"]), int(closing["credit"])
    returned, retained = int(closing["returned"]), int(closing["retained"])
    due = int(closing["due"])
    for kind, name, lines in (
        (EntryKind.LATE_FEE, "late_fee", (Line(Account.PREPAYMENT, fee), Line(Account.LATE_FEES, -fee))),
        (
            EntryKind.SHORTFALL,
            "shortfall",
            (Line(Account.SHORTFALL, credit), Line(Account.PREPAYMENT, -credit)),
        ),
        (EntryKind.REFUND, "refund", (Line(Account.PREPAYMENT, returned), Line(Account.BANK, -returned))),
        (EntryKind.DUE, "due", (Line(Account.RECEIVABLE, due), Line(Account.PREPAYMENT, -due))),
        (
            EntryKind.FORFEIT,
            "forfeit",
            (Line(Account.PREPAYMENT, retained), Line(Account.FORFEITED, -retained)),
        ),
    ):
        fact = Fact(kind=kind, source=f"settlement:{contract_id}:{name}", day=day, at=now)
        await post(session, account, fact, lines)


def _last_day(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
