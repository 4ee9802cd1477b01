"""Expected errors of reports."""

from yunhu.foundation.errors import InvalidInputError, NotFoundError


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
