"""Alarms and pauses for export."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

_SEVERITIES = {"critical": "严重", "warning": "警告", "info": "提示"}
_STATES = {"open": "待处理", "acknowledged": "已确认", "cleared": "已解除"}
_KINDS = {
    "quota": "额度用量预警",
    "suspension_proposed": "建议停机",
    "suspended": "服务已停机",
    "complaint_threshold": "投诉量达到阈值",
    "complaint_overdue": "投诉超期未答复",
    "fault_open": "障碍待答复",
    "fault_overdue": "障碍答复超期",
    "incident_report_overdue": "事件报告超期",
    "support_visit_overdue": "上门服务超期",
    "trunk_down": "线路不可用",
    "node_lost": "呼叫节点失联",
    "no_node": "没有呼叫节点在运行",
    "number_quarantined": "外显号码被隔离",
}
ALARMS = ListOffer(
    name="alarms",
    title_zh="告警",
    title="Alarms",
    tenant=Door("/alarms", Scope.MONITOR_READ),
    operator=Door("/operator/alarms", Scope.OPERATOR_MONITOR),
    columns=(
        Column("tenant", "租户", "Tenant", CellKind.TENANT, 24, at="tenant_id"),
        Column("kind", "告警", "Alarm", width=20, words=_KINDS),
        Column("severity", "级别", "Severity", width=8, words=_SEVERITIES),
        Column("state", "状态", "State", width=10, words=_STATES),
        Column("subject_kind", "对象类别", "Kind of object"),
        Column("subject_id", "对象", "Object", width=38),
        Column("detail", "详情", "Details", width=40),
        Column("times", "次数", "Times", CellKind.NUMBER, 8),
        Column("first_at", "首次", "First at", CellKind.MOMENT, 20),
        Column("last_at", "最近一次", "Last at", CellKind.MOMENT, 20),
        Column("acknowledged_by", "确认人", "Acknowledged by"),
        Column("acknowledged_at", "确认时间", "Acknowledged at", CellKind.MOMENT, 20),
        Column("note", "备注", "Note", width=30),
        Column("cleared_by", "解除人", "Cleared by"),
        Column("cleared_at", "解除时间", "Cleared at", CellKind.MOMENT, 20),
    ),
)
PAUSES = ListOffer(
    name="pauses",
    title_zh="暂停记录",
    title="Pauses",
    tenant=Door("/pauses", Scope.MONITOR_READ),
    operator=Door("/operator/live/pauses", Scope.OPERATOR_MONITOR),
    columns=(
        Column("tenant_name", "租户标识", "Tenant", at="tenant"),
        Column("scenario", "场景", "Scenario", width=20),
        Column("by_operator", "由运营方暂停", "By the operator", width=12),
        Column("reason", "理由", "Reason", width=30),
        Column("paused_by", "暂停人", "Paused by"),
        Column("paused_at", "暂停时间", "Paused at", CellKind.MOMENT, 20),
        Column("until", "暂停至", "Until", CellKind.MOMENT, 20),
        Column("resumed_by", "恢复人", "Resumed by"),
        Column("resumed_at", "恢复时间", "Resumed at", CellKind.MOMENT, 20),
        Column("resume_reason", "恢复说明", "Why resumed", width=30),
    ),
)
OFFERS = (
    ALARMS,
    PAUSES,
)
