"""Scripts for export."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.exports.public import Besides, CellKind, Column, Door, ListOffer, Row
from yunhu.domains.identity.public import Scope
from yunhu.domains.scripts.repository import names_of_versions

_STATES = {"draft": "待备案", "approved": "使用中", "retired": "已停用"}
SCRIPTS = ListOffer(
    name="scripts",
    title_zh="话术",
    title="Scripts",
    tenant=Door("/scripts", Scope.SCRIPTS_READ),
    columns=(
        Column("name", "名称", "Name", width=30),
        Column("slug", "标识", "Script", width=20),
        Column("channel", "渠道", "Channel", width=10, words={"voice": "语音", "sms": "短信"}),
        Column("approved", "使用中版本", "Approved version", CellKind.NUMBER, at="approved.number"),
        Column("newest", "最新版本", "Newest version", CellKind.NUMBER, at="newest.number"),
        Column("newest_state", "最新版本状态", "Its state", words=_STATES, at="newest.state"),
        Column("created_at", "建立时间", "Created at", CellKind.MOMENT, 20),
        Column("id", "话术编号", "Id", width=38),
    ),
)


async def _names(session: AsyncSession, _tenant_id: UUID, rows: Sequence[Row]) -> Mapping[str, Row]:
    names = await names_of_versions(session, {UUID(row["script_version_id"]) for row in rows})
    return {row["id"]: {"script": names.get(UUID(row["script_version_id"]))} for row in rows}


SCRIPT_NAMES = Besides(("script",), _names)
"""For lists of what was made with a script."""
OFFERS = (SCRIPTS,)
