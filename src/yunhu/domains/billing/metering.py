"""Takes one piece of quota when a call is committed, and charges or releases it with the outcome."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing.accounts import keep_account
from yunhu.domains.contracts.public import ItemKind
from yunhu.foundation.clock import natural_day

# The account's row is the lock of a contract's metering: whoever changes quotas or pieces takes it first, so that a
# call that holds two kinds and a card's outcome never wait for each other. Locked rows are waited for and looked at
# again, so that nobody goes beyond; quota and money are both taken, or neither is.
_IN_SERVICE = """
    FROM quota_periods AS q JOIN contracts AS c ON c.id = q.contract_id AND c.state = 'active'
    WHERE q.tenant_id = :tenant_id AND q.kind = :kind AND q.first_day <= :day AND q.last_day >= :day
"""
HOLD = f"""
    account AS MATERIALIZED (
        SELECT a.contract_id FROM billing_accounts AS a WHERE a.contract_id IN (SELECT q.contract_id {_IN_SERVICE})
        ORDER BY a.contract_id FOR NO KEY UPDATE
    ), wanted AS (
        SELECT q.id, q.contract_id, q.charging, ceil(q.price::numeric / q.quota)::bigint AS amount
        FROM quota_periods AS q JOIN account ON account.contract_id = q.contract_id
        WHERE q.kind = :kind AND q.first_day <= :day AND q.last_day >= :day AND q.held + q.used < q.quota
          AND NOT EXISTS (SELECT FROM meter_entries AS m WHERE m.call_id = :call_id AND m.kind = :kind)
        ORDER BY q.first_day, q.id LIMIT 1 FOR NO KEY UPDATE OF q
    ), money AS (
        UPDATE billing_accounts AS a SET held = a.held + wanted.amount FROM wanted
        WHERE a.contract_id = wanted.contract_id
          AND (a.granted IS NULL OR a.held + a.used + wanted.amount <= a.granted)
        RETURNING wanted.*
    ), piece AS (
        UPDATE quota_periods AS q SET held = q.held + 1 FROM money WHERE q.id = money.id RETURNING money.*
    ), held AS (
        INSERT INTO meter_entries (call_id, kind, tenant_id, contract_id, quota_id, charging, state, day, held_amount,
            amount, held_at)
        SELECT :call_id, :kind, :tenant_id, contract_id, id, charging, 'held', :day, amount, 0, :now FROM piece
        RETURNING call_id
    )
"""  # noqa: S608 constant text
"""Parts of a WITH, of which `held` gives a row when a piece was taken: see `hold`, which is asked when none was."""
_HOLD = text(f"WITH {HOLD} SELECT call_id FROM held")  # noqa: S608 constant text
_KNOWN = text(
    f"""
    SELECT EXISTS (SELECT FROM meter_entries WHERE call_id = :call_id AND kind = :kind) AS held,
        EXISTS (SELECT {_IN_SERVICE} AND q.held + q.used < q.quota) AS room
    """  # noqa: S608 constant text
)

# The amount is the difference of two half-up roundings, so that the amounts of a period always sum to the half-up
# price of what was used. Locks the piece, then as `hold` does.
_SETTLE = text(
    """
    WITH piece AS MATERIALIZED (
        SELECT m.call_id, m.kind, m.quota_id, m.contract_id, m.held_amount,
            m.charging = 'on_attempt' AND :attempted OR :answered AS charged
        FROM meter_entries AS m
        WHERE m.call_id = :call_id AND m.kind = :kind AND m.state = 'held' FOR UPDATE
    ), account AS MATERIALIZED (
        SELECT a.contract_id, a.open_from FROM billing_accounts AS a JOIN piece ON piece.contract_id = a.contract_id
        FOR NO KEY UPDATE OF a
    ), counted AS (
        UPDATE quota_periods AS q SET held = q.held - 1, used = q.used + piece.charged::int
        FROM piece JOIN account ON account.contract_id = piece.contract_id WHERE q.id = piece.quota_id
        RETURNING piece.*, account.open_from, CASE WHEN piece.charged
            THEN (round(q.price::numeric * q.used / q.quota) - round(q.price::numeric * (q.used - 1) / q.quota))::bigint
            ELSE 0 END AS amount
    ), money AS (
        UPDATE billing_accounts AS a SET held = a.held - counted.held_amount, used = a.used + counted.amount
        FROM counted WHERE a.contract_id = counted.contract_id
        RETURNING counted.*
    )
    UPDATE meter_entries AS m SET state = CASE WHEN money.charged THEN 'charged' ELSE 'released' END,
        amount = money.amount, day = greatest(CAST(:day AS date), money.open_from), settled_at = :now
    FROM money WHERE m.call_id = money.call_id AND m.kind = money.kind
    RETURNING m.state
    """
)


async def hold(
    session: AsyncSession, *, call_id: UUID, tenant_id: UUID, kind: ItemKind, now: datetime
) -> bool:
    """Take one piece of quota and its price, in the transaction that creates the call; False when none is left.

    Only a contract in service grants one. Locks the account, then the quota row, until the transaction ends. Held again
    for the same call, nothing changes.
    """
    values = {
        "call_id": call_id,
        "tenant_id": tenant_id,
        "kind": kind.value,
        "day": natural_day(now),
        "now": now,
    }
    if await _hold(session, values):
        return True
    known = (await session.execute(_KNOWN, values)).one()
    if known.held or known.room:
        return bool(known.held)
    # The first call of a period, or after a supplement.
    if await keep_account(session, tenant_id, natural_day(now)) is None:
        return False
    return await _hold(session, values)


async def settle_call(
    session: AsyncSession,
    *,
    call_id: UUID,
    answered: bool,
    now: datetime,
    kind: ItemKind = ItemKind.VOICE_NOTIFICATION,
    attempted: bool = True,
) -> str | None:
    """Charge or release what a call held, in the transaction that records its outcome; what became of it.

    `answered` as far as is known: a call that was lost is charged by its `answered_at`. For a call card it says
    whether the card was accepted. `attempted` is False when nothing left the house: then nothing is charged on
    attempt either. None when nothing is held, or no longer. Locks the piece, the account, the quota row.
    """
    values = {
        "call_id": call_id,
        "kind": kind.value,
        "answered": answered,
        "attempted": attempted,
        "day": natural_day(now),
        "now": now,
    }
    state: str | None = await session.scalar(_SETTLE, values)
    return state


async def _hold(session: AsyncSession, values: Mapping[str, object]) -> bool:
    return (await session.execute(_HOLD, values)).first() is not None
