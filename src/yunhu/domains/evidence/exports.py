"""Evidence packs for export: who wanted what, never what is in them."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

_KINDS = {"call": "一次通话", "callee": "一个号码", "complaint": "一件投诉", "period": "一段时间"}
_STATES = {
    "queued": "排队中",
    "running": "生成中",
    "done": "已完成",
    "failed": "失败",
    "cancelled": "已取消",
    "erased": "已到期删除",
}
PACKS = ListOffer(
    name="evidence_packs",
    title_zh="证据包",
    title="Evidence packs",
    tenant=Door("/evidence-packs", Scope.EVIDENCE_READ),
    operator=Door("/operator/evidence-packs", Scope.OPERATOR_EVIDENCE),
    columns=(
        Column("tenant", "租户", "Tenant", CellKind.TENANT, 24, at="tenant_id"),
        Column("requested_at", "申请时间", "Requested at", CellKind.MOMENT, 20),
        Column("kind", "对象", "About", width=12, words=_KINDS),
        Column("callee", "号码", "Phone"),
        Column("call_id", "通话编号", "Call", width=38),
        Column("complaint_id", "投诉系统编号", "Complaint", width=38),
        Column("first_day", "开始", "First day", CellKind.DAY, 12),
        Column("last_day", "结束", "Last day", CellKind.DAY, 12),
        Column("with_recordings", "含录音", "With recordings", width=10),
        Column("whole_phones", "完整号码", "Whole numbers", width=10),
        Column("reason", "用途", "Reason", width=30),
        Column("requested_by", "申请人", "Requested by"),
        Column("of_operator", "由运营方申请", "By the operator", width=12),
        Column("state", "状态", "State", width=10, words=_STATES),
        Column("attempts", "通话与短信", "Calls and messages", CellKind.NUMBER, 12),
        Column("finished_at", "完成时间", "Finished at", CellKind.MOMENT, 20),
        Column("content_sha256", "内容摘要（SHA-256）", "Content's SHA-256", width=66),
        Column("key_id", "签名公钥", "Signing key", width=20),
        Column("id", "证据包编号", "Id", width=38),
    ),
)
OFFERS = (PACKS,)
