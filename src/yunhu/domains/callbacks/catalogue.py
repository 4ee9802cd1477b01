"""Every type that a callback can carry: what it means, what its `data` holds, and who may ask for it.

The shapes are the promise to receivers: fields are added, none is taken away. Numbers in them are masked; free text of
people is not among them but for reasons, in which numbers are masked, too.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from yunhu.domains.identity.public import Scope
from yunhu.domains.notifications.public import EVENT_TYPES as TURN_TYPES

Fen = Annotated[int, Meta(description="fen with tax")]
Masked = Annotated[str, Meta(pattern=r"^(\d{3}\*{4}\d{4}|\d\*{3}\d)$", description="masked phone number")]
Percent = Annotated[int, Meta(ge=1, le=100)]


class NotificationData(msgspec.Struct, frozen=True, kw_only=True):
    """A notification as it stands; some types add fields of their own."""

    notification_id: UUID
    journey_id: UUID | None
    client_reference: str | None
    channel: str
    purpose: str
    state: str
    result: str | None
    attempts: int
    revision: Annotated[int, Meta(description="counts the events of this notification")]
    parameters: dict[str, Any]


class PostponeData(msgspec.Struct, frozen=True, kw_only=True):
    """What the visitor asked for."""

    notification_id: UUID
    journey_id: UUID | None
    client_reference: str | None
    parameters: dict[str, Any]
    minutes: int | None


class RefusalData(msgspec.Struct, frozen=True, kw_only=True):
    """Who refuses, and how it was said."""

    refusal_id: UUID
    phone: Masked
    source: str
    call_id: UUID | None


class ConsentData(msgspec.Struct, frozen=True, kw_only=True):
    """Acts of consent of one person."""

    consent_ids: Annotated[
        list[UUID], Meta(description="at most 100; `GET /api/v1/consents/{id}` tells more")
    ]
    purpose: str


class ComplaintData(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint as it stands; nothing of the person who complains."""

    complaint_id: UUID
    reference: str
    source: str
    about: str
    state: str
    month: date
    due_on: date
    counted: Annotated[int, Meta(description="of `complaint.threshold_reached`")] | UnsetType = UNSET
    threshold: Annotated[int, Meta(description="of `complaint.threshold_reached`")] | UnsetType = UNSET
    what: Annotated[str, Meta(description="of `complaint.paused`: `script` or `number`")] | UnsetType = UNSET


class ContractData(msgspec.Struct, frozen=True, kw_only=True):
    """A contract as it stands, and what the type adds."""

    contract_id: UUID
    number: str
    state: str
    reason: str | UnsetType = UNSET
    signed_on: Annotated[date, Meta(description="of `contract.signed`")] | UnsetType = UNSET
    claim_id: Annotated[UUID, Meta(description="of `contract.invoiced`")] | UnsetType = UNSET
    invoice_number: Annotated[str, Meta(description="of `contract.invoiced`")] | UnsetType = UNSET
    payment_id: Annotated[UUID, Meta(description="of `contract.payment_received`")] | UnsetType = UNSET
    amount: Fen | UnsetType = UNSET
    paid_on: Annotated[date, Meta(description="of `contract.payment_received`")] | UnsetType = UNSET
    cause: Annotated[str, Meta(description="of suspensions")] | UnsetType = UNSET
    subject: Annotated[str, Meta(description="of suspensions")] | UnsetType = UNSET
    suspension_id: Annotated[UUID, Meta(description="of suspensions")] | UnsetType = UNSET
    supplement: Annotated[str, Meta(description="its number, of supplements")] | UnsetType = UNSET


class QuotaData(msgspec.Struct, frozen=True, kw_only=True):
    """Use of one quota's period."""

    kind: str
    percent: Percent
    used: int
    quota: int


class BalanceData(msgspec.Struct, frozen=True, kw_only=True):
    """Use of a contract's money."""

    percent: Percent
    used: Fen
    granted: Fen


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One type."""

    en: str
    zh: str
    data: type[msgspec.Struct]
    scope: Scope | None = None
    """Needed to ask for it; such a type is sent only to endpoints that name it."""


def _turns() -> dict[str, Offer]:
    shapes: dict[str, type[msgspec.Struct]] = {
        "journey.postpone_requested": PostponeData,
        "callee.refused": RefusalData,
    }
    return {
        type_: Offer(en=meaning, zh=_TURNS_ZH[type_], data=shapes.get(type_, NotificationData))
        for type_, meaning in TURN_TYPES.items()
    }


def _named(
    scope: Scope, data: type[msgspec.Struct], words: Mapping[str, tuple[str, str]]
) -> dict[str, Offer]:
    return {type_: Offer(en=en, zh=zh, data=data, scope=scope) for type_, (en, zh) in words.items()}


_TURNS_ZH = {
    "notification.created": "通知已受理",
    "notification.started": "已发起一次外呼或短信",
    "notification.answered": "被叫已接听",
    "notification.retrying": "本次未成功，将再次尝试",
    "notification.delivered": "已听到或已收到",
    "notification.failed": "允许的尝试均未成功",
    "notification.expired": "已过有效时间",
    "notification.refused": "规则不允许",
    "notification.superseded": "后续事件使其不再需要",
    "notification.cancelled": "已按请求取消",
    "notification.unknown": "已发出，结果无法得知",
    "journey.postpone_requested": "来访者请求延后",
    "callee.refused": "来访者拒绝再接收来电和短信",
}
_CONSENT_WORDS = {"consent.withdrawn": ("A person withdrew consent.", "个人撤回同意")}
_COMPLAINT_WORDS = {
    "complaint.registered": ("A complaint about the tenant's calls came in.", "收到投诉"),
    "complaint.answered": ("A complaint was answered.", "投诉已答复"),
    "complaint.closed": ("A complaint was closed.", "投诉已办结"),
    "complaint.dismissed": ("A complaint does not concern the tenant's calls.", "投诉与本租户外呼无关"),
    "complaint.reopened": ("A complaint is looked into again.", "投诉重新核查"),
    "complaint.overdue": ("A complaint was not answered in time.", "投诉逾期未答复"),
    "complaint.threshold_reached": (
        "The complaints of a month reached the contract's threshold.",
        "当月投诉达到合同阈值",
    ),
    "complaint.paused": ("A complaint pauses a script or a caller number.", "因投诉暂停话术或外显号码"),
    "complaint.resumed": ("A script or a caller number may be used again.", "话术或外显号码恢复使用"),
}
_CONTRACT_WORDS = {
    "contract.signed": ("A contract was signed; the prepayment is due.", "合同已签署，应付预付款"),
    "contract.invoiced": ("An invoice was issued for a claim.", "已开具发票"),
    "contract.payment_received": ("Money came in.", "收到款项"),
    "contract.activated": ("Service may begin.", "服务开通"),
    "contract.suspension_proposed": (
        "A rule asks for a suspension; a person has to confirm it.",
        "规则提出暂停服务，待人工确认",
    ),
    "contract.suspended": ("A cause stands against service.", "服务暂停"),
    "contract.suspension_lifted": ("A cause no longer stands.", "一项暂停原因已解除"),
    "contract.resumed": ("No cause stands any more.", "服务恢复"),
    "contract.supplement_signed": ("A supplement was signed.", "补充协议已签署"),
    "contract.supplement_effective": ("A supplement took effect.", "补充协议生效"),
    "contract.ended": ("The term is over.", "合同期满"),
    "contract.terminated": ("A person terminated the contract.", "合同终止"),
    "contract.settled": ("The account was closed.", "合同已结算"),
}
_QUOTA_WORDS = {
    "quota.alarm": ("80, 95 or 100% of a period's quota was used.", "额度使用达到 80%、95% 或 100%")
}
_BALANCE_WORDS = {
    "balance.alarm": ("80, 95 or 100% of a contract's money was used.", "合同款项使用达到 80%、95% 或 100%")
}

OFFERED: Mapping[str, Offer] = {
    **_turns(),
    **_named(Scope.CONSENTS_READ, ConsentData, _CONSENT_WORDS),
    **_named(Scope.COMPLAINTS_READ, ComplaintData, _COMPLAINT_WORDS),
    **_named(Scope.CONTRACTS_READ, ContractData, _CONTRACT_WORDS),
    **_named(Scope.BILLING_READ, QuotaData, _QUOTA_WORDS),
    **_named(Scope.BILLING_READ, BalanceData, _BALANCE_WORDS),
}
"""By type."""
BY_NAME = frozenset(type_ for type_, offer in OFFERED.items() if offer.scope is not None)
"""Types that an endpoint without a list is not told of: money and complaints are no queue machine's business."""
