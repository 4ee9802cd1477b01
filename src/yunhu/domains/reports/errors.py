"""Expected errors of reports."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError


class RangeInvalidError(InvalidInputError):
    """The first day lies after the last. Details: `first`, `last`."""

    id = "reports.range_invalid"
    title = "The first day must not lie after the last"
    title_zh = "起始日期不能晚于结束日期"


class RangeTooLongError(InvalidInputError):
    """The report would take in too many days. Details: `most_days`."""

    id = "reports.range_too_long"
    title = "The range has too many days for this report"
    title_zh = "该报表的日期范围过长"


class SplitImpossibleError(InvalidInputError):
    """Things of this kind do not have that. Details: `by`, `kind`."""

    id = "reports.split_impossible"
    title = "This kind of figure cannot be split or narrowed that way"
    title_zh = "该类数据不支持此统计维度"


class TenantUnknownError(NotFoundError):
    """No tenant has this short name. Details: `tenant`."""

    id = "reports.tenant_unknown"
    title = "There is no such tenant"
    title_zh = "租户不存在"


class MailNotSetUpError(ConflictError):
    """The installation has no mail server."""

    id = "reports.mail_not_set_up"
    title = "No mail server was set up for this installation"
    title_zh = "本系统未配置邮件服务器"


class ScheduleNotFoundError(NotFoundError):
    """There is no such mailed report, or it is another tenant's."""

    id = "reports.schedule_not_found"
    title = "There is no such mailed report"
    title_zh = "定时邮件不存在"


class ScheduleNameTakenError(ConflictError):
    """Another mailed report has this name. Details: `name`."""

    id = "reports.schedule_name_taken"
    title = "Another mailed report has this name"
    title_zh = "定时邮件名称已被使用"


class ScheduleInvalidError(InvalidInputError):
    """`every` and `on_day` do not fit, or there is no such report. Details: `parameter`."""

    id = "reports.schedule_invalid"
    title = "The schedule says something impossible"
    title_zh = "定时邮件设置无效"
