"""Expected errors of privacy."""

from yunhu.foundation.errors import InvalidInputError, NotFoundError


class TermTooShortError(InvalidInputError):
    """Below the operator's minimum or the product's own floor. Details: `least`, days."""

    id = "privacy.term_too_short"
    title = "This kind of data must be kept longer"
    title_zh = "该类数据的保存期限不得短于规定的最低期限"


class KindOfOperatorError(InvalidInputError):
    """The kind belongs to no single tenant."""

    id = "privacy.kind_of_operator"
    title = "The term of this kind of data is set by the operator"
    title_zh = "该类数据的保存期限由运营方设定"


class HeldCallNotFoundError(NotFoundError):
    """There is no such call, or no such hold."""

    id = "privacy.hold_not_found"
    title = "There is no such call or hold"
    title_zh = "通话或保全记录不存在"


class HoldInvalidError(InvalidInputError):
    """A hold names one call, one person, or days in their order; and it does not end before today. Details: `field`."""

    id = "privacy.hold_invalid"
    title = "A hold is about one call, one person, or a period"
    title_zh = "保全应针对一次通话、一个号码或一段时间"


class HoldPhoneInvalidError(InvalidInputError):
    """The text is no phone number. The text itself is never repeated."""

    id = "privacy.hold_phone_invalid"
    title = "The phone number is not valid"
    title_zh = "电话号码无效"


class HeldScriptNotFoundError(NotFoundError):
    """The tenant has no such script."""

    id = "privacy.script_not_found"
    title = "The tenant has no such script"
    title_zh = "该租户没有这个话术"


class TenantUnknownError(NotFoundError):
    """There is no tenant of that name."""

    id = "privacy.tenant_unknown"
    title = "There is no such tenant"
    title_zh = "租户不存在"
