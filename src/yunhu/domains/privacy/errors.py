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


class TenantUnknownError(NotFoundError):
    """There is no tenant of that name."""

    id = "privacy.tenant_unknown"
    title = "There is no such tenant"
    title_zh = "租户不存在"
