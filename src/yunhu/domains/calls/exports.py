"""Calls for export."""

from yunhu.domains.calls.models import Call
from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope
from yunhu.domains.notifications.public import CALL_ENDINGS
from yunhu.domains.scripts.public import SCRIPT_NAMES

_STATES = {"dialling": "呼叫中", "ringing": "振铃", "answered": "通话中", "ended": "已结束"}
_SIDES = {"platform": "平台", "callee": "被叫", "network": "网络", "node": "节点故障"}
CALLS = ListOffer(
    name="calls",
    title_zh="通话记录",
    title="Calls",
    tenant=Door("/calls", Scope.CALLS_READ),
    in_time="reserved_at",
    besides=SCRIPT_NAMES,
    sealed=Call,
    columns=(
        Column("reserved_at", "呼叫时间", "Called at", CellKind.MOMENT, 20),
        Column("callee", "被叫号码", "Callee", CellKind.PHONE),
        Column("caller_number", "外显号码", "Caller number"),
        Column("queue_number", "排队号", "Queue number", width=10),
        Column("matter", "事项", "Matter", width=20),
        Column("window", "窗口", "Window", width=8),
        Column("script", "话术", "Script"),
        Column("text", "播报内容", "What was to be heard", width=50),
        Column("attempt", "第几次", "Attempt", CellKind.NUMBER, 8),
        Column("state", "状态", "State", width=10, words=_STATES),
        Column("result", "结果", "Result", words=CALL_ENDINGS),
        Column("reason", "原因", "Reason"),
        Column("ended_by", "挂断方", "Ended by", width=10, words=_SIDES),
        Column("ringing_at", "振铃时间", "Ringing at", CellKind.MOMENT, 20),
        Column("answered_at", "接听时间", "Answered at", CellKind.MOMENT, 20),
        Column("ended_at", "结束时间", "Ended at", CellKind.MOMENT, 20),
        Column("seconds_talked", "通话时长(秒)", "Seconds talked", CellKind.NUMBER, 12),
        Column("digits", "按键", "Keys", width=8),
        Column("sip_code", "SIP 码", "SIP code", CellKind.NUMBER, 8),
        Column("q850", "Q.850 原因值", "Q.850", CellKind.NUMBER, 8),
        Column("id", "通话编号", "Call", width=38),
        Column("notification_id", "通知编号", "Notification", width=38),
    ),
)
OFFERS = (CALLS,)
