"""Notices and fault reports for export."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

_KINDS = {"maintenance": "维护", "expansion": "扩容"}
_URGENCY = {"planned": "计划内", "urgent": "紧急"}
_NOTICE_STATES = {"published": "已发布", "amended": "已修订", "withdrawn": "已撤回", "ended": "已结束"}
_SEVERITIES = {"critical": "特急", "major": "严重", "minor": "一般", "question": "咨询"}
_FAULT_STATES = {
    "open": "待答复",
    "answered": "处理中",
    "resolved": "已解决",
    "closed": "已关闭",
    "reopened": "重新打开",
}
_SIDES = {"tenant": "租户", "operator": "运营方"}
NOTICES = ListOffer(
    name="notices",
    title_zh="公告",
    title="Notices",
    tenant=Door("/notices", Scope.INCIDENTS_READ),
    operator=Door("/operator/notices", Scope.OPERATOR_INCIDENTS),
    columns=(
        Column("reference", "编号", "Reference"),
        Column("kind", "种类", "Kind", width=10, words=_KINDS),
        Column("urgency", "紧急程度", "Urgency", width=10, words=_URGENCY),
        Column("title", "标题", "Title", width=30),
        Column("body", "内容", "Text", width=60),
        Column("state", "状态", "State", width=10, words=_NOTICE_STATES),
        Column("starts_at", "开始时间", "Starts at", CellKind.MOMENT, 20),
        Column("ends_at", "结束时间", "Ends at", CellKind.MOMENT, 20),
        Column("published_at", "发布时间", "Published at", CellKind.MOMENT, 20),
        Column("changed_at", "修订时间", "Changed at", CellKind.MOMENT, 20),
    ),
)
FAULTS = ListOffer(
    name="faults",
    title_zh="障碍申报",
    title="Fault reports",
    tenant=Door("/fault-reports", Scope.INCIDENTS_READ),
    operator=Door("/operator/fault-reports", Scope.OPERATOR_INCIDENTS),
    in_time="created_at",
    columns=(
        Column("tenant", "租户", "Tenant", CellKind.TENANT, 24, at="tenant_id"),
        Column("reference", "编号", "Reference"),
        Column("title", "现象", "What happened", width=40),
        Column("severity", "等级", "Severity", width=10, words=_SEVERITIES),
        Column("state", "状态", "State", width=10, words=_FAULT_STATES),
        Column("reported_side", "申报方", "Reported by side", width=10, words=_SIDES),
        Column("reported_by", "申报人", "Reported by"),
        Column("created_at", "申报时间", "Reported at", CellKind.MOMENT, 20),
        Column("answer_due_at", "答复时限", "Answer due at", CellKind.MOMENT, 20),
        Column("answered_at", "答复时间", "Answered at", CellKind.MOMENT, 20),
        Column("overdue", "超时", "Overdue", width=8),
        Column("resolved_at", "解决时间", "Resolved at", CellKind.MOMENT, 20),
        Column("closed_at", "关闭时间", "Closed at", CellKind.MOMENT, 20),
        Column("security_incident", "涉及个人信息", "Security incident", width=12),
        Column("report_due_at", "上报时限", "Report due at", CellKind.MOMENT, 20),
        Column("authority_told_at", "上报时间", "Reported to the authority at", CellKind.MOMENT, 20),
        Column("id", "系统编号", "Id", width=38),
    ),
)
OFFERS = (
    NOTICES,
    FAULTS,
)
