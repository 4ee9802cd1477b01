"""What can go wrong in SIP, as classes that callers can tell apart."""


class SipError(Exception):
    """Root of the errors of this room."""


class SipParseError(SipError, ValueError):
    """Bytes from the network that are not what the grammar allows (RFC 3261 §25)."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status
        """Status that refuses such a request: 400, 416 or 505 (RFC 3261 §21.4)."""


class SdpError(SipError, ValueError):
    """A session description that cannot be read, or that leaves no audio in common (RFC 3264 §6)."""


class TransportError(SipError):
    """The message did not leave the machine."""


class SendRefusedError(SipError):
    """The gate before the wire refused a request; nothing was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
