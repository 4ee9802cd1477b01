"""Trunks and SMSC accounts for export. Where a secret lies is told, the secret never."""

from typing import Any

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope


def _states(states: list[dict[str, Any]], english: bool) -> str:
    usable, unusable = ("usable", "not usable") if english else ("可用", "不可用")
    return "; ".join(f"{one['node']}: {usable if one['usable'] else unusable}" for one in states)


TRUNKS = ListOffer(
    name="trunks",
    title_zh="中继",
    title="Trunks",
    operator=Door("/operator/trunks", Scope.OPERATOR_EQUIPMENT),
    columns=(
        Column("name", "名称", "Name", width=24),
        Column("kind", "种类", "Kind", width=10, words={"sip": "SIP", "sandbox": "沙箱"}),
        Column("enabled", "启用", "Enabled", width=8),
        Column("settings", "设置", "Settings", width=60),
        Column("secret", "密码存放处", "Where the password lies", width=24),
        Column("numbers", "号码数", "Caller numbers", CellKind.NUMBER, 10),
        Column("tenants", "租户", "Tenants", width=30),
        Column("states", "各节点状态", "As nodes see it", width=40, said=_states),
        Column("created_at", "创建时间", "Created at", CellKind.MOMENT, 20),
        Column("updated_at", "修改时间", "Updated at", CellKind.MOMENT, 20),
    ),
)
ACCOUNTS = ListOffer(
    name="smsc_accounts",
    title_zh="短信账号",
    title="SMS accounts",
    operator=Door("/operator/smsc-accounts", Scope.OPERATOR_EQUIPMENT),
    columns=(
        Column("tenant_slug", "租户标识", "Tenant", at="tenant"),
        Column("name", "名称", "Name", width=24),
        Column("kind", "种类", "Kind", width=10, words={"smpp": "SMPP", "sandbox": "沙箱"}),
        Column("enabled", "启用", "Enabled", width=8),
        Column("settings", "设置", "Settings", width=60),
        Column("secret", "密码存放处", "Where the password lies", width=24),
        Column("created_at", "创建时间", "Created at", CellKind.MOMENT, 20),
        Column("updated_at", "修改时间", "Updated at", CellKind.MOMENT, 20),
    ),
)
OFFERS = (
    TRUNKS,
    ACCOUNTS,
)
