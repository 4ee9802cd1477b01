"""What can go wrong with consents and refusals."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError


class RefusalPhoneInvalidError(InvalidInputError):
    """The text is no phone number. The text itself is never repeated."""

    id = "consent.phone_invalid"
    title = "The phone number is not valid"
    title_zh = "电话号码无效"


class ConsentNotFoundError(NotFoundError):
    """There is no such consent, or it is somebody else's."""

    id = "consent.not_found"
    title = "There is no such consent"
    title_zh = "同意记录不存在"


class ConsentTimesError(InvalidInputError):
    """It was given in the future, or ends before it was given. Details: `field`."""

    id = "consent.times"
    title = "The times of the consent contradict each other"
    title_zh = "同意记录的时间有误"


class ConsentWithdrawnError(ConflictError):
    """The person withdrew consent after the moment at which this one was given. Details: `withdrawn_at`."""

    id = "consent.withdrawn_since"
    title = "Consent was withdrawn after this moment"
    title_zh = "该时间之后同意已被撤回"


class ImportHeaderError(InvalidInputError):
    """The first line does not name the columns. Details: `missing`, `unknown`."""

    id = "consent.import_header"
    title = "The first line of the file does not name the columns that are needed"
    title_zh = "导入文件首行缺少必需的列名"


class ImportBadRowsError(InvalidInputError):
    """Some rows are bad, so that nothing was imported. Details: `bad_rows`."""

    id = "consent.import_bad_rows"
    title = "The file has bad rows, and nothing was imported; the report names them"
    title_zh = "导入文件存在错误行，未导入任何数据，详见错误报告"


class PublicUrlUnsetError(ConflictError):
    """`YUNHU_PUBLIC_URL` is not set, so that nobody could open the link."""

    id = "consent.public_url_unset"
    title = "This installation has no public address to make links with"
    title_zh = "本系统未配置公网访问地址，无法生成链接"
