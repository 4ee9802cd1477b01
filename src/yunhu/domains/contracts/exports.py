"""Contracts for export."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

_STATES = {
    "draft": "草稿",
    "signed": "已签订",
    "awaiting_payment": "待付款",
    "active": "服务中",
    "suspended": "已暂停",
    "ended": "已到期",
    "terminated": "已终止",
    "settled": "已结算",
}
CONTRACTS = ListOffer(
    name="contracts",
    title_zh="合同",
    title="Contracts",
    tenant=Door("/contracts", Scope.CONTRACTS_READ),
    operator=Door("/operator/contracts", Scope.OPERATOR_CONTRACTS),
    columns=(
        Column("number", "合同编号", "Number", width=24),
        Column("tenant_name", "租户全称", "Tenant", width=30),
        Column("tenant", "租户标识", "Tenant's name", width=14),
        Column("operator_name", "运营方全称", "Operator", width=30),
        Column("state", "状态", "State", width=10, words=_STATES),
        Column("first_day", "起始日", "First day", CellKind.DAY, 12),
        Column("last_day", "终止日", "Last day", CellKind.DAY, 12),
        Column("prepayment", "预付款（元）", "Prepayment (yuan)", CellKind.MONEY),
        Column("signed_on", "签订日期", "Signed on", CellKind.DAY, 12),
        Column("activated_on", "开通日期", "Activated on", CellKind.DAY, 12),
        Column("ended_on", "结束日期", "Ended on", CellKind.DAY, 12),
        Column("end_reason", "结束原因", "Why it ended", width=24),
        Column("settled_on", "结算日期", "Settled on", CellKind.DAY, 12),
        Column("created_at", "创建时间", "Created at", CellKind.MOMENT, 20),
        Column("id", "系统编号", "Id", width=38),
    ),
)
OFFERS = (CONTRACTS,)
