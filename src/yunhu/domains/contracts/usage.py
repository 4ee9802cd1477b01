"""How much of what a contract sells was used: what billing has metered, period by period."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts.settlement import Metered
from yunhu.domains.contracts.terms import ActiveContract, Item, period_of
from yunhu.domains.contracts.words import METERED, ItemKind

# Billing opens a row for each period of a metered item and counts every piece there, exactly once.
_USED = text(
    """
    SELECT kind, sum(used)::bigint AS used, sum(round(price::numeric * used / quota))::bigint AS price
    FROM quota_periods WHERE contract_id = :contract_id AND first_day <= :last AND last_day >= :first GROUP BY kind
    """
)
_HELD = text("SELECT coalesce(sum(held), 0)::bigint FROM quota_periods WHERE contract_id = :contract_id")


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """One kind in the period in which a day lies."""

    kind: ItemKind
    granted: int
    used: int | None
    """Pieces; none for what is used by time."""
    first_day: date
    last_day: date


async def metered_by_kind(
    session: AsyncSession, contract_id: UUID, first: date = date.min, last: date = date.max
) -> dict[ItemKind, Metered]:
    """What was metered in every period that has a day between these, both included."""
    rows = await session.execute(_USED, {"contract_id": contract_id, "first": first, "last": last})
    return dict.fromkeys(METERED, Metered(0, 0)) | {
        ItemKind(row.kind): Metered(row.used, row.price) for row in rows
    }


async def held_pieces(session: AsyncSession, contract_id: UUID) -> int:
    """Pieces that calls in the air hold: what becomes of them is not known yet."""
    return int(await session.scalar(_HELD, {"contract_id": contract_id}) or 0)


async def usage_on(session: AsyncSession, contract: ActiveContract, day: date) -> tuple[Usage, ...]:
    """Every kind that counts on a day, with what was used of it in its period."""
    used = await metered_by_kind(session, contract.id, day, day)
    found = []
    for kind in ItemKind:
        items = contract.items_of(kind, day)
        if items:
            first, last = _span(items, day)
            granted = sum(item.quota for item in items)
            found.append(
                Usage(
                    kind=kind,
                    granted=granted,
                    used=used[kind].pieces if kind in used else None,
                    first_day=first,
                    last_day=last,
                )
            )
    return tuple(found)


def _span(items: Iterable[Item], day: date) -> tuple[date, date]:
    periods = [period_of(item, day) for item in items]
    return min(first for first, _ in periods), max(last for _, last in periods)
