"""Call cards and their profiles for export."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

_STATES = {
    "requested": "已发出",
    "accepted": "已受理",
    "delivered": "已到手机",
    "displayed": "已显示",
    "unsupported": "手机不支持",
    "failed": "失败",
}
_PROFILE_STATES = {
    "draft": "草稿",
    "submitted": "待审核",
    "approved": "显示中",
    "returned": "已退回",
    "withdrawn": "已撤回",
    "superseded": "已被替换",
}
CARDS = ListOffer(
    name="call_cards",
    title_zh="来电名片记录",
    title="Call cards",
    tenant=Door("/call-cards", Scope.CARDS_READ),
    columns=(
        Column("requested_at", "发出时间", "Requested at", CellKind.MOMENT, 20),
        Column("name", "显示名称", "Name", width=30),
        Column("reason", "来电事由", "Reason", width=30),
        Column("state", "状态", "State", width=12, words=_STATES),
        Column("detail", "说明", "Detail", width=30),
        Column("changed_at", "状态时间", "Changed at", CellKind.MOMENT, 20),
        Column("call_id", "通话编号", "Call", width=38),
        Column("id", "名片编号", "Id", width=38),
    ),
)
PROFILES = ListOffer(
    name="card_profiles",
    title_zh="名片样式",
    title="Card profiles",
    tenant=Door("/card-profiles", Scope.CARDS_READ),
    operator=Door("/operator/card-profiles", Scope.OPERATOR_CARDS),
    columns=(
        Column("tenant", "租户", "Tenant", CellKind.TENANT, 24, at="tenant_id"),
        Column("name", "显示名称", "Name", width=30),
        Column("state", "状态", "State", width=12, words=_PROFILE_STATES),
        Column("submitted_by", "提交人", "Submitted by"),
        Column("reviewed_by", "审核人", "Reviewed by"),
        Column("reviewed_at", "审核时间", "Reviewed at", CellKind.MOMENT, 20),
        Column("remarks", "审核意见", "Remarks", width=40),
        Column("valid_until", "有效期至", "Valid until", CellKind.MOMENT, 20),
        Column("created_at", "建立时间", "Created at", CellKind.MOMENT, 20),
        Column("id", "样式编号", "Id", width=38),
    ),
)
_WAYS = {
    "rich_call_data": "随呼叫下发",
    "flash_sms": "闪信",
    "http_push": "名片服务推送",
    "sandbox": "沙箱（写入文件）",
}
CARRIERS = ListOffer(
    name="card_carriers",
    title_zh="名片通道",
    title="Ways of call cards",
    operator=Door("/operator/card-carriers", Scope.OPERATOR_CARDS),
    columns=(
        Column("name", "租户", "Tenant", width=30),
        Column("tenant_slug", "租户标识", "Tenant's name", at="tenant"),
        Column("kind", "通道", "Way", words=_WAYS, at="carrier.kind"),
        Column("enabled", "启用", "Enabled", width=8, at="carrier.enabled"),
        Column("lead_ms", "提前量（毫秒）", "Lead (ms)", CellKind.NUMBER, 14, at="carrier.lead_ms"),
    ),
)
OFFERS = (
    CARDS,
    PROFILES,
    CARRIERS,
)
