"""Text messages for export."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.exports.public import Batch, CellKind, Column, Offer
from yunhu.domains.identity.public import Scope
from yunhu.domains.notifications.public import NOTHING, abouts_of
from yunhu.domains.scripts.public import names_of_versions
from yunhu.domains.sms.listing import MessageFilters, messages_of
from yunhu.domains.sms.models import MessageState
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db.paging import Place
from yunhu.foundation.http.filters import aware, phone_index


class MessageQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the list of messages can be narrowed to."""

    state: MessageState | None = None
    script_id: UUID | None = None
    queue_number: str | None = None
    phone: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def _prepare(query: MessageQuery, vault: Vault) -> MessageFilters:
    return MessageFilters(
        state=query.state,
        script_id=query.script_id,
        queue_number=query.queue_number,
        callee_index=phone_index(vault, query.phone),
        since=aware(query.since, "since"),
        until=aware(query.until, "until"),
    )


async def _read(
    session: AsyncSession, tenant_id: UUID, filters: MessageFilters, after: Any, limit: int
) -> Batch:
    place = Place(after=UUID(after) if after else None, limit=limit)
    found = await messages_of(session, tenant_id, filters, place)
    abouts = await abouts_of(session, (row.notification_id for row in found))
    scripts = await names_of_versions(session, {row.script_version_id for row in found})
    rows: list[list[Any]] = []
    for row in found:
        about = abouts.get(row.notification_id, NOTHING)
        rows.append(
            [
                row.created_at,
                row.callee_cipher,
                about.queue_number,
                about.matter,
                scripts.get(row.script_version_id),
                row.text,
                row.state,
                row.raw_status,
                row.submitted_at,
                row.final_at,
                row.id,
                row.notification_id,
            ]
        )
    return Batch(rows, str(found[-1].id) if len(found) == limit else None)


_COLUMNS = (
    Column("created_at", "发送时间", "Sent at", CellKind.MOMENT, 20),
    Column("callee", "手机号码", "Phone", CellKind.PHONE),
    Column("queue_number", "排队号", "Queue number", width=10),
    Column("matter", "事项", "Matter", width=20),
    Column("script", "话术", "Script"),
    Column("text", "短信内容", "Text", width=60),
    Column("state", "状态", "State", width=12),
    Column("raw_status", "网关状态", "Status of the centre"),
    Column("submitted_at", "提交时间", "Submitted at", CellKind.MOMENT, 20),
    Column("final_at", "状态时间", "Known at", CellKind.MOMENT, 20),
    Column("id", "短信编号", "Message", width=38),
    Column("notification_id", "通知编号", "Notification", width=38),
)
MESSAGES = Offer(
    name="messages",
    title_zh="短信记录",
    title="Text messages",
    scope=Scope.NOTIFICATIONS_READ,
    wire=MessageQuery,
    stored=MessageFilters,
    prepare=_prepare,
    columns=_COLUMNS,
    read=_read,
)
