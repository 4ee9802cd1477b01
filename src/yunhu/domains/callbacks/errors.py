"""What can go wrong with callback endpoints."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, YunhuError


class CallbackUrlRefusedError(InvalidInputError):
    """Callbacks never go to such an address."""

    id = "callbacks.url_refused"
    title = "Callbacks cannot go to this URL"
    title_zh = "回调地址不被允许"


class CallbackSecretInvalidError(InvalidInputError):
    """The signing secret is not one of Standard Webhooks. The secret itself is never repeated."""

    id = "callbacks.secret_invalid"
    title = "The secret must be whsec_ and 24 to 64 bytes in base64"
    title_zh = "签名密钥格式无效：应为 whsec_ 加 24 至 64 字节的 base64"


class EventTypeUnknownError(InvalidInputError):
    """No such event is ever published. Details: `unknown`, `known`."""

    id = "callbacks.event_type_unknown"
    title = "There is no such event type"
    title_zh = "事件类型不存在"


class EventTypeNotAllowedError(YunhuError):
    """Who may not read such things may not have them sent either. Details: `needed`, permissions."""

    id = "callbacks.event_type_not_allowed"
    status = 403
    title = "The caller may not read what such an event holds"
    title_zh = "无权读取该类事件的内容"


class EndpointExistsError(ConflictError):
    """The tenant has an endpoint with this URL already. Details: `url`."""

    id = "callbacks.endpoint_exists"
    title = "There is already an endpoint with this URL"
    title_zh = "该回调地址已存在"


class TooManyEndpointsError(ConflictError):
    """The tenant has as many endpoints as it may have. Details: `most`."""

    id = "callbacks.too_many_endpoints"
    title = "There are too many endpoints"
    title_zh = "回调地址数量已达上限"


class DeliveryUnderWayError(ConflictError):
    """It is waiting for its turn, or being sent just now: sending it again makes no sense."""

    id = "callbacks.delivery_under_way"
    title = "The delivery is still under way"
    title_zh = "该投递尚在进行中"
