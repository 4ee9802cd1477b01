"""Expected errors of the HTTP edge itself."""

from yunhu.foundation.errors import YunhuError


class InvalidRequestError(YunhuError):
    """The request breaks its schema. Details: `errors`, one entry for each bad field."""

    id = "request.invalid"
    status = 400
    title = "The request does not match its schema"
    title_zh = "请求不符合接口定义"


class MalformedBodyError(YunhuError):
    """The body is not JSON."""

    id = "request.malformed"
    status = 400
    title = "The body is not valid JSON"
    title_zh = "请求体不是有效的 JSON"


class BadCursorError(YunhuError):
    """The cursor was not made by this API."""

    id = "request.cursor_invalid"
    status = 400
    title = "The cursor is not one that this API gave out"
    title_zh = "分页游标无效"


class BodyTooLargeError(YunhuError):
    """The body is longer than the edge accepts."""

    id = "request.too_large"
    status = 413
    title = "The body is too large"
    title_zh = "请求体过大"


class RouteUnknownError(YunhuError):
    """No endpoint has this path."""

    id = "request.route_unknown"
    status = 404
    title = "There is no such endpoint"
    title_zh = "接口不存在"


class MethodNotAllowedError(YunhuError):
    """The endpoint does not know this method."""

    id = "request.method_not_allowed"
    status = 405
    title = "The endpoint does not support this method"
    title_zh = "接口不支持该请求方法"


class RateLimitedError(YunhuError):
    """Too many requests. Details: `retry_after`, whole seconds."""

    id = "request.rate_limited"
    status = 429
    title = "Too many requests"
    title_zh = "请求过于频繁"


class UnexpectedError(YunhuError):
    """Our own fault; the log has the rest under the request id."""

    id = "internal"
    status = 500
    title = "Something went wrong on our side"
    title_zh = "服务内部错误"


class NotReadyError(YunhuError):
    """The process cannot serve just now."""

    id = "not_ready"
    status = 503
    title = "The service is not ready"
    title_zh = "服务尚未就绪"
