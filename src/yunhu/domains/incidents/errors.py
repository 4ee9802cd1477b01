"""What can go wrong with notices, fault reports and support visits."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError


class NoticeNotFoundError(NotFoundError):
    """There is no such notice, or it is not addressed to the caller."""

    id = "incidents.notice_not_found"
    title = "There is no such notice"
    title_zh = "通知不存在"


class NoticeLeadTooShortError(InvalidInputError):
    """Row C11. Details: `earliest_start`, `lead_hours`, `urgency`."""

    id = "incidents.lead_too_short"
    title = "The notice comes too late before what it announces"
    title_zh = "通知提前时间不足"


class NoticeTimesError(InvalidInputError):
    """It ends before it begins, or what has begun would begin at another time."""

    id = "incidents.notice_times"
    title = "The times of the notice contradict each other"
    title_zh = "通知的起止时间有误"


class NoticeStateError(ConflictError):
    """The step is not possible in this state. Details: `state`, `step`."""

    id = "incidents.notice_state"
    title = "The notice does not allow this step now"
    title_zh = "通知当前状态不允许该操作"


class NoticeRevisionError(ConflictError):
    """It was amended meanwhile: read it again. Details: `revision`."""

    id = "incidents.notice_revision"
    title = "The notice was amended; read the new text first"
    title_zh = "通知内容已变更，请重新阅读"


class NoticeExistsError(ConflictError):
    """A notice of this reference was published. Details: `id`."""

    id = "incidents.notice_exists"
    title = "A notice of this reference exists"
    title_zh = "该编号的通知已存在"


class AudienceUnknownError(InvalidInputError):
    """Details: `unknown`, slugs of no tenant."""

    id = "incidents.audience_unknown"
    title = "There is no such tenant"
    title_zh = "甲方不存在"


class FaultNotFoundError(NotFoundError):
    """There is no such fault report, or it is somebody else's."""

    id = "incidents.fault_not_found"
    title = "There is no such fault report"
    title_zh = "障碍申报不存在"


class FaultExistsError(ConflictError):
    """A fault of this reference was reported. Details: `id`."""

    id = "incidents.fault_exists"
    title = "A fault report of this reference exists"
    title_zh = "该编号的障碍申报已存在"


class FaultStepError(ConflictError):
    """The step is not possible in this state. Details: `state`, `step`."""

    id = "incidents.fault_step"
    title = "The fault report does not allow this step now"
    title_zh = "障碍申报当前状态不允许该操作"


class FaultSideError(ConflictError):
    """The step belongs to the other party. Details: `side`, `step`."""

    id = "incidents.fault_side"
    title = "This step belongs to the other party"
    title_zh = "该操作应由对方执行"


class NoSecurityIncidentError(ConflictError):
    """Only a security incident has a report clock (row D6)."""

    id = "incidents.no_security_incident"
    title = "The fault is not a security incident"
    title_zh = "该障碍不是安全事件"


class VisitNotFoundError(NotFoundError):
    """There is no such support visit."""

    id = "incidents.visit_not_found"
    title = "There is no such support visit"
    title_zh = "支撑服务记录不存在"


class VisitDoneError(ConflictError):
    """It was recorded as done. Details: `done_on`."""

    id = "incidents.visit_done"
    title = "The support visit was already recorded as done"
    title_zh = "支撑服务已登记完成"


class VisitDayError(InvalidInputError):
    """The day lies before the activation or in the future. Details: `activated_on`, `today`."""

    id = "incidents.visit_day"
    title = "The visit cannot have been on that day"
    title_zh = "支撑服务日期无效"


class TermOutOfBoundsError(InvalidInputError):
    """Details: `least_hours`, `most_hours`, `name`."""

    id = "incidents.term_out_of_bounds"
    title = "The clock cannot be set to this length"
    title_zh = "时限超出允许范围"
