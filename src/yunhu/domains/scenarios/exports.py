"""Scenarios for export."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

SCENARIOS = ListOffer(
    name="scenarios",
    title_zh="场景",
    title="Scenarios",
    tenant=Door("/scenarios", Scope.SCENARIOS_READ),
    columns=(
        Column("name", "名称", "Name", width=30),
        Column("slug", "标识", "Scenario", width=20),
        Column("hall", "大厅", "Hall"),
        Column("enabled", "启用", "Enabled", width=8),
        Column(
            "near",
            "前面不多于几人时提醒",
            "Told with at most ahead",
            CellKind.NUMBER,
            20,
            at="plan.near_turn.ahead_at_most",
        ),
        Column(
            "turn",
            "叫号有效期（秒）",
            "Call to the window valid (s)",
            CellKind.NUMBER,
            18,
            at="plan.your_turn.valid_seconds",
        ),
        Column("version", "版本", "Version", CellKind.NUMBER, 8),
        Column("created_at", "创建时间", "Created at", CellKind.MOMENT, 20),
        Column("updated_at", "修改时间", "Updated at", CellKind.MOMENT, 20),
    ),
)
OFFERS = (SCENARIOS,)
