"""Measures capacity that was not supplied, from what dispatch publishes, each lost notification once."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts import repository
from yunhu.domains.contracts.shortfall import LOST_EVENTS, Missed, capacity_reason, missed_by
from yunhu.domains.contracts.words import ItemKind
from yunhu.foundation.clock import natural_day
from yunhu.foundation.outbox import ReceivedEvent, read_batch

SUBSCRIBER = "contracts.shortfalls"

_ADD = text(
    """
    INSERT INTO contract_shortfalls AS s (contract_id, day, kind, tenant_id, granted, supplied, lost)
    VALUES (:contract_id, :day, :kind, :tenant_id, :granted, :supplied, 1)
    ON CONFLICT (contract_id, day, kind) DO UPDATE SET lost = s.lost + 1,
        granted = greatest(s.granted, EXCLUDED.granted), supplied = least(s.supplied, EXCLUDED.supplied)
    """
)

_Granted = tuple[UUID, dict[ItemKind, int]]


async def read_shortfalls(session: AsyncSession, _now: datetime) -> bool:
    """Read one batch of the outbox; True when there may be more."""
    return await read_batch(session, SUBSCRIBER, measure) > 0


async def measure(session: AsyncSession, events: Sequence[ReceivedEvent]) -> None:
    """Count what was lost to a shortfall, by the contract and its quotas of the day."""
    known: dict[tuple[UUID, date], _Granted | None] = {}
    for event in events:
        if event.type not in LOST_EVENTS or capacity_reason(event.payload) is None:
            continue
        key = (event.tenant_id, natural_day(event.at))
        if key not in known:
            known[key] = await _granted(session, *key)
        granted = known[key]
        missed = missed_by(event.payload, granted[1]) if granted else None
        if granted is not None and missed is not None:
            await _add(session, event, granted[0], missed)


async def _granted(session: AsyncSession, tenant_id: UUID, day: date) -> _Granted | None:
    contract = await repository.active_contract(session, tenant_id, day)
    if contract is None:
        return None
    kinds = (ItemKind.ROBOT, ItemKind.CALLER_NUMBER)
    return contract.id, {kind: contract.quota(kind, day) for kind in kinds}


async def _add(session: AsyncSession, event: ReceivedEvent, contract_id: UUID, missed: Missed) -> None:
    await session.execute(
        _ADD,
        {
            "contract_id": contract_id,
            "day": natural_day(event.at),
            "kind": missed.kind.value,
            "tenant_id": event.tenant_id,
            "granted": missed.granted,
            "supplied": missed.supplied,
        },
    )
