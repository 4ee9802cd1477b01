"""What billing does by itself: follow contracts, post what was metered, tell alarms, give back what was forgotten."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing.accounts import keep_account
from yunhu.domains.billing.metering import settle_call
from yunhu.domains.billing.posting import post_accruals, post_payment, post_settlement, post_usage
from yunhu.domains.billing.reconciliation_records import compare_records
from yunhu.domains.billing.words import ALARM_PERCENTS
from yunhu.domains.contracts.public import ItemKind
from yunhu.foundation.clock import natural_day
from yunhu.foundation.jobs import Job
from yunhu.foundation.outbox import Event, ReceivedEvent, publish, read_batch

log = structlog.get_logger()

SUBSCRIBER = "billing.contracts"
EVENT_TYPES = {
    "quota.alarm": "A period's quota was used up to 80, 95 or 100%. The subject is the quota period.",
    "balance.alarm": "80, 95 or 100% of a contract's money was used. The subject is the contract.",
}
"""Every type, with its meaning."""
_FOLLOWED = frozenset(
    {"contract.signed", "contract.activated", "contract.payment_received", "contract.supplement_effective"}
)

_ACCOUNT_OF = text("SELECT account FROM contract_settlements WHERE contract_id = :id")
_ALARMS = text(
    """
    INSERT INTO quota_alarms (quota_id, percent, tenant_id, used, at)
    SELECT q.id, level, q.tenant_id, q.used, :now FROM quota_periods AS q, unnest(CAST(:levels AS smallint[])) AS level
    WHERE q.last_day >= :day AND q.used * 100 >= q.quota * level
    ON CONFLICT (quota_id, percent) DO NOTHING
    RETURNING quota_id, percent, tenant_id, used,
        (SELECT q.quota FROM quota_periods AS q WHERE q.id = quota_id) AS quota,
        (SELECT q.kind FROM quota_periods AS q WHERE q.id = quota_id) AS kind
    """
)
_BALANCE_ALARMS = text(
    """
    INSERT INTO balance_alarms (contract_id, granted, percent, tenant_id, used, at)
    SELECT a.contract_id, a.granted, level, a.tenant_id, a.used, :now
    FROM billing_accounts AS a JOIN contracts AS c ON c.id = a.contract_id AND c.state IN ('active', 'suspended'),
        unnest(CAST(:levels AS smallint[])) AS level
    WHERE a.granted > 0 AND a.used * 100 >= a.granted * level
    ON CONFLICT (contract_id, granted, percent) DO NOTHING
    RETURNING contract_id, percent, tenant_id, used, granted
    """
)
# Held by calls that ended without telling: nodes conclude every call, but cards of a call may go unanswered.
_FORGOTTEN = text(
    """
    SELECT m.call_id, m.kind, CASE WHEN m.kind = 'call_card' THEN d.state IN ('accepted', 'delivered', 'displayed')
            ELSE c.answered_at IS NOT NULL END AS answered,
        CASE WHEN m.kind = 'call_card' THEN d.state NOT IN ('requested', 'failed') ELSE c.id IS NOT NULL END AS attempted
    FROM meter_entries AS m LEFT JOIN calls AS c ON c.id = m.call_id LEFT JOIN call_cards AS d ON d.call_id = m.call_id
    WHERE m.state = 'held' AND m.held_at < :before AND (c.id IS NULL OR c.state = 'ended')
    ORDER BY m.held_at LIMIT 100
    """
)
_ACCRUING = text(
    """
    SELECT a.contract_id FROM billing_accounts AS a JOIN contracts AS c ON c.id = a.contract_id
    WHERE c.activated_on IS NOT NULL AND c.state <> 'settled' ORDER BY a.contract_id
    """
)
# Tenants that are metered, of whom nobody has compared the day yet.
_UNCOMPARED = text(
    """
    SELECT a.tenant_id FROM billing_accounts AS a JOIN contracts AS c ON c.id = a.contract_id
    WHERE c.activated_on IS NOT NULL AND c.first_day <= :day AND coalesce(c.ended_on, c.last_day) >= :day
      AND NOT EXISTS (SELECT FROM reconciliations AS r WHERE r.tenant_id = a.tenant_id AND r.kind = 'records'
                      AND r.first_day <= :day AND r.last_day >= :day)
    ORDER BY a.tenant_id LIMIT 1
    """
)
FORGOTTEN_AFTER = timedelta(minutes=15)


async def follow_contracts(session: AsyncSession, now: datetime) -> bool:
    """Read one batch of what contracts published; True when there may be more."""

    async def handle(session: AsyncSession, events: Sequence[ReceivedEvent]) -> None:
        for event in events:
            await _follow(session, event, now)

    return await read_batch(session, SUBSCRIBER, handle, limit=50) > 0


async def _follow(session: AsyncSession, event: ReceivedEvent, now: datetime) -> None:
    if event.type in _FOLLOWED:
        await keep_account(session, event.tenant_id, natural_day(now))
    if event.type == "contract.payment_received":
        told = event.payload
        day = date.fromisoformat(told["paid_on"])
        await post_payment(session, event.subject_id, UUID(told["payment_id"]), told["amount"], day, now)
    if event.type == "contract.settled":
        closing = await session.scalar(_ACCOUNT_OF, {"id": event.subject_id})
        if closing is not None:
            await post_settlement(session, event.subject_id, closing, natural_day(event.at), now)


async def post_yesterday(session: AsyncSession, now: datetime) -> bool:
    """Post what was metered before today; True when there may be more."""
    return await post_usage(session, now, natural_day(now) - timedelta(days=1))


async def accrue(session: AsyncSession, now: datetime) -> bool:
    """Post what was used by time in months that are over."""
    for contract_id in (await session.scalars(_ACCRUING)).all():
        await post_accruals(session, contract_id, natural_day(now) - timedelta(days=1), now)
    return False


async def tell_alarms(session: AsyncSession, now: datetime) -> bool:
    """Publish each level that a period or a contract's money has reached, once."""
    values = {"now": now, "day": natural_day(now), "levels": list(ALARM_PERCENTS)}
    reached = (await session.execute(_ALARMS, values)).all()
    events = [
        Event(
            row.tenant_id,
            "quota.alarm",
            row.quota_id,
            {"kind": row.kind, "percent": row.percent, "used": row.used, "quota": row.quota},
            now,
        )
        for row in reached
    ]
    events += [
        Event(
            row.tenant_id,
            "balance.alarm",
            row.contract_id,
            {"percent": row.percent, "used": row.used, "granted": row.granted},
            now,
        )
        for row in (await session.execute(_BALANCE_ALARMS, values)).all()
    ]
    await publish(session, events)
    return False


async def settle_forgotten(session: AsyncSession, now: datetime) -> bool:
    """Settle what ended calls still hold by what their records say; True when there may be more."""
    rows = (await session.execute(_FORGOTTEN, {"before": now - FORGOTTEN_AFTER})).all()
    for row in rows:
        await settle_call(
            session,
            call_id=row.call_id,
            kind=ItemKind(row.kind),
            answered=bool(row.answered),
            attempted=bool(row.attempted),
            now=now,
        )
    return len(rows) == 100


async def compare_yesterday(session: AsyncSession, now: datetime) -> bool:
    """Compare what one tenant's calls of yesterday were metered as with their records; True when there may be more.

    Two hours after midnight at the earliest: calls of before midnight have ended by then.
    """
    day = natural_day(now - timedelta(hours=2)) - timedelta(days=1)
    tenant_id = await session.scalar(_UNCOMPARED, {"day": day})
    if tenant_id is None:
        return False
    run = await compare_records(session, tenant_id, day, day, now=now, by="billing.records")
    if run.counts:
        log.error("billing.records_differ", run_id=str(run.id), **run.counts)
    return True


def billing_jobs() -> Sequence[Job]:
    """What billing does by itself."""
    return (
        Job("billing.contracts", timedelta(seconds=5), follow_contracts),
        Job("billing.usage", timedelta(hours=1), post_yesterday),
        Job("billing.accruals", timedelta(hours=6), accrue),
        Job("billing.alarms", timedelta(seconds=30), tell_alarms),
        Job("billing.records", timedelta(hours=1), compare_yesterday),
        Job("billing.forgotten", timedelta(minutes=5), settle_forgotten),
    )
