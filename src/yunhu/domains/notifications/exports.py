"""Notifications and visits for export."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.exports.public import Batch, CellKind, Column, Offer
from yunhu.domains.identity.public import Scope
from yunhu.domains.notifications.about import NOTHING, abouts_of
from yunhu.domains.notifications.repository_listing import (
    JourneyFilter,
    NotificationFilter,
    list_journeys,
    list_notifications,
)
from yunhu.domains.notifications.states import JourneyState, NotificationState, Purpose
from yunhu.domains.scripts.public import Channel, names_of_versions
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db.paging import Place
from yunhu.foundation.http.filters import aware, phone_index


class NotificationQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the list of notifications can be narrowed to."""

    state: NotificationState | None = None
    purpose: Purpose | None = None
    channel: Channel | None = None
    client_reference: str | None = None
    queue_number: str | None = None
    result: str | None = None
    script_id: UUID | None = None
    matter: str | None = None
    window: str | None = None
    phone: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None


class JourneyQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the list of visits can be narrowed to."""

    day: date | None = None
    hall: str | None = None
    queue_number: str | None = None
    state: JourneyState | None = None
    phone: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None


def _prepare_notifications(query: NotificationQuery, vault: Vault) -> NotificationFilter:
    values = msgspec.structs.asdict(query)
    values["callee_index"] = phone_index(vault, values.pop("phone"))
    return NotificationFilter(**values | _moments(query))


def _prepare_journeys(query: JourneyQuery, vault: Vault) -> JourneyFilter:
    values = msgspec.structs.asdict(query)
    values["callee_index"] = phone_index(vault, values.pop("phone"))
    return JourneyFilter(**values | _moments(query))


def _moments(query: NotificationQuery | JourneyQuery) -> dict[str, datetime | None]:
    return {
        "created_from": aware(query.created_from, "created_from"),
        "created_to": aware(query.created_to, "created_to"),
    }


async def _read_notifications(
    session: AsyncSession, tenant_id: UUID, filters: NotificationFilter, after: Any, limit: int
) -> Batch:
    place = Place(after=UUID(after) if after else None, limit=limit)
    found = await list_notifications(session, tenant_id, filters, place)
    abouts = await abouts_of(session, (row.id for row in found))
    scripts = await names_of_versions(session, {row.script_version_id for row in found})
    rows: list[list[Any]] = [
        [
            row.created_at,
            row.callee_cipher,
            abouts.get(row.id, NOTHING).queue_number,
            row.matter,
            row.window,
            row.purpose,
            row.channel,
            scripts.get(row.script_version_id),
            row.state,
            row.result,
            row.attempts,
            row.deadline,
            row.finished_at,
            row.client_reference,
            row.id,
            row.journey_id,
        ]
        for row in found
    ]
    return Batch(rows, str(found[-1].id) if len(found) == limit else None)


async def _read_journeys(
    session: AsyncSession, tenant_id: UUID, filters: JourneyFilter, after: Any, limit: int
) -> Batch:
    place = Place(after=UUID(after) if after else None, limit=limit)
    found = await list_journeys(session, tenant_id, filters, place)
    rows: list[list[Any]] = [
        [
            row.day,
            row.hall,
            row.queue_number,
            row.callee_cipher,
            row.state,
            row.matter,
            row.window,
            row.ahead,
            row.calls_announced,
            row.created_at,
            row.id,
        ]
        for row in found
    ]
    return Batch(rows, str(found[-1].id) if len(found) == limit else None)


NOTIFICATIONS = Offer(
    name="notifications",
    title_zh="通知记录",
    title="Notifications",
    scope=Scope.NOTIFICATIONS_READ,
    wire=NotificationQuery,
    stored=NotificationFilter,
    prepare=_prepare_notifications,
    columns=(
        Column("created_at", "创建时间", "Created at", CellKind.MOMENT, 20),
        Column("callee", "号码", "Phone", CellKind.PHONE),
        Column("queue_number", "排队号", "Queue number", width=10),
        Column("matter", "事项", "Matter", width=20),
        Column("window", "窗口", "Window", width=8),
        Column("purpose", "用途", "Purpose", width=12),
        Column("channel", "渠道", "Channel", width=8),
        Column("script", "话术", "Script"),
        Column("state", "状态", "State", width=12),
        Column("result", "结果", "Result"),
        Column("attempts", "尝试次数", "Attempts", CellKind.NUMBER, 10),
        Column("deadline", "有效期至", "Deadline", CellKind.MOMENT, 20),
        Column("finished_at", "完成时间", "Finished at", CellKind.MOMENT, 20),
        Column("client_reference", "业务编号", "Client reference", width=24),
        Column("id", "通知编号", "Notification", width=38),
        Column("journey_id", "办事编号", "Visit", width=38),
    ),
    read=_read_notifications,
)
JOURNEYS = Offer(
    name="journeys",
    title_zh="办事记录",
    title="Visits",
    scope=Scope.NOTIFICATIONS_READ,
    wire=JourneyQuery,
    stored=JourneyFilter,
    prepare=_prepare_journeys,
    columns=(
        Column("day", "日期", "Day", CellKind.DAY, 12),
        Column("hall", "大厅", "Hall"),
        Column("queue_number", "排队号", "Queue number", width=10),
        Column("callee", "号码", "Phone", CellKind.PHONE),
        Column("state", "状态", "State", width=12),
        Column("matter", "事项", "Matter", width=20),
        Column("window", "窗口", "Window", width=8),
        Column("ahead", "前面等待人数", "Ahead", CellKind.NUMBER, 12),
        Column("times_called", "叫号次数", "Times called", CellKind.NUMBER, 10),
        Column("created_at", "取号时间", "Created at", CellKind.MOMENT, 20),
        Column("id", "办事编号", "Visit", width=38),
    ),
    read=_read_journeys,
)
