"""Expected errors of evidence."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError, YunhuError


class PackNotFoundError(NotFoundError):
    """There is no such pack, or it is somebody else's."""

    id = "evidence.not_found"
    title = "There is no such evidence pack"
    title_zh = "证据包不存在"


class PackNotReadyError(ConflictError):
    """It is still being made, or could not be."""

    id = "evidence.not_ready"
    title = "The evidence pack is not finished"
    title_zh = "证据包尚未生成"


class SubjectNotFoundError(NotFoundError):
    """There is no such call or complaint."""

    id = "evidence.subject_not_found"
    title = "There is no such call or complaint"
    title_zh = "通话或投诉不存在"


class SubjectInvalidError(InvalidInputError):
    """It is not clear what the pack is about. The phone number itself is never repeated."""

    id = "evidence.subject_invalid"
    title = "Name one call, one phone number, one complaint, or the first and last day of a period"
    title_zh = "请指定一个通话、一个号码、一个投诉，或一个起止日期"


class PeriodTooLongError(InvalidInputError):
    """Details: `most_days`."""

    id = "evidence.period_too_long"
    title = "The period is too long"
    title_zh = "时间段过长"


class PhonesNotAllowedError(YunhuError):
    """Whole phone numbers need the permission phones:reveal."""

    id = "evidence.phones_not_allowed"
    status = 403
    title = "Whole phone numbers are not allowed to this caller"
    title_zh = "无权查看完整号码"


class RecordingsNotAllowedError(YunhuError):
    """Recordings need the permission calls:read."""

    id = "evidence.recordings_not_allowed"
    status = 403
    title = "Recordings are not allowed to this caller"
    title_zh = "无权获取录音"


class RecordingChangedError(YunhuError):
    """A file on the disk changed while the pack was made. Details: `path`."""

    id = "evidence.recording_changed"
    status = 409
    title = "A recording changed while the pack was made"
    title_zh = "生成过程中录音文件发生变化"


class KeyUnreadableError(InvalidInputError):
    """The text holds no Ed25519 public key."""

    id = "evidence.key_unreadable"
    title = "There is no Ed25519 public key in this"
    title_zh = "无法读取 Ed25519 公钥"


class TenantUnknownError(NotFoundError):
    """There is no tenant of that name."""

    id = "evidence.tenant_unknown"
    title = "There is no such tenant"
    title_zh = "租户不存在"
