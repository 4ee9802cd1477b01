"""Scripts for export."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

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
OFFERS = (SCRIPTS,)
