"""What billing contributes to an evidence pack: what was metered for each call, to the fen."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing.models import MeterEntry
from yunhu.foundation.evidence import Batch, Column, EvidencePart, Fact
from yunhu.foundation.money import yuan_plain

_COLUMNS = (
    Column("kind", "计费项目", "Item"),
    Column("charging", "计费规则", "Charging rule"),
    Column("state", "计量状态", "State"),
    Column("day", "计费日", "Day"),
    Column("yuan", "金额（元）", "Amount in yuan"),
    Column("held_at", "预占时间", "Held"),
    Column("settled_at", "结算时间", "Settled"),
    Column("entry_id", "分录", "Ledger entry"),
)
_SAME = ("call_id", "kind", "contract_id", "charging", "state", "day", "held_at", "settled_at", "entry_id")


async def _read(session: AsyncSession, batch: Batch) -> Sequence[Fact]:
    if not batch.calls:
        return ()
    query = (
        select(MeterEntry)
        .where(MeterEntry.tenant_id == batch.tenant_id, MeterEntry.call_id.in_(batch.calls))
        .order_by(MeterEntry.call_id, MeterEntry.kind)
    )
    return [
        Fact(
            key=f"{row.call_id} {row.kind}",
            attempt=row.call_id,
            values={
                **{name: getattr(row, name) for name in _SAME},
                "amount_fen": row.amount,
                "yuan": yuan_plain(row.amount),
            },
        )
        for row in await session.scalars(query)
    ]


EVIDENCE_PART = EvidencePart(name="metering", zh="计量计费", en="Metering", columns=_COLUMNS, read=_read)
