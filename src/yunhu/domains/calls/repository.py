"""Every query of calls."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.calls.conversation import Facts

ALERTING = text(
    """
    UPDATE calls SET state = CASE WHEN state = 'dialling' THEN 'ringing' ELSE state END,
        ringing_at = coalesce(ringing_at, :ringing_at), early_media_at = coalesce(early_media_at, :early_media_at)
    WHERE id = :id AND state <> 'ended'
    """
)

ANSWERED = text(
    """
    UPDATE calls SET state = 'answered', answered_at = :answered_at, ringing_at = coalesce(ringing_at, :ringing_at),
        early_media_at = coalesce(early_media_at, :early_media_at)
    WHERE id = :id AND state <> 'ended'
    """
)

REROUTED = text("UPDATE calls SET trunk_id = :trunk_id WHERE id = :id AND state <> 'ended'")

# Calls of any tenant that a trunk carries, on whatever node. From here to the end of the transaction nobody else asks:
# who comes second counts the first one's call. A function, because what is counted must be looked up after the lock.
HOLD_TRUNK = text("SELECT yunhu_hold_trunk(:trunk_id)")

# Ends a call once: whoever comes second (a node that was given up for lost, and woke) changes nothing.
END = text(
    """
    UPDATE calls SET state = 'ended', ended_at = :ended_at, result = :result, reason = :reason,
        ended_by = :ended_by, sip_code = :sip_code, q850 = :q850, answered_by = :answered_by, digits = :digits,
        heard = CAST(:heard AS jsonb), answered_at = coalesce(answered_at, :answered_at),
        ringing_at = coalesce(ringing_at, :ringing_at), early_media_at = coalesce(early_media_at, :early_media_at)
    WHERE id = :id AND state <> 'ended'
    RETURNING id, caller_number_id, answered_at
    """
)

LIVE_ON_NODES = text(
    "SELECT id, notification_id FROM calls WHERE state <> 'ended' AND node_id = ANY(CAST(:nodes AS uuid[]))"
)


def _moments(facts: Facts) -> dict[str, Any]:
    return {
        "ringing_at": facts.ringing_at,
        "early_media_at": facts.early_media_at,
        "answered_at": facts.answered_at,
    }


async def mark_alerting(session: AsyncSession, call_id: UUID, facts: Facts) -> None:
    """It rings."""
    values = _moments(facts)
    del values["answered_at"]
    await session.execute(ALERTING, {"id": call_id, **values})


async def mark_rerouted(session: AsyncSession, call_id: UUID, trunk_id: UUID) -> None:
    """Another trunk carries it."""
    await session.execute(REROUTED, {"id": call_id, "trunk_id": trunk_id})


async def hold_trunk(session: AsyncSession, trunk_id: UUID) -> int:
    """Calls that have not ended, of all nodes; until this transaction ends, nobody else reserves one on the trunk."""
    carried: int = await session.scalar(HOLD_TRUNK, {"trunk_id": trunk_id})
    return carried


async def mark_answered(session: AsyncSession, call_id: UUID, facts: Facts) -> None:
    """The callee took the call."""
    await session.execute(ANSWERED, {"id": call_id, **_moments(facts)})


async def end_call(session: AsyncSession, call_id: UUID, facts: Facts) -> Any | None:
    """Write the ending down, once; None when it had ended before."""
    if facts.termination is None:
        raise ValueError("a call ends with a termination")
    termination = facts.termination
    return (
        await session.execute(
            END,
            {
                "id": call_id,
                "ended_at": facts.ended_at,
                "result": termination.result.value,
                "reason": termination.reason,
                "ended_by": termination.ended_by.value,
                "sip_code": termination.sip_code,
                "q850": termination.q850,
                "answered_by": facts.answered_by,
                "digits": facts.digits,
                "heard": msgspec.json.encode(facts.spoken).decode(),
                **_moments(facts),
            },
        )
    ).one_or_none()


async def live_on_nodes(session: AsyncSession, nodes: Sequence[UUID]) -> Sequence[Any]:
    """Calls that these nodes carried."""
    return (await session.execute(LIVE_ON_NODES, {"nodes": list(nodes)})).all()
