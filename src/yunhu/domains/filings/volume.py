"""Taking the daily volume of a filing, in the transaction that creates the call or message (law 1)."""

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# The version's own plan says how much; all versions of a filing share a day's counter.
TAKE_VOLUME = """
    WITH filing AS (
        SELECT filing_id, tenant_id, CAST(content -> 'plan' ->> 'daily_calls' AS int) AS calls,
            CAST(content -> 'plan' ->> 'daily_messages' AS int) AS messages
        FROM filing_versions WHERE id = :filing_version_id
    )
    INSERT INTO filing_days AS d (filing_id, day, tenant_id, calls, messages)
    SELECT filing_id, :day, tenant_id, :voice, 1 - :voice FROM filing
    WHERE CASE WHEN :voice = 1 THEN filing.calls ELSE filing.messages END > 0
    ON CONFLICT (filing_id, day) DO UPDATE
    SET calls = d.calls + EXCLUDED.calls, messages = d.messages + EXCLUDED.messages
    WHERE CASE WHEN :voice = 1 THEN d.calls < (SELECT calls FROM filing)
               ELSE d.messages < (SELECT messages FROM filing) END
    RETURNING d.filing_id
"""
"""A statement that gives a row when it took one; its parameters are `filing_version_id`, `day` and `voice` (1 or 0)."""
_TAKE = text(TAKE_VOLUME)


async def take_filed_volume(
    session: AsyncSession, filing_version_id: UUID, day: date, *, voice: bool
) -> bool:
    """Count one call or message against the filing's natural day; False when the day's volume is used up.

    One statement. Locks the row of `filing_days` until the transaction ends: call it late, with the quota and
    before audit. On False nothing was counted, and the caller's transaction must not place the call.
    """
    values = {"filing_version_id": filing_version_id, "day": day, "voice": int(voice)}
    return (await session.execute(_TAKE, values)).first() is not None
