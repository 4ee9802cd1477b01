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
_HELD = {"call": "一次通话", "callee": "一个号码", "period": "一段时间"}
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
    title_zh="保全",
    title="Legal holds",
    tenant=Door("/legal-holds", Scope.GRANTS_MANAGE),
    operator=Door("/operator/legal-holds", Scope.OPERATOR_COMPLAINTS),
    columns=(
        Column("kind", "保全范围", "What is held", width=12, words=_HELD),
        Column("call_at", "通话时间", "Call at", CellKind.MOMENT, 20),
        Column("queue_number", "排队号", "Queue number", width=10),
        Column("callee", "被叫号码", "Callee"),
        Column("first_day", "起始日", "First day", CellKind.DAY, 12),
        Column("last_day", "终止日", "Last day", CellKind.DAY, 12),
        Column("script", "话术", "Script"),
        Column("reason", "理由", "Reason", width=40),
        Column("ends_on", "保全至", "Ends on", CellKind.DAY, 12),
        Column("held_by", "设立人", "Held by"),
        Column("held_at", "设立时间", "Held at", CellKind.MOMENT, 20),
        Column("lifted_by", "解除人", "Lifted by"),
        Column("lifted_at", "解除时间", "Lifted at", CellKind.MOMENT, 20),
        Column("calls_saved", "超期保留通话", "Calls saved", CellKind.NUMBER, 14),
        Column("messages_saved", "超期保留短信", "Texts saved", CellKind.NUMBER, 14),
        Column("call_id", "通话编号", "Call", width=38),
        Column("id", "保全编号", "Id", width=38),
    ),
)
OFFERS = (
    TERMS,
    HOLDS,
)
