"""Deliveries of callbacks for export."""

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
OFFERS = (DELIVERIES,)
