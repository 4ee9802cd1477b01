"""Versions of the word lists for export."""

from typing import Any

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope


def _name(actor: Any, _english: bool) -> str:
    return str(actor.get("name") or "")


VERSIONS = ListOffer(
    name="screening_versions",
    title_zh="内容审查词库版本",
    title="Versions of the word lists",
    operator=Door("/operator/screening/versions", Scope.OPERATOR_SCREENING),
    columns=(
        Column("version", "版本", "Version", CellKind.NUMBER, 8),
        Column("created_at", "上传时间", "Uploaded at", CellKind.MOMENT, 20),
        Column("created_by", "上传人", "Uploaded by", said=_name),
        Column("note", "说明", "Note", width=40),
        Column("digest", "摘要", "Digest", width=66),
    ),
)
OFFERS = (VERSIONS,)
