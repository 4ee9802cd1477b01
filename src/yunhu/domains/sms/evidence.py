"""What messages contribute to an evidence pack: what was written, and what became of it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.sms.models import SmsMessage
from yunhu.foundation.clock import day_start, natural_day
from yunhu.foundation.evidence import Attempt, AttemptSource, Batch, Column, EvidencePart, Fact, Wanted

_COLUMNS = (
    Column("attempt", "第几次尝试", "Attempt"),
    Column("callee", "接收号码", "Receiver"),
    Column("state", "状态", "State"),
    Column("raw_status", "网关状态", "Status of the SMS centre"),
    Column("created_at", "发起时间", "Created"),
    Column("submitted_at", "提交时间", "Submitted"),
    Column("final_at", "终态时间", "Final"),
    Column("text", "短信内容", "Text"),
    Column("text_hash", "备案文本哈希", "Hash of the filed wording"),
    Column("verdict", "放行判定", "Verdict and its rules"),
)
_SAME = (
    "attempt", "account_id", "node_id", "notification_id", "script_version_id", "filing_version_id", "text",
    "text_hash", "verdict", "state", "created_at", "submitted_at", "receipt_deadline", "final_at", "raw_status",
)  # fmt: skip


def _wanted(query: Select[Any], tenant_id: UUID, wanted: Wanted) -> Select[Any]:
    query = query.where(SmsMessage.tenant_id == tenant_id, SmsMessage.created_at <= wanted.until)
    if wanted.call_ids is not None:
        query = query.where(SmsMessage.id.in_(wanted.message_ids))
    if wanted.callee_index is not None:
        query = query.where(SmsMessage.callee_index == wanted.callee_index)
    if wanted.days is not None:
        first, last = wanted.days
        query = query.where(
            SmsMessage.created_at >= day_start(first),
            SmsMessage.created_at < day_start(last + timedelta(days=1)),
        )
    return query


async def _page(
    session: AsyncSession, tenant_id: UUID, wanted: Wanted, after: Attempt | None, limit: int
) -> Sequence[Attempt]:
    query = select(SmsMessage).order_by(SmsMessage.created_at, SmsMessage.id).limit(limit)
    if after is not None:
        query = query.where(tuple_(SmsMessage.created_at, SmsMessage.id) > (after.at, after.id))
    return [
        Attempt(
            id=row.id,
            channel="sms",
            at=row.created_at,
            day=natural_day(row.created_at),
            notification_id=row.notification_id,
            callee_index=row.callee_index,
            callee_cipher=row.callee_cipher,
            script_version_id=row.script_version_id,
            filing_version_id=row.filing_version_id,
            caller_number_id=None,
            result=row.state,
            summary=row.text,
        )
        for row in await session.scalars(_wanted(query, tenant_id, wanted))
    ]


async def _count(session: AsyncSession, tenant_id: UUID, wanted: Wanted) -> int:
    return await session.scalar(_wanted(select(func.count(SmsMessage.id)), tenant_id, wanted)) or 0


async def _read(session: AsyncSession, batch: Batch) -> Sequence[Fact]:
    if not batch.messages:
        return ()
    query = select(SmsMessage).where(
        SmsMessage.tenant_id == batch.tenant_id, SmsMessage.id.in_(batch.messages)
    )
    return [
        Fact(
            key=str(row.id),
            attempt=row.id,
            values={
                "message_id": row.id,
                "callee": batch.phone(row.callee_cipher),
                **{name: getattr(row, name) for name in _SAME},
            },
        )
        for row in await session.scalars(query.order_by(SmsMessage.id))
    ]


MESSAGES = AttemptSource(_page, _count)
EVIDENCE_PART = EvidencePart(name="messages", zh="短信", en="Messages", columns=_COLUMNS, read=_read)
