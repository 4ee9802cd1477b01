"""Expected errors of documents."""

from yunhu.foundation.errors import InvalidInputError, NotFoundError


class DocumentNotFoundError(NotFoundError):
    """There is no such document, or it is somebody else's."""

    id = "documents.not_found"
    title = "There is no such document"
    title_zh = "文件不存在"


class DocumentErasedError(NotFoundError):
    """The content has been erased; what it was stays known."""

    id = "documents.erased"
    status = 410
    title = "The content of this document has been erased"
    title_zh = "文件内容已删除"


class DocumentTypeError(InvalidInputError):
    """The content is none of the types that are taken. Details: `file_name`."""

    id = "documents.type"
    status = 415
    title = "Files of this type are not taken"
    title_zh = "不支持的文件类型"


class DocumentTooBigError(InvalidInputError):
    """Details: `most_bytes`."""

    id = "documents.too_big"
    status = 413
    title = "The file is too big"
    title_zh = "文件过大"
