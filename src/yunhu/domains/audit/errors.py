"""Expected errors of audit."""

from yunhu.foundation.errors import InvalidInputError, NotFoundError, YunhuError


class GrantNeededError(YunhuError):
    """The operator would see a tenant's content. Details: `kind`."""

    id = "audit.grant_needed"
    status = 403
    title = "The tenant has not granted the operator a look at this"
    title_zh = "未取得租户授权，运营方不能查看此内容"


class GrantNotFoundError(NotFoundError):
    """There is no such grant."""

    id = "audit.grant_not_found"
    title = "There is no such grant"
    title_zh = "授权不存在"


class GrantTermError(InvalidInputError):
    """A grant ends in the future, within a year. Details: `expires_at`."""

    id = "audit.grant_term"
    title = "A grant must end in the future, and within a year"
    title_zh = "授权截止时间须晚于当前时间，且不超过一年"


class GranteeUnknownError(InvalidInputError):
    """The operator has no such user."""

    id = "audit.grantee_unknown"
    title = "The operator has no such user"
    title_zh = "运营方没有该用户"


class RevealNotFoundError(NotFoundError):
    """There is nothing of that kind and id with a phone number."""

    id = "audit.reveal_not_found"
    title = "There is no such object with a phone number"
    title_zh = "没有带号码的该对象"


class TooYoungToCutError(InvalidInputError):
    """Entries are kept for at least 183 days. Details: `earliest`."""

    id = "audit.too_young_to_cut"
    title = "Audit entries are kept for at least 183 days"
    title_zh = "审计记录至少保存183天"


class AnchorUnreadableError(InvalidInputError):
    """A line of an anchor file cannot be read. Details: `line`."""

    id = "audit.anchor_unreadable"
    title = "The anchor file cannot be read"
    title_zh = "锚定文件无法读取"


class TenantUnknownError(NotFoundError):
    """There is no tenant of that name."""

    id = "audit.tenant_unknown"
    title = "There is no such tenant"
    title_zh = "租户不存在"
