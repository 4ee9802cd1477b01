"""Notifications and visits for export."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.exports.public import Besides, CellKind, Column, Door, ListOffer, Row
from yunhu.domains.identity.public import Scope
from yunhu.domains.notifications.about import NOTHING, abouts_of
from yunhu.domains.notifications.endings import ENDINGS
from yunhu.domains.notifications.models import Journey, Notification
from yunhu.domains.scripts.public import SCRIPT_NAMES

_PURPOSES = {"near_turn": "快到号提醒", "your_turn": "叫号通知", "notice": "其他通知"}
_CHANNELS = {"voice": "语音", "sms": "短信"}
_STATES = {
    "pending": "待派发",
    "active": "进行中",
    "delivered": "已送达",
    "failed": "未送达",
    "expired": "已过时",
    "refused": "不予发送",
    "superseded": "被取代",
    "cancelled": "已取消",
    "unknown": "结果未知",
}
_VISIT_STATES = {
    "waiting": "等候",
    "called": "已叫号",
    "served": "已办理",
    "missed": "过号",
    "cancelled": "已取消",
}


async def _besides(session: AsyncSession, tenant_id: UUID, rows: Sequence[Row]) -> Mapping[str, Row]:
    names = await SCRIPT_NAMES.read(session, tenant_id, rows)
    abouts = await abouts_of(session, (UUID(row["id"]) for row in rows))
    return {
        row["id"]: {
            **names[row["id"]],
            "queue_number": abouts.get(UUID(row["id"]), NOTHING).queue_number,
        }
        for row in rows
    }


NOTIFICATIONS = ListOffer(
    name="notifications",
    title_zh="通知记录",
    title="Notifications",
    tenant=Door("/notifications", Scope.NOTIFICATIONS_READ),
    in_time="created_at",
    besides=Besides(("script", "queue_number"), _besides),
    sealed=Notification,
    columns=(
        Column("created_at", "创建时间", "Created at", CellKind.MOMENT, 20),
        Column("callee", "号码", "Phone", CellKind.PHONE),
        Column("queue_number", "排队号", "Queue number", width=10),
        Column("matter", "事项", "Matter", width=20),
        Column("window", "窗口", "Window", width=8),
        Column("purpose", "用途", "Purpose", width=12, words=_PURPOSES),
        Column("channel", "渠道", "Channel", width=8, words=_CHANNELS),
        Column("script", "话术", "Script"),
        Column("state", "状态", "State", width=12, words=_STATES),
        Column("result", "结果", "Result", words=ENDINGS),
        Column("attempts", "尝试次数", "Attempts", CellKind.NUMBER, 10),
        Column("deadline", "有效期至", "Deadline", CellKind.MOMENT, 20),
        Column("finished_at", "完成时间", "Finished at", CellKind.MOMENT, 20),
        Column("client_reference", "业务编号", "Client reference", width=24),
        Column("id", "通知编号", "Notification", width=38),
        Column("journey_id", "办事编号", "Visit", width=38),
    ),
)
JOURNEYS = ListOffer(
    name="journeys",
    title_zh="办事记录",
    title="Visits",
    tenant=Door("/journeys", Scope.NOTIFICATIONS_READ),
    in_time="created_at",
    sealed=Journey,
    columns=(
        Column("day", "日期", "Day", CellKind.DAY, 12),
        Column("hall", "大厅", "Hall"),
        Column("queue_number", "排队号", "Queue number", width=10),
        Column("callee", "号码", "Phone", CellKind.PHONE),
        Column("state", "状态", "State", width=12, words=_VISIT_STATES),
        Column("matter", "事项", "Matter", width=20),
        Column("window", "窗口", "Window", width=8),
        Column("ahead", "前面等待人数", "Ahead", CellKind.NUMBER, 12),
        Column("times_called", "叫号次数", "Times called", CellKind.NUMBER, 10),
        Column("created_at", "取号时间", "Created at", CellKind.MOMENT, 20),
        Column("id", "办事编号", "Visit", width=38),
    ),
)
OFFERS = (
    NOTIFICATIONS,
    JOURNEYS,
)
