"""Expected errors of identity."""

from yunhu.foundation.errors import InvalidInputError, NotFoundError, YunhuError


class UnauthenticatedError(YunhuError):
    """No key, or one that is unknown, expired or revoked: which of them is not told."""

    id = "identity.unauthenticated"
    status = 401
    title = "A valid API key is needed"
    title_zh = "需要有效的 API 密钥"


class AddressNotAllowedError(YunhuError):
    """The key may not be used from this address."""

    id = "identity.address_not_allowed"
    status = 403
    title = "This API key may not be used from this address"
    title_zh = "该 API 密钥不允许从此地址使用"


class ScopeMissingError(YunhuError):
    """The key lacks a scope. Details: `scope`."""

    id = "identity.scope_missing"
    status = 403
    title = "This API key may not do this"
    title_zh = "该 API 密钥没有此权限"


class ScopeNotGrantableError(YunhuError):
    """A key hands out only what it holds itself. Details: `scopes`."""

    id = "identity.scope_not_grantable"
    status = 403
    title = "An API key cannot grant what it does not hold"
    title_zh = "API 密钥不能授予自身没有的权限"


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
