"""Expected errors of exports."""

from yunhu.foundation.errors import InvalidInputError, NotFoundError, YunhuError


class OfferUnknownError(NotFoundError):
    """Nothing of this name can be exported. Details: `offer`."""

    id = "exports.offer_unknown"
    title = "Nothing of this name can be exported"
    title_zh = "不存在该导出项"


class ColumnUnknownError(InvalidInputError):
    """A column that was asked for does not exist. Details: `column`."""

    id = "exports.column_unknown"
    title = "There is no such column"
    title_zh = "列不存在"


class SortUnknownError(InvalidInputError):
    """It cannot be sorted by what was asked for. Details: `sort`, and `sorts`, the columns that it can be sorted by."""

    id = "exports.sort_unknown"
    title = "It cannot be sorted by this"
    title_zh = "不能按此列排序"


class ReasonNeededError(InvalidInputError):
    """Whole phone numbers are exported for a reason only."""

    id = "exports.reason_needed"
    title = "Whole phone numbers need a reason"
    title_zh = "导出完整号码须填写理由"


class ExportBrokenError(YunhuError):
    """The process that writes the file came to no good end."""

    id = "exports.broken"
    status = 500
    title = "The export could not be written"
    title_zh = "导出文件生成失败"


class WholePhonesError(InvalidInputError):
    """The export has no whole phone numbers to give."""

    id = "exports.no_whole_phones"
    title = "This export has no whole phone numbers"
    title_zh = "该导出不含完整号码"


class ListRefusedError(InvalidInputError):
    """The list itself does not take these filters. Details: `list_problem`, the id of what it says."""

    id = "exports.list_refused"
    title = "The list does not take these filters"
    title_zh = "筛选条件无效"


class ExportNotFoundError(NotFoundError):
    """There is no such export of the caller's side, or it has no file yet."""

    id = "exports.not_found"
    title = "There is no such export"
    title_zh = "导出不存在或尚未完成"
