"""Cutting a byte stream into SIP messages (RFC 3261 §18.3) and keep-alives (RFC 5626 §3.5.1)."""

import re

from yunhu.telephony.sip.errors import SipParseError
from yunhu.telephony.sip.parser import MAX_BODY, MAX_HEAD

_LENGTH = re.compile(rb"\r\n(?:content-length|l)[ \t]*:[ \t]*([0-9]{1,8})[ \t]*(?=\r\n)", re.IGNORECASE)

PING = b"\r\n\r\n"
PONG = b"\r\n"


class StreamFramer:
    """Holds what of the stream has not yet made a whole message; never more than one message's limits."""

    __slots__ = ("_buffer", "_searched")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0

    @property
    def is_idle(self) -> bool:
        """Whether no message is half received."""
        return not self._buffer or self._buffer == PONG

    def feed(self, data: bytes) -> list[bytes]:
        """Whole messages, in order; `PING` for a keep-alive that wants its pong.

        Raises `SipParseError` when the stream can no longer be cut; the connection must be closed then.
        """
        self._buffer += data
        found: list[bytes] = []
        while self._buffer:
            message = self._next()
            if message is None:
                break
            if message:
                found.append(message)
        return found

    def _next(self) -> bytes | None:
        """One message, `PING`, b"" for a lone CRLF that was dropped, or None when more bytes are needed."""
        buffer = self._buffer
        if buffer.startswith(PING):
            del buffer[:4]
            return PING
        if buffer.startswith(PONG):
            if len(buffer) == 2 or buffer[2:] == b"\r":
                return None
            del buffer[:2]
            return b""
        end = buffer.find(b"\r\n\r\n", max(0, self._searched - 3))
        if end < 0:
            self._searched = len(buffer)
            if len(buffer) > MAX_HEAD:
                raise SipParseError("the headers have no end")
            return None
        if end > MAX_HEAD:
            raise SipParseError("the headers are too long")
        length = _LENGTH.search(buffer, 0, end + 2)
        size = end + 4 + (int(length.group(1)) if length else 0)
        if size > end + 4 + MAX_BODY:
            raise SipParseError("the body is too long")
        if len(buffer) < size:
            self._searched = end
            return None
        message = bytes(buffer[:size])
        del buffer[:size]
        self._searched = 0
        return message
