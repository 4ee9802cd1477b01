"""Terms of retention and calls that stay, for export."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

_KINDS = {
    "queue_events": "叫号事件",
    "timeline": "通知经过",
    "callback_deliveries": "回调投递",
    "sms_messages": "短信",
    "recordings": "录音",
    "calls": "通话",
    "notifications": "通知",
    "journeys": "办事过程",
    "consents": "同意凭证",
    "evidence_packs": "证据包",
    "audit": "审计日志",
    "outbox": "内部事件",
}
TERMS = ListOffer(
    name="retention",
    title_zh="保存期限",
    title="Retention",
    tenant=Door("/retention", Scope.GRANTS_MANAGE, paged=False),
    operator=Door("/operator/retention", Scope.OPERATOR_TENANTS, paged=False),
    columns=(
        Column("kind", "数据种类", "Kind of data", width=20, words=_KINDS),
        Column("days", "保存天数", "Days kept", CellKind.NUMBER, 12),
        Column("least", "最短天数", "Least days", CellKind.NUMBER, 12),
        Column("removed", "已清理条数", "Removed", CellKind.NUMBER, 14),
    ),
)
HOLDS = ListOffer(
    name="legal_holds",
    title_zh="保全的通话",
    title="Held calls",
    tenant=Door("/legal-holds", Scope.GRANTS_MANAGE),
    operator=Door("/operator/legal-holds", Scope.OPERATOR_COMPLAINTS),
    columns=(
        Column("call_id", "通话编号", "Call", width=38),
        Column("reason", "理由", "Reason", width=40),
        Column("held_by", "设立人", "Held by"),
        Column("held_at", "设立时间", "Held at", CellKind.MOMENT, 20),
        Column("lifted_at", "解除时间", "Lifted at", CellKind.MOMENT, 20),
        Column("id", "保全编号", "Id", width=38),
    ),
)
OFFERS = (
    TERMS,
    HOLDS,
)
