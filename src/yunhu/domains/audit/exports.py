"""The audit log and grants for export."""

from yunhu.domains.audit.naming import action_text, changes_text, subject_text
from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

_ACTORS = {"user": "用户", "key": "密钥", "command": "命令行", "system": "系统"}
_KINDS = {"change": "变更", "look": "查看", "cut": "到期清理"}
_CONTENT = {
    "notifications": "通知",
    "calls": "通话",
    "recordings": "录音",
    "phones": "完整号码",
    "scripts": "话术",
    "consents": "同意与拒绝",
    "complaints": "投诉",
    "evidence": "证据包",
    "documents": "文件",
    "audit": "审计日志",
}
ENTRIES = ListOffer(
    name="audit",
    title_zh="审计日志",
    title="Audit log",
    tenant=Door("/audit", Scope.AUDIT_READ),
    operator=Door("/operator/audit", Scope.OPERATOR_AUDIT),
    in_time="at",
    columns=(
        Column("sequence", "序号", "Number", CellKind.NUMBER, 10),
        Column("at", "时间", "At", CellKind.MOMENT, 20),
        Column("kind", "种类", "Kind", width=10, words=_KINDS),
        Column("actor_kind", "操作者类别", "Kind of actor", width=12, words=_ACTORS),
        Column("actor_name", "操作者", "Actor", width=24),
        Column("action", "操作", "Action", width=24, said=action_text),
        Column("action_word", "操作标识", "Action's name", width=24, at="action"),
        Column("subject_kind", "对象类别", "Kind of object", said=subject_text),
        Column("subject_id", "对象", "Object", width=38),
        Column("changes", "变更内容", "Changes", width=60, said=changes_text),
        Column("reason", "理由", "Reason", width=30),
        Column("address", "地址", "Address"),
        Column("hash", "摘要", "Hash", width=66),
    ),
)
GRANTS = ListOffer(
    name="grants",
    title_zh="内容授权",
    title="Grants",
    tenant=Door("/grants", Scope.GRANTS_MANAGE),
    operator=Door("/operator/grants", Scope.OPERATOR_AUDIT),
    columns=(
        Column("granted_at", "授权时间", "Granted at", CellKind.MOMENT, 20),
        Column("kinds", "范围", "Kinds of content", width=40, words=_CONTENT),
        Column("purpose", "用途", "Purpose", width=30),
        Column("granted_by", "授权人", "Granted by"),
        Column("expires_at", "有效期至", "Expires at", CellKind.MOMENT, 20),
        Column("revoked_at", "撤销时间", "Revoked at", CellKind.MOMENT, 20),
        Column("revoked_by", "撤销人", "Revoked by"),
        Column("id", "授权编号", "Id", width=38),
    ),
)
OFFERS = (
    ENTRIES,
    GRANTS,
)
