"""Complaints for export."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

_SOURCES = {
    "12321": "12321 举报中心",
    "10000": "10000 电信客服",
    "12345": "12345 政务热线",
    "direct": "本人直接投诉",
    "carrier": "运营商转办",
}
_ABOUT = {
    "content": "通知内容",
    "frequency": "来电频次",
    "caller": "主叫身份或号码",
    "no_consent": "未经同意",
    "service": "大厅服务（与来电无关）",
    "other": "其他",
}
_STATES = {
    "registered": "已登记",
    "investigating": "调查中",
    "answered": "已答复",
    "closed": "已办结",
    "dismissed": "不成立",
}
COMPLAINTS = ListOffer(
    name="complaints",
    title_zh="投诉",
    title="Complaints",
    tenant=Door("/complaints", Scope.COMPLAINTS_READ),
    operator=Door("/operator/complaints", Scope.OPERATOR_COMPLAINTS),
    in_time="registered_at",
    columns=(
        Column("tenant", "租户", "Tenant", CellKind.TENANT, 24, at="tenant_id"),
        Column("reference", "投诉编号", "Reference", width=20),
        Column("source", "来源", "Source", words=_SOURCES),
        Column("about", "类别", "About", words=_ABOUT),
        Column("state", "状态", "State", width=10, words=_STATES),
        Column("phone", "投诉人号码", "Phone"),
        Column("text", "投诉内容", "Text", width=50),
        Column("month", "计入月份", "Month", CellKind.DAY, 12),
        Column("received_at", "接收时间", "Received at", CellKind.MOMENT, 20),
        Column("due_on", "答复期限", "Answer due on", CellKind.DAY, 12),
        Column("late", "逾期", "Late", width=8),
        Column("script_paused_at", "话术暂停时间", "Script paused at", CellKind.MOMENT, 20),
        Column("number_paused_at", "号码暂停时间", "Number paused at", CellKind.MOMENT, 20),
        Column("answered_at", "答复时间", "Answered at", CellKind.MOMENT, 20),
        Column("finished_at", "办结时间", "Finished at", CellKind.MOMENT, 20),
        Column("registered_by", "登记人", "Registered by"),
        Column("registered_at", "登记时间", "Registered at", CellKind.MOMENT, 20),
        Column("id", "系统编号", "Id", width=38),
    ),
)
OFFERS = (COMPLAINTS,)
