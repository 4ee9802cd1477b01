"""Callback endpoints and deliveries for export."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.public import Scope

_STATES = {"pending": "投递中", "delivered": "已送达", "dead": "已放弃"}
DELIVERIES = ListOffer(
    name="callback_deliveries",
    title_zh="回调记录",
    title="Callback deliveries",
    tenant=Door("/callback-deliveries", Scope.CALLBACKS_MANAGE),
    columns=(
        Column("occurred_at", "发生时间", "Occurred at", CellKind.MOMENT, 20),
        Column("type", "事件", "Event", width=26),
        Column("state", "状态", "State", width=10, words=_STATES),
        Column("attempts", "次数", "Attempts", CellKind.NUMBER, 8),
        Column("next_attempt_at", "下次重试", "Next attempt at", CellKind.MOMENT, 20),
        Column("delivered_at", "送达时间", "Delivered at", CellKind.MOMENT, 20),
        Column("subject_id", "对象编号", "Object", width=38),
        Column("endpoint_id", "地址编号", "Endpoint", width=38),
        Column("webhook_id", "回调编号", "webhook-id", width=38),
    ),
)
ENDPOINTS = ListOffer(
    name="callback_endpoints",
    title_zh="回调地址",
    title="Callback endpoints",
    tenant=Door("/callback-endpoints", Scope.CALLBACKS_MANAGE),
    columns=(
        Column("url", "地址", "URL", width=50),
        Column("event_types", "事件", "Events", width=50),
        Column("state", "状态", "State", width=10, words={"active": "投递中", "paused": "已暂停"}),
        Column("paused_reason", "暂停原因", "Why paused", width=24),
        Column("failing_since", "持续失败自", "Failing since", CellKind.MOMENT, 20),
        Column("created_at", "创建时间", "Created at", CellKind.MOMENT, 20),
        Column("id", "地址编号", "Id", width=38),
    ),
)
OFFERS = (
    DELIVERIES,
    ENDPOINTS,
)
