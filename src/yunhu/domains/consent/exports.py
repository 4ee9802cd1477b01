"""Consents and refusals for export."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

_SOURCES = {
    "kiosk": "取号机",
    "form": "纸质表单",
    "recording": "录音",
    "import": "批量导入",
    "api": "业务系统",
}
_WAYS = {"key": "通话中按键", "agent": "座席登记", "web": "网页链接", "api": "业务系统", "operator": "运营方"}
CONSENTS = ListOffer(
    name="consents",
    title_zh="同意凭证",
    title="Consents",
    tenant=Door("/consents", Scope.CONSENTS_READ),
    columns=(
        Column("phone", "号码", "Phone"),
        Column("purpose", "用途", "Purpose", width=12, words={"queue": "排队叫号", "notice": "办事通知"}),
        Column("source", "方式", "Source", width=12, words=_SOURCES),
        Column("stands", "有效", "Stands", width=8),
        Column("given_at", "同意时间", "Given at", CellKind.MOMENT, 20),
        Column("valid_until", "有效期至", "Valid until", CellKind.DAY, 12),
        Column("reference", "凭证编号", "Reference", width=24),
        Column("recorded_at", "登记时间", "Recorded at", CellKind.MOMENT, 20),
        Column("recorded_by", "登记人", "Recorded by"),
        Column("withdrawn_at", "撤回时间", "Withdrawn at", CellKind.MOMENT, 20),
        Column("withdrawn_by", "撤回登记人", "Withdrawn by"),
        Column("withdrawal_reason", "撤回说明", "Why withdrawn", width=24),
        Column("id", "同意编号", "Id", width=38),
    ),
)
REFUSALS = ListOffer(
    name="refusals",
    title_zh="拒绝来电",
    title="Refusals",
    tenant=Door("/refusals", Scope.CONSENTS_READ),
    operator=Door("/operator/refusals", Scope.OPERATOR_CONSENTS),
    columns=(
        Column("phone", "号码", "Phone"),
        Column("source", "方式", "Source", width=12, words=_WAYS),
        Column("at", "拒绝时间", "Refused at", CellKind.MOMENT, 20),
        Column("recorded_by", "登记人", "Recorded by"),
        Column("lifted_at", "解除时间", "Lifted at", CellKind.MOMENT, 20),
        Column("call_id", "所在通话", "Call", width=38),
        Column("id", "拒绝编号", "Id", width=38),
    ),
)
OFFERS = (
    CONSENTS,
    REFUSALS,
)
