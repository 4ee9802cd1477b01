"""Documents for export: what they are, never what is in them."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

_KINDS = {
    "attachment": "一般附件",
    "filing": "备案材料",
    "consent": "同意凭证",
    "consent_import": "同意凭证导入表",
    "consent_import_report": "导入结果",
    "logo": "名片标识",
    "qualification": "资质证照",
    "number_paper": "号码证明",
    "call_details": "运营商话单",
    "statement": "账单",
}
DOCUMENTS = ListOffer(
    name="documents",
    title_zh="文件",
    title="Documents",
    tenant=Door("/documents", Scope.DOCUMENTS_READ),
    operator=Door("/operator/documents", Scope.OPERATOR_DOCUMENTS),
    columns=(
        Column("file_name", "文件名", "File name", width=40),
        Column("kind", "种类", "Kind", width=16, words=_KINDS),
        Column("bytes", "大小（字节）", "Bytes", CellKind.NUMBER, 14),
        Column("media_type", "类型", "Media type", width=24),
        Column("created_at", "上传时间", "Stored at", CellKind.MOMENT, 20),
        Column("created_by", "上传人", "Stored by"),
        Column("erased_at", "清除时间", "Erased at", CellKind.MOMENT, 20),
        Column("sha256", "摘要（SHA-256）", "SHA-256", width=66),
        Column("id", "文件编号", "Id", width=38),
    ),
)
OFFERS = (DOCUMENTS,)
