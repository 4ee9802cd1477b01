"""Expected errors: classes with a stable id, an HTTP status, and a sentence in both languages."""

from typing import Any, ClassVar


class YunhuError(Exception):
    """Root of every error that a user can cause and should understand.

    A subclass sets the class fields; an instance carries `details`, which go over the wire as they are and
    therefore never hold a whole phone number or a secret.
    """

    id: ClassVar[str] = "internal"
    """Stable for ever: clients switch on it. `<slice>.<what>`."""
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request could not be carried out"
    title_zh: ClassVar[str] = "请求无法完成"

    def __init__(self, detail: str = "", **details: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.details = details


class NotFoundError(YunhuError):
    """There is no such thing, or it belongs to somebody else."""

    id = "not_found"
    status = 404
    title = "There is no such object"
    title_zh = "对象不存在"


class InvalidInputError(YunhuError):
    """The input is well-formed but says something impossible."""

    id = "invalid_input"
    status = 422
    title = "The input is not valid"
    title_zh = "输入内容无效"


class ConflictError(YunhuError):
    """The request contradicts what is already recorded."""

    id = "conflict"
    status = 409
    title = "The request contradicts what is already recorded"
    title_zh = "请求与已有记录冲突"


class SettingsError(YunhuError):
    """The product cannot start with these settings."""

    id = "settings.invalid"
    status = 500
    title = "The settings are not valid"
    title_zh = "配置无效"
