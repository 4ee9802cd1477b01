"""Removing entries after their time: the chain begins later, and an entry in it says where it was cut."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.chain import record_cut
from yunhu.domains.audit.errors import TooYoungToCutError
from yunhu.domains.audit.models import OPERATOR_CHAIN
from yunhu.foundation.actor import Actor

KEPT_AT_LEAST = timedelta(days=183)
"""Six months (row D5). A trigger holds the database to it, too."""
_BATCH = 5000

# Up to the last entry that has only older ones before it: clocks may have gone back a little between two entries.
_CUT_AT = text(
    """
    SELECT e.sequence, e.hash FROM audit_heads AS h
    JOIN audit_entries AS e ON e.chain = h.chain AND e.sequence = coalesce(
        (SELECT min(sequence) FROM audit_entries WHERE chain = :chain AND at >= :before) - 1, h.sequence)
    WHERE h.chain = :chain AND e.sequence > h.cut_sequence
    FOR UPDATE OF h
    """
)

_REMOVE = text(
    """
    DELETE FROM audit_entries WHERE chain = :chain AND sequence IN (
        SELECT sequence FROM audit_entries
        WHERE chain = :chain AND sequence <= (SELECT cut_sequence FROM audit_heads WHERE chain = :chain)
        ORDER BY sequence LIMIT :limit)
    """
)


async def cut_chain(
    session: AsyncSession, actor: Actor, tenant_id: UUID | None, before: datetime, now: datetime
) -> int:
    """Put on record that entries older than `before` go. Returns the number of the last of them, 0 for none.

    They go by `remove_cut`, in transactions of their own. Raises `TooYoungToCutError`.
    """
    earliest = now - KEPT_AT_LEAST
    if before > earliest:
        raise TooYoungToCutError(earliest=earliest.isoformat())
    values = {"chain": tenant_id or OPERATOR_CHAIN, "before": before}
    found = (await session.execute(_CUT_AT, values)).one_or_none()
    if found is None:
        return 0
    await record_cut(session, actor, tenant_id, sequence=found.sequence, hash_=found.hash, now=now)
    return int(found.sequence)


async def remove_cut(session: AsyncSession, chain: UUID, *, limit: int = _BATCH) -> int:
    """Remove some of the entries behind a chain's cut; how many. Fewer than `limit`: these were the last."""
    result = await session.execute(_REMOVE, {"chain": chain, "limit": limit})
    return int(result.rowcount)  # type: ignore[attr-defined]
