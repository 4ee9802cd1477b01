"""Calls for export."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.calls.listing import CallFilters, calls_of
from yunhu.domains.calls.models import CallState
from yunhu.domains.exports.public import Batch, CellKind, Column, Offer
from yunhu.domains.identity.public import Scope
from yunhu.domains.notifications.public import NOTHING, abouts_of
from yunhu.domains.scripts.public import names_of_versions
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db.paging import Place
from yunhu.foundation.http.filters import aware, phone_index, stored_number
from yunhu.telephony.port import ResultClass


class CallQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the list of calls can be narrowed to."""

    state: CallState | None = None
    result: ResultClass | None = None
    script_id: UUID | None = None
    caller_number: str | None = None
    queue_number: str | None = None
    phone: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def _prepare(query: CallQuery, vault: Vault) -> CallFilters:
    return CallFilters(
        state=query.state,
        result=query.result,
        script_id=query.script_id,
        caller_number=stored_number(query.caller_number),
        queue_number=query.queue_number,
        callee_index=phone_index(vault, query.phone),
        since=aware(query.since, "since"),
        until=aware(query.until, "until"),
    )


async def _read(
    session: AsyncSession, tenant_id: UUID, filters: CallFilters, after: Any, limit: int
) -> Batch:
    place = Place(after=UUID(after) if after else None, limit=limit)
    found = await calls_of(session, tenant_id, filters, place)
    abouts = await abouts_of(session, (row.notification_id for row in found))
    scripts = await names_of_versions(session, {row.script_version_id for row in found})
    rows = []
    for row in found:
        about = abouts.get(row.notification_id, NOTHING)
        talked = (
            (row.ended_at - row.answered_at).total_seconds() if row.ended_at and row.answered_at else None
        )
        rows.append(
            [
                row.reserved_at,
                row.callee_cipher,
                row.caller_number,
                about.queue_number,
                about.matter,
                about.window,
                scripts.get(row.script_version_id),
                row.text,
                row.attempt,
                row.state,
                row.result,
                row.reason,
                row.ended_by,
                row.ringing_at,
                row.answered_at,
                row.ended_at,
                talked,
                row.digits,
                row.sip_code,
                row.q850,
                row.id,
                row.notification_id,
            ]
        )
    return Batch(rows, str(found[-1].id) if len(found) == limit else None)


_COLUMNS = (
    Column("reserved_at", "呼叫时间", "Called at", CellKind.MOMENT, 20),
    Column("callee", "被叫号码", "Callee", CellKind.PHONE),
    Column("caller_number", "外显号码", "Caller number"),
    Column("queue_number", "排队号", "Queue number", width=10),
    Column("matter", "事项", "Matter", width=20),
    Column("window", "窗口", "Window", width=8),
    Column("script", "话术", "Script"),
    Column("text", "播报内容", "What was to be heard", width=50),
    Column("attempt", "第几次", "Attempt", CellKind.NUMBER, 8),
    Column("state", "状态", "State", width=10),
    Column("result", "结果", "Result"),
    Column("reason", "原因", "Reason"),
    Column("ended_by", "挂断方", "Ended by", width=10),
    Column("ringing_at", "振铃时间", "Ringing at", CellKind.MOMENT, 20),
    Column("answered_at", "接听时间", "Answered at", CellKind.MOMENT, 20),
    Column("ended_at", "结束时间", "Ended at", CellKind.MOMENT, 20),
    Column("seconds_talked", "通话时长(秒)", "Seconds talked", CellKind.NUMBER, 12),
    Column("digits", "按键", "Keys", width=8),
    Column("sip_code", "SIP 码", "SIP code", CellKind.NUMBER, 8),
    Column("q850", "Q.850 原因值", "Q.850", CellKind.NUMBER, 8),
    Column("id", "通话编号", "Call", width=38),
    Column("notification_id", "通知编号", "Notification", width=38),
)
CALLS = Offer(
    name="calls",
    title_zh="通话记录",
    title="Calls",
    scope=Scope.CALLS_READ,
    wire=CallQuery,
    stored=CallFilters,
    prepare=_prepare,
    columns=_COLUMNS,
    read=_read,
)
