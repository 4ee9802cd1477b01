"""How much of what a contract sells was used: what billing has metered, period by period."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts.terms import ActiveContract, Item, period_of
from yunhu.domains.contracts.words import METERED, ItemKind

# Billing opens a row for each period of a metered item and counts every piece there, exactly once.
_USED = text(
    """
    SELECT kind, sum(used)::bigint AS used FROM quota_periods
    WHERE contract_id = :contract_id AND first_day <= :last AND last_day >= :first GROUP BY kind
    """
)


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """One kind in the period in which a day lies."""

    kind: ItemKind
    granted: int
    used: int | None
    """Pieces; none for what is used by time."""
    first_day: date
    last_day: date


async def used_by_kind(
    session: AsyncSession, contract_id: UUID, first: date, last: date
) -> dict[ItemKind, int]:
    """Metered pieces of every period that has a day between these, both included."""
    rows = await session.execute(_USED, {"contract_id": contract_id, "first": first, "last": last})
    return dict.fromkeys(METERED, 0) | {ItemKind(row.kind): row.used for row in rows}


async def usage_on(session: AsyncSession, contract: ActiveContract, day: date) -> tuple[Usage, ...]:
    """Every kind that counts on a day, with what was used of it in its period."""
    used = await used_by_kind(session, contract.id, day, day)
    found = []
    for kind in ItemKind:
        items = contract.items_of(kind, day)
        if items:
            first, last = _span(items, day)
            granted = sum(item.quota for item in items)
            found.append(
                Usage(kind=kind, granted=granted, used=used.get(kind), first_day=first, last_day=last)
            )
    return tuple(found)


def _span(items: Iterable[Item], day: date) -> tuple[date, date]:
    periods = [period_of(item, day) for item in items]
    return min(first for first, _ in periods), max(last for _, last in periods)
