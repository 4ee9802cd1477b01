"""Every charged piece of a period, as rows of a workbook that the database itself writes: ten times as fast."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing.excel import MONEY_STYLE, ROWS_A_CHUNK
from yunhu.domains.billing.wording import KINDS_ZH
from yunhu.domains.contracts.public import METERED

_KIND = " ".join(f"WHEN '{kind}' THEN '{KINDS_ZH[kind]}'" for kind in sorted(METERED))
_NEXT = """ || '</t></is></c><c t="inlineStr"><is><t>' || """
# Nothing that people wrote stands in a row: days, kinds, moments, ids and amounts need no escaping.
_ROW = f"""
    '<row><c t="inlineStr"><is><t>' || day {_NEXT} CASE kind {_KIND} END
    {_NEXT} left(CAST(settled_at AT TIME ZONE 'Asia/Shanghai' AS text), 19) {_NEXT} call_id
    || '</t></is></c><c s="{MONEY_STYLE}"><v>' || CAST(amount AS float8) / 100 || '</v></c></row>'
"""
_DETAILS = text(
    f"""
    SELECT string_agg({_ROW}, '' ORDER BY place) AS rows
    FROM (SELECT m.day, m.kind, m.settled_at, m.call_id, m.amount,
            row_number() OVER (ORDER BY m.day, m.call_id, m.kind) - 1 AS place
          FROM meter_entries AS m
          WHERE m.contract_id = :contract_id AND m.state = 'charged' AND m.day BETWEEN :first AND :last) AS pieces
    GROUP BY place / {ROWS_A_CHUNK} ORDER BY place / {ROWS_A_CHUNK}
    """  # noqa: S608 constant text
)
_COUNT = text(
    """
    SELECT count(*) FROM meter_entries AS m
    WHERE m.contract_id = :contract_id AND m.state = 'charged' AND m.day BETWEEN :first AND :last
    """
)


async def count_pieces(session: AsyncSession, contract_id: UUID, first: date, last: date) -> int:
    """How many there are."""
    values = {"contract_id": contract_id, "first": first, "last": last}
    return int(await session.scalar(_COUNT, values) or 0)


async def rows_of_pieces(
    session: AsyncSession, contract_id: UUID, first: date, last: date
) -> AsyncIterator[str]:
    """SpreadsheetML by day and call, `ROWS_A_CHUNK` rows at a time, read through a cursor."""
    values = {"contract_id": contract_id, "first": first, "last": last}
    stream = await session.stream(_DETAILS, values, execution_options={"yield_per": 8})
    async for row in stream:
        yield row.rows
