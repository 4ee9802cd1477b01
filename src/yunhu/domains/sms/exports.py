"""Text messages for export."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope
from yunhu.domains.notifications.public import TEXT_STATES
from yunhu.domains.scripts.public import SCRIPT_NAMES
from yunhu.domains.sms.models import SmsMessage

MESSAGES = ListOffer(
    name="messages",
    title_zh="短信记录",
    title="Text messages",
    tenant=Door("/messages", Scope.NOTIFICATIONS_READ),
    in_time="created_at",
    besides=SCRIPT_NAMES,
    sealed=SmsMessage,
    columns=(
        Column("created_at", "发送时间", "Sent at", CellKind.MOMENT, 20),
        Column("callee", "手机号码", "Phone", CellKind.PHONE),
        Column("queue_number", "排队号", "Queue number", width=10),
        Column("matter", "事项", "Matter", width=20),
        Column("window", "窗口", "Window", width=8),
        Column("script", "话术", "Script"),
        Column("text", "短信内容", "Text", width=60),
        Column("attempt", "第几次", "Attempt", CellKind.NUMBER, 8),
        Column("state", "状态", "State", width=12, words=TEXT_STATES),
        Column("raw_status", "网关状态", "Status of the centre"),
        Column("submitted_at", "提交时间", "Submitted at", CellKind.MOMENT, 20),
        Column("final_at", "状态时间", "Known at", CellKind.MOMENT, 20),
        Column("id", "短信编号", "Message", width=38),
        Column("notification_id", "通知编号", "Notification", width=38),
    ),
)
OFFERS = (MESSAGES,)
