"""Money for export: entries of the ledger, statements, the meter, and what reconciliations found."""

from collections.abc import Mapping

from yunhu.domains.billing.words import CAUSES_ZH
from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

_ENTRIES = {
    "payment": "收款",
    "usage": "用量计费",
    "accrual": "按日计费",
    "late_fee": "违约金",
    "shortfall": "未足额抵扣",
    "refund": "退款",
    "forfeit": "不予退还",
    "due": "结算应收",
}
_ACCOUNTS = {
    "bank": "银行存款",
    "prepayment": "预收款",
    "receivable": "应收款",
    "revenue": "收入",
    "vat": "增值税",
    "late_fees": "违约金",
    "shortfall": "未足额抵扣",
    "forfeited": "不予退还",
}
_METERED = {"voice_notification": "语音通知", "call_card": "来电名片"}
_RUNS = {"carrier": "运营商话单", "records": "本方记录自查"}
_CAUSES = {cause.value: title for cause, title in CAUSES_ZH.items()}


def _counts(counts: Mapping[str, int], english: bool) -> str:
    told = (f"{cause if english else _CAUSES.get(cause, cause)} {count}" for cause, count in counts.items())
    return (", " if english else "、").join(told)


ENTRIES = ListOffer(
    name="ledger",
    title_zh="账簿",
    title="Ledger",
    tenant=Door("/billing/entries", Scope.BILLING_READ),
    operator=Door("/operator/billing/entries", Scope.OPERATOR_BILLING),
    each="lines",
    columns=(
        Column("day", "日期", "Day", CellKind.DAY, 12),
        Column("kind", "事项", "Entry", words=_ENTRIES),
        Column("account", "科目", "Account", words=_ACCOUNTS),
        Column("amount", "金额（元，借方为正）", "Amount (yuan, debit positive)", CellKind.MONEY, 20),
        Column("source", "来源", "Source", width=30),
        Column("contract_id", "合同系统编号", "Contract", width=38),
        Column("id", "分录编号", "Id", width=38),
    ),
)
STATEMENTS = ListOffer(
    name="statements",
    title_zh="账单",
    title="Statements",
    tenant=Door("/billing/statements", Scope.BILLING_READ),
    operator=Door("/operator/billing/statements", Scope.OPERATOR_BILLING),
    columns=(
        Column("number", "账单编号", "Number", width=24),
        Column("month", "月份", "Month", CellKind.DAY, 12),
        Column("gross", "含税金额（元）", "Gross (yuan)", CellKind.MONEY),
        Column("net", "不含税金额（元）", "Net (yuan)", CellKind.MONEY),
        Column("vat", "税额（元）", "VAT (yuan)", CellKind.MONEY),
        Column("closed_at", "结账时间", "Closed at", CellKind.MOMENT, 20),
        Column("closed_by", "结账人", "Closed by"),
        Column("contract_id", "合同系统编号", "Contract", width=38),
    ),
)
METER = ListOffer(
    name="meter",
    title_zh="每日计费量",
    title="Metered by day",
    tenant=Door("/billing/meter", Scope.BILLING_READ, paged=False),
    operator=Door("/operator/billing/meter", Scope.OPERATOR_BILLING, paged=False),
    in_time="day",
    columns=(
        Column("day", "日期", "Day", CellKind.DAY, 12),
        Column("kind", "计费项", "Item", words=_METERED),
        Column("pieces", "条数", "Pieces", CellKind.NUMBER, 10),
        Column("amount", "金额（元）", "Amount (yuan)", CellKind.MONEY),
    ),
)
RUNS = ListOffer(
    name="reconciliations",
    title_zh="对账",
    title="Reconciliations",
    operator=Door("/operator/billing/reconciliations", Scope.OPERATOR_BILLING),
    columns=(
        Column("at", "对账时间", "Made at", CellKind.MOMENT, 20),
        Column("kind", "种类", "Kind", words=_RUNS),
        Column("first_day", "开始", "First day", CellKind.DAY, 12),
        Column("last_day", "结束", "Last day", CellKind.DAY, 12),
        Column("theirs", "对方条数", "Theirs", CellKind.NUMBER, 10),
        Column("ours", "本方条数", "Ours", CellKind.NUMBER, 10),
        Column("matched", "一致条数", "Matched", CellKind.NUMBER, 10),
        Column("counts", "各原因差异数", "Differences by cause", width=40, said=_counts),
        Column("created_by", "操作人", "Made by"),
        Column("id", "对账编号", "Id", width=38),
    ),
)
DIFFERENCES = ListOffer(
    name="differences",
    title_zh="对账差异",
    title="Reconciliation differences",
    operator=Door("/operator/billing/reconciliations/{run_id}/differences", Scope.OPERATOR_BILLING),
    columns=(
        Column("position", "序号", "Number", CellKind.NUMBER, 8),
        Column("cause", "原因", "Cause", width=30, words=_CAUSES),
        Column("row", "话单行", "Row of the file", CellKind.NUMBER, 10),
        Column("ours", "本方", "Ours", width=24),
        Column("theirs", "对方", "Theirs", width=24),
        Column("call_id", "通话编号", "Call", width=38),
    ),
)
OFFERS = (
    ENTRIES,
    STATEMENTS,
    METER,
    RUNS,
    DIFFERENCES,
)
