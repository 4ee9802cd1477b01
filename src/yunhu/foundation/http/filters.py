"""What lists are narrowed by: phone numbers and moments in a query, read or refused."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from litestar.params import QueryParameter

from yunhu.foundation.crypto import Vault
from yunhu.foundation.errors import InvalidInputError
from yunhu.foundation.phone import InvalidPhoneError, Phone

Word = Annotated[
    str | None, QueryParameter(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")
]


class Order(StrEnum):
    """Which end of a list comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"


def phone_index(vault: Vault, phone: str | None) -> bytes | None:
    """The blind index of a number to look for. Raises `InvalidInputError`."""
    if phone is None:
        return None
    try:
        return vault.index_of(Phone.parse(phone))
    except InvalidPhoneError as error:
        raise InvalidInputError(str(error), parameter="phone") from error


def stored_number(number: str | None) -> str | None:
    """A caller number as it is stored, however it was written; what is no number stays and finds nothing."""
    if number is None:
        return None
    try:
        return Phone.parse(number).e164
    except InvalidPhoneError:
        return number


def aware(moment: datetime | None, name: str) -> datetime | None:
    """A moment with its offset. Raises `InvalidInputError` naming the parameter."""
    if moment is not None and moment.tzinfo is None:
        raise InvalidInputError("a moment needs an offset", parameter=name)
    return moment
