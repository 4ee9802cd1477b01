"""What screening refuses."""

from yunhu.foundation.errors import InvalidInputError, NotFoundError


class WordListInvalidError(InvalidInputError):
    """The upload holds nothing that can be searched for, or too much. Details: `faults`."""

    id = "screening.list_invalid"
    title = "The word list cannot be used"
    title_zh = "词库内容不正确"


class ScreeningVersionNotFoundError(NotFoundError):
    """There is no such version of the word lists. Details: `version`."""

    id = "screening.version_not_found"
    title = "There is no such version of the word lists"
    title_zh = "词库版本不存在"


class ScreeningCategoryNotFoundError(NotFoundError):
    """The version has no such category. Details: `category`, `version`."""

    id = "screening.category_not_found"
    title = "There is no such category of words"
    title_zh = "词库类别不存在"
