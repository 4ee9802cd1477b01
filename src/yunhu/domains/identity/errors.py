"""Expected errors of identity."""

from yunhu.foundation.errors import InvalidInputError, NotFoundError, YunhuError


class UnauthenticatedError(YunhuError):
    """No key and no session, or one that is unknown, expired, ended or revoked: which of them is not told."""

    id = "identity.unauthenticated"
    status = 401
    title = "A valid API key or session is needed"
    title_zh = "需要有效的 API 密钥或登录会话"


class AddressNotAllowedError(YunhuError):
    """The key may not be used from this address."""

    id = "identity.address_not_allowed"
    status = 403
    title = "This API key may not be used from this address"
    title_zh = "该 API 密钥不允许从此地址使用"


class ScopeMissingError(YunhuError):
    """The key or the user lacks a permission. Details: `scope`."""

    id = "identity.scope_missing"
    status = 403
    title = "The permission for this is missing"
    title_zh = "没有此操作的权限"


class TenantNeededError(YunhuError):
    """The endpoint speaks of one tenant's things, and the caller belongs to none."""

    id = "identity.tenant_needed"
    status = 403
    title = "This concerns one tenant: the operator needs that tenant's grant and must name it"
    title_zh = "此操作针对具体租户：运营方须取得该租户的授权并指明租户"


class ScopeSideError(InvalidInputError):
    """A tenant's key or role with a permission of the operator, or the other way round. Details: `scopes`."""

    id = "identity.scope_of_other_side"
    title = "A permission belongs to the other side"
    title_zh = "所选权限不属于本方"


class ScopeNotGrantableError(YunhuError):
    """Keys and users hand out only what they hold themselves. Details: `scopes`."""

    id = "identity.scope_not_grantable"
    status = 403
    title = "Nobody can grant a permission that they do not hold"
    title_zh = "不能授予自身没有的权限"


class KeyNotFoundError(NotFoundError):
    """There is no such key."""

    id = "identity.key_not_found"
    title = "There is no such API key"
    title_zh = "API 密钥不存在"


class KeyEndedError(InvalidInputError):
    """The key has been revoked, has expired or has been rotated already."""

    id = "identity.key_ended"
    status = 409
    title = "The API key is no longer in use"
    title_zh = "API 密钥已停用"


class NetworkInvalidError(InvalidInputError):
    """An entry of the allow-list is not a CIDR block. Details: `network`."""

    id = "identity.network_invalid"
    title = "An entry of the allow-list is not a network in CIDR form"
    title_zh = "白名单条目不是有效的 CIDR 网段"


class ExpiryPastError(InvalidInputError):
    """The expiry lies in the past."""

    id = "identity.expiry_past"
    title = "The expiry lies in the past"
    title_zh = "过期时间早于当前时间"
