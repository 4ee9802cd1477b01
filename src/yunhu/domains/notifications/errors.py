"""Expected errors of notifications."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError


class EventConflictError(ConflictError):
    """Another event has this id already. Details: `event_id`."""

    id = "notifications.event_conflict"
    title = "Another event was recorded under this event_id"
    title_zh = "该 event_id 已对应另一条不同的事件"


class EventInvalidError(InvalidInputError):
    """The event is well-formed but says something impossible. Details: `errors`, one entry for each bad field."""

    id = "notifications.event_invalid"
    title = "The event says something impossible"
    title_zh = "事件内容无效"


class NotificationNotFoundError(NotFoundError):
    """There is no such notification."""

    id = "notifications.not_found"
    title = "There is no such notification"
    title_zh = "通知不存在"


class JourneyNotFoundError(NotFoundError):
    """There is no such visit."""

    id = "notifications.journey_not_found"
    title = "There is no such journey"
    title_zh = "排队记录不存在"


class NotificationFinishedError(ConflictError):
    """The notification has come to its end. Details: `state`."""

    id = "notifications.finished"
    title = "The notification has already come to its end"
    title_zh = "通知已结束"


class ReferenceConflictError(ConflictError):
    """Another request used this client_reference. Details: `client_reference`."""

    id = "notifications.reference_conflict"
    title = "Another request was recorded under this client_reference"
    title_zh = "该 client_reference 已对应另一条不同的请求"


class CalleeRefusedError(InvalidInputError):
    """The callee wants no more calls and texts from this tenant (row C5)."""

    id = "notifications.refused_by_callee"
    title = "The callee has refused further calls and texts"
    title_zh = "被叫已拒绝接收来电和短信"


class RequestImpossibleError(InvalidInputError):
    """A field is impossible. Details: `errors`, one entry for each bad field."""

    id = "notifications.request_invalid"
    title = "The notification cannot be created as asked"
    title_zh = "通知请求内容无效"


class IntakeBusyError(ConflictError):
    """Events that contradict each other kept coming in at the same time; sending again is safe."""

    id = "notifications.intake_busy"
    status = 503
    title = "The events could not be recorded just now; send them again"
    title_zh = "事件暂时无法记录，请重新发送"
