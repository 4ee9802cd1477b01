"""Caller numbers for export."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

_STATES = {
    "available": "待分配",
    "allocated": "使用中",
    "held": "已停用",
    "quarantined": "已隔离",
    "released": "已释放",
}
NUMBERS = ListOffer(
    name="caller_numbers",
    title_zh="外显号码",
    title="Caller numbers",
    tenant=Door("/caller-numbers", Scope.NUMBERS_READ),
    operator=Door("/operator/caller-numbers", Scope.OPERATOR_NUMBERS),
    columns=(
        Column("tenant", "租户", "Tenant", CellKind.TENANT, 24, at="tenant_id"),
        Column("number", "号码", "Number"),
        Column("state", "状态", "State", width=10, words=_STATES),
        Column("state_reason", "状态说明", "Why", width=24),
        Column("registered_to", "实名主体", "Registered to", width=30),
        Column("region", "归属地", "Region", width=10),
        Column("health", "健康度", "Health", CellKind.NUMBER, 8),
        Column("used_day", "今日已用", "Used today", CellKind.NUMBER, 10),
        Column("per_day", "每日上限", "Most a day", CellKind.NUMBER, 10),
        Column("used_hour", "本小时已用", "Used this hour", CellKind.NUMBER, 12),
        Column("per_hour", "每小时上限", "Most an hour", CellKind.NUMBER, 12),
        Column("live_calls", "通话中", "Live calls", CellKind.NUMBER, 8),
        Column("max_concurrent", "并发上限", "Most at once", CellKind.NUMBER, 10),
        Column("valid_from", "启用日", "Valid from", CellKind.DAY, 12),
        Column("valid_until", "有效期至", "Valid until", CellKind.DAY, 12),
        Column("cooling_until", "冷却至", "Cooling until", CellKind.MOMENT, 20),
        Column("last_used_at", "最近使用", "Last used at", CellKind.MOMENT, 20),
    ),
)
OFFERS = (NUMBERS,)
