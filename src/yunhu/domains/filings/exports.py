"""Filings and working days for export."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

_STATES = {
    "draft": "草稿",
    "submitted": "待初审",
    "reviewed": "待终审",
    "returned": "已退回",
    "approved": "待生效",
    "effective": "生效中",
    "superseded": "已被替代",
    "expired": "已到期",
    "withdrawn": "已撤回",
}
FILINGS = ListOffer(
    name="filings",
    title_zh="备案",
    title="Filings",
    tenant=Door("/filings", Scope.FILINGS_READ),
    operator=Door("/operator/filings", Scope.OPERATOR_FILINGS),
    in_time="created_at",
    columns=(
        Column("tenant", "租户", "Tenant", CellKind.TENANT, 24, at="tenant_id"),
        Column("name", "名称", "Name", width=30),
        Column("filing", "标识", "Filing", width=20),
        Column("number", "版本", "Version", CellKind.NUMBER, 8),
        Column("state", "状态", "State", width=12, words=_STATES),
        Column("holds_from", "生效时间", "Holds from", CellKind.MOMENT, 20),
        Column("holds_until", "失效时间", "Holds until", CellKind.MOMENT, 20),
        Column("submitted_at", "提交时间", "Submitted at", CellKind.MOMENT, 20),
        Column("submitted_by", "提交人", "Submitted by"),
        Column("reviewed_at", "初审时间", "Reviewed at", CellKind.MOMENT, 20),
        Column("reviewed_by", "初审人", "Reviewed by"),
        Column("decided_at", "终审时间", "Decided at", CellKind.MOMENT, 20),
        Column("decided_by", "终审人", "Decided by"),
        Column("remarks", "审核意见", "Remarks", width=40),
        Column("created_at", "创建时间", "Created at", CellKind.MOMENT, 20),
        Column("id", "备案编号", "Id", width=38),
    ),
)
WORKING_DAYS = ListOffer(
    name="working_days",
    title_zh="工作日历",
    title="Working days",
    operator=Door("/operator/calendar/standing", Scope.OPERATOR_CALENDAR, paged=False),
    in_time="year",
    columns=(
        Column("year", "年度", "Year", CellKind.NUMBER, 8),
        Column(
            "source", "来源", "Known by", words={"uploaded": "已上传", "library": "内置", "nobody": "未知"}
        ),
        Column("working_days", "工作日", "Working days", CellKind.NUMBER, 10),
        Column("uploaded_at", "上传时间", "Uploaded at", CellKind.MOMENT, 20),
        Column("uploaded_by", "上传人", "Uploaded by"),
    ),
)
OFFERS = (
    FILINGS,
    WORKING_DAYS,
)
