"""What calls contribute to an evidence pack: what was decided, shown, said, and how it ended."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.calls.models import Call
from yunhu.foundation.evidence import Attempt, AttemptSource, Batch, Column, EvidencePart, Fact, Wanted

_COLUMNS = (
    Column("attempt", "第几次尝试", "Attempt"),
    Column("callee", "被叫号码", "Callee"),
    Column("caller_number", "外显号码", "Caller number shown"),
    Column("state", "状态", "State"),
    Column("result", "结果", "Result"),
    Column("reason", "原因", "Reason"),
    Column("ended_by", "挂断方", "Ended by"),
    Column("sip_code", "SIP 状态码", "SIP code"),
    Column("q850", "Q.850 原因值", "Q.850 cause"),
    Column("reserved_at", "发起时间", "Reserved"),
    Column("ringing_at", "振铃时间", "Ringing"),
    Column("early_media_at", "早期媒体", "Early media"),
    Column("answered_at", "接听时间", "Answered"),
    Column("ended_at", "结束时间", "Ended"),
    Column("answered_by", "接听者", "Answered by"),
    Column("digits", "按键", "Keys pressed"),
    Column("text", "应播内容", "What was to be heard"),
    Column("text_hash", "备案文本哈希", "Hash of the filed wording"),
    Column("heard", "实际播放", "What was played"),
    Column("verdict", "放行判定", "Verdict and its rules"),
)
_SAME = (
    "attempt", "day", "caller_number", "caller_number_id", "trunk_id", "node_id", "robot_id", "notification_id",
    "script_version_id", "filing_version_id", "text", "text_hash", "verdict", "state", "reserved_at", "ringing_at",
    "early_media_at", "answered_at", "ended_at", "result", "reason", "ended_by", "sip_code", "q850", "answered_by",
    "digits", "heard",
)  # fmt: skip


def _wanted(query: Select[Any], tenant_id: UUID, wanted: Wanted) -> Select[Any]:
    query = query.where(Call.tenant_id == tenant_id, Call.reserved_at <= wanted.until)
    if wanted.call_ids is not None:
        query = query.where(Call.id.in_(wanted.call_ids))
    if wanted.callee_index is not None:
        query = query.where(Call.callee_index == wanted.callee_index)
    if wanted.days is not None:
        query = query.where(Call.day.between(*wanted.days))
    return query


async def _page(
    session: AsyncSession, tenant_id: UUID, wanted: Wanted, after: Attempt | None, limit: int
) -> Sequence[Attempt]:
    query = _wanted(select(Call).order_by(Call.day, Call.id).limit(limit), tenant_id, wanted)
    if after is not None:
        query = query.where(tuple_(Call.day, Call.id) > (after.day, after.id))
    return [
        Attempt(
            id=row.id,
            channel="voice",
            at=row.reserved_at,
            day=row.day,
            notification_id=row.notification_id,
            callee_index=row.callee_index,
            callee_cipher=row.callee_cipher,
            script_version_id=row.script_version_id,
            filing_version_id=row.filing_version_id,
            caller_number_id=row.caller_number_id,
            result=row.result or "",
            summary=row.text,
        )
        for row in await session.scalars(query)
    ]


async def _count(session: AsyncSession, tenant_id: UUID, wanted: Wanted) -> int:
    return await session.scalar(_wanted(select(func.count(Call.id)), tenant_id, wanted)) or 0


async def _read(session: AsyncSession, batch: Batch) -> Sequence[Fact]:
    query = select(Call).where(Call.tenant_id == batch.tenant_id, Call.id.in_(batch.calls)).order_by(Call.id)
    rows = await session.scalars(query) if batch.calls else ()
    return [
        Fact(
            key=str(row.id),
            attempt=row.id,
            values={
                "call_id": row.id,
                "callee": batch.phone(row.callee_cipher),
                **{name: getattr(row, name) for name in _SAME},
            },
        )
        for row in rows
    ]


CALLS = AttemptSource(_page, _count)
EVIDENCE_PART = EvidencePart(name="calls", zh="通话", en="Calls", columns=_COLUMNS, read=_read)
