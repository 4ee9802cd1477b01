"""What caller numbers contribute to an evidence pack: whose each is, its papers, and what happened to it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.numbers.models import CallerNumber, NumberEvent, NumberPaper
from yunhu.foundation.evidence import Batch, Column, EvidencePart, Fact

_COLUMNS = (
    Column("e164", "外显号码", "Caller number"),
    Column("registered_to", "实名登记单位", "Registered to"),
    Column("region", "归属区号", "Region"),
    Column("valid_from", "有效期起", "Valid from"),
    Column("valid_until", "有效期止", "Valid until"),
    Column("state", "状态", "State"),
    Column("papers", "证明材料", "Papers"),
    Column("events", "状态历史", "History"),
)
_SAME = ("e164", "registered_to", "region", "valid_from", "valid_until", "state", "state_reason")
_PAPER = ("kind", "document_id", "valid_until", "added_at", "added_by")
_EVENT = ("at", "kind", "reason", "until", "actor")


async def _read(session: AsyncSession, batch: Batch) -> Sequence[Fact]:
    ids = {attempt.caller_number_id for attempt in batch.attempts if attempt.caller_number_id}
    if not ids:
        return ()
    numbers = await session.scalars(
        select(CallerNumber).where(CallerNumber.id.in_(ids)).order_by(CallerNumber.id)
    )
    papers = await session.scalars(
        select(NumberPaper).where(NumberPaper.number_id.in_(ids)).order_by(NumberPaper.id)
    )
    # Of a number that had another tenant before, only what happened under this one.
    events = await session.scalars(
        select(NumberEvent)
        .where(
            NumberEvent.number_id.in_(ids),
            NumberEvent.tenant_id == batch.tenant_id,
            NumberEvent.at <= batch.until,
        )
        .order_by(NumberEvent.id)
    )
    papers_of, events_of = _by_number(papers, _PAPER), _by_number(events, _EVENT)
    return [
        Fact(
            key=str(row.id),
            documents=tuple(paper["document_id"] for paper in papers_of.get(row.id, [])),
            values={
                "caller_number_id": row.id,
                **{name: getattr(row, name) for name in _SAME},
                "papers": papers_of.get(row.id, []),
                "events": events_of.get(row.id, []),
            },
        )
        for row in numbers
    ]


def _by_number(rows: Any, names: Sequence[str]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.number_id, []).append({name: getattr(row, name) for name in names})
    return found


EVIDENCE_PART = EvidencePart(
    name="caller_numbers", zh="外显号码资料", en="Caller numbers", columns=_COLUMNS, read=_read, shared=True
)
