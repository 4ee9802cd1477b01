"""What can go wrong with recordings."""

from yunhu.foundation.errors import InvalidInputError, NotFoundError, YunhuError


class RecordingNotFoundError(NotFoundError):
    """The call has no recording here."""

    id = "recordings.not_found"
    title = "There is no recording of this call"
    title_zh = "该通话没有录音"


class RangeInvalidError(YunhuError):
    """The range begins behind the end of the file (RFC 9110 §15.5.17). Details: `bytes`."""

    id = "recordings.range_invalid"
    status = 416
    title = "The range lies outside the recording"
    title_zh = "请求的范围超出录音长度"


class RecordingUnreadableError(InvalidInputError):
    """The file is damaged, or nothing is in it yet."""

    id = "recordings.unreadable"
    title = "The recording cannot be read"
    title_zh = "录音文件无法读取"
