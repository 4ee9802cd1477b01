"""Expected errors of messages."""

from yunhu.foundation.errors import NotFoundError


class MessageNotFoundError(NotFoundError):
    """There is no such message, or it is another tenant's."""

    id = "sms.not_found"
    title = "There is no such text message"
    title_zh = "短信不存在"
