"""What can go wrong with complaints."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError


class ComplaintNotFoundError(NotFoundError):
    """There is no such complaint, or it is somebody else's."""

    id = "complaints.not_found"
    title = "There is no such complaint"
    title_zh = "投诉不存在"


class ComplaintExistsError(ConflictError):
    """A complaint of this reference was registered. Details: `id`."""

    id = "complaints.exists"
    title = "A complaint of this reference exists"
    title_zh = "该编号的投诉已登记"


class ComplaintStepError(ConflictError):
    """The step is not possible in this state. Details: `state`, `step`."""

    id = "complaints.step"
    title = "The complaint does not allow this step now"
    title_zh = "投诉当前状态不允许该操作"


class ComplaintSideError(ConflictError):
    """The step belongs to the other party. Details: `side`, `step`."""

    id = "complaints.side"
    title = "This step belongs to the other party"
    title_zh = "该操作应由对方执行"


class ComplaintPhoneInvalidError(InvalidInputError):
    """The text is no phone number. The text itself is never repeated."""

    id = "complaints.phone_invalid"
    title = "The phone number is not valid"
    title_zh = "电话号码无效"


class ComplaintMomentError(InvalidInputError):
    """It was received in the future, or too long ago. Details: `field`."""

    id = "complaints.moment"
    title = "The complaint cannot have been received then"
    title_zh = "投诉接收时间无效"


class CallsUnknownError(InvalidInputError):
    """Some calls are not the tenant's. Details: `unknown`."""

    id = "complaints.calls_unknown"
    title = "There are no such calls of this tenant"
    title_zh = "该甲方没有这些通话"


class MessagesUnknownError(InvalidInputError):
    """Some messages are not the tenant's. Details: `unknown`."""

    id = "complaints.messages_unknown"
    title = "There are no such messages of this tenant"
    title_zh = "该甲方没有这些短信"


class NothingPausedError(ConflictError):
    """The complaint holds nothing back."""

    id = "complaints.nothing_paused"
    title = "This complaint pauses neither a script nor a caller number"
    title_zh = "该投诉没有暂停话术或外显号码"


class NothingToPauseError(ConflictError):
    """No call is linked, so that nobody knows which script or number to pause; or it is paused already."""

    id = "complaints.nothing_to_pause"
    title = "There is no script or caller number that this complaint could pause"
    title_zh = "该投诉没有可暂停的话术或外显号码"


class TenantUnknownError(NotFoundError):
    """There is no such tenant. Details: `tenant`."""

    id = "complaints.tenant_unknown"
    title = "There is no such tenant"
    title_zh = "甲方不存在"


class TooManyLinkedError(ConflictError):
    """A complaint is linked to so many calls, and to so many messages, at most. Details: `most`."""

    id = "complaints.too_many_linked"
    title = "The complaint is linked to too many calls or messages already"
    title_zh = "该投诉关联的通话或短信已达上限"


class PauseRestsOnItError(ConflictError):
    """Unlinking would end or move a pause, which is the operator's to do. Details: `what`: script or number."""

    id = "complaints.pause_rests_on_it"
    title = "A pause rests on this call or message: the operator unlinks it"
    title_zh = "暂停依据该通话或短信，应由运营方取消关联"
