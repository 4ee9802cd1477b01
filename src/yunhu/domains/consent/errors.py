"""What can go wrong with refusals."""

from yunhu.foundation.errors import InvalidInputError


class RefusalPhoneInvalidError(InvalidInputError):
    """The text is no phone number. The text itself is never repeated."""

    id = "consent.phone_invalid"
    title = "The phone number is not valid"
    title_zh = "电话号码无效"
