"""Cursor pagination: opaque text that says after which row the next page begins."""

import base64
import binascii
from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

from yunhu.foundation.http.errors import BadCursorError

T = TypeVar("T")
_MAX_CHARACTERS = 512

Limit = Annotated[int, Meta(ge=1, le=200)]


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list, newest first."""

    items: list[T]
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last one."""


def encode_cursor(position: object) -> str:
    """Make a cursor out of what the query needs to go on."""
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).rstrip(b"=").decode()


def decode_cursor(cursor: str, type_: type[T]) -> T:
    """Read a cursor back. `BadCursorError` for anything that is not one."""
    if len(cursor) > _MAX_CHARACTERS or not cursor.isascii():
        raise BadCursorError
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=type_)
    except (binascii.Error, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadCursorError from error
