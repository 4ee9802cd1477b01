"""Expected errors of call cards."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError


class ProfileNotFoundError(NotFoundError):
    """There is no such profile."""

    id = "call_cards.profile_not_found"
    title = "There is no such card profile"
    title_zh = "来电名片资料不存在"


class ProfileStepRefusedError(ConflictError):
    """The profile is not in a state for this. Details: `state`, `step`."""

    id = "call_cards.step_refused"
    title = "The card profile is not in a state for this"
    title_zh = "来电名片当前状态不允许该操作"


class SamePersonError(ConflictError):
    """Who submitted a profile does not approve it."""

    id = "call_cards.same_person"
    title = "Who submitted a card profile cannot approve it"
    title_zh = "提交人不能审核自己提交的来电名片"


class ProfileInvalidError(InvalidInputError):
    """Something in the profile cannot be shown. Details: `field`."""

    id = "call_cards.profile_invalid"
    title = "The card profile cannot be shown like this"
    title_zh = "来电名片内容无效"


class CarrierInvalidError(InvalidInputError):
    """The settings of the way do not fit its kind. Details: `field`."""

    id = "call_cards.carrier_invalid"
    title = "The settings of this way to send cards are not valid"
    title_zh = "来电名片通道配置无效"


class CardNotFoundError(NotFoundError):
    """There is no such card."""

    id = "call_cards.card_not_found"
    title = "There is no such call card"
    title_zh = "来电名片记录不存在"


class ReceiptRefusedError(InvalidInputError):
    """The receipt is not signed by the carrier that the card went to, or says nothing known."""

    id = "call_cards.receipt_refused"
    status = 401
    title = "The receipt is not signed as agreed"
    title_zh = "回执签名无效"


class TenantUnknownError(NotFoundError):
    """There is no such tenant. Details: `tenant`."""

    id = "call_cards.tenant_unknown"
    title = "There is no such tenant"
    title_zh = "租户不存在"
