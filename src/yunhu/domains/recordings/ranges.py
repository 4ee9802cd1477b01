"""`Range: bytes=…` (RFC 9110 §14.1.2), one range; anything else is answered with the whole."""

import re

import msgspec

from yunhu.domains.recordings.errors import RangeInvalidError

_ONE_RANGE = re.compile(r"bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})", re.ASCII)


class ByteRange(msgspec.Struct, frozen=True):
    """First and last byte, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.last - self.first + 1


def read_range(header: str | None, size: int) -> ByteRange | None:
    """The wanted part of a file of `size` bytes; None for the whole. Raises `RangeInvalidError`."""
    match = _ONE_RANGE.fullmatch(header.strip()) if header else None
    if match is None or match["first"] == match["last"] == "":
        return None
    if match["first"] == "":
        wanted = min(int(match["last"]), size)
        first, last = size - wanted, size - 1
    else:
        first = int(match["first"])
        last = int(match["last"]) if match["last"] else size - 1
        if last < first <= size - 1:
            return None  # no valid range: RFC 9110 §14.1.1 has it ignored
    last = min(last, size - 1)
    if first > last:
        raise RangeInvalidError(bytes=size)
    return ByteRange(first, last)
