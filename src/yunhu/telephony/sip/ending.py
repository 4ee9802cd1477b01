"""How a call ended, in SIP's own words."""

from enum import StrEnum

import msgspec


class EndCause(StrEnum):
    """What brought the end."""

    RESPONSE = "response"
    """A final response of 4xx to 6xx."""
    REDIRECT = "redirect"
    """A 3xx: forwarding is not granted (clause A1.13), so it is not followed."""
    AUTHENTICATION = "authentication"
    """Our credentials were refused, or could not be used."""
    TIMEOUT = "timeout"
    """Nobody answered the INVITE (timer B)."""
    TRANSPORT = "transport"
    """The connection was lost while the INVITE was under way."""
    CANCELLED = "cancelled"
    """We gave up before the answer."""
    LOCAL_BYE = "local_bye"
    REMOTE_BYE = "remote_bye"
    SESSION_EXPIRED = "session_expired"
    """No refresh came, or ours was not answered (RFC 4028 §10)."""
    NO_ACK = "no_ack"
    """Our 2xx to a re-INVITE was never acknowledged (RFC 3261 §13.3.1.4)."""
    BAD_ANSWER = "bad_answer"
    """The 2xx brought no audio that we could use."""


class SipEnding(msgspec.Struct, frozen=True, kw_only=True):
    """The end of one INVITE and of the call it may have become."""

    cause: EndCause
    status: int | None = None
    """Final status of the INVITE, where there was one."""
    q850: int | None = None
    """Q.850 cause of a Reason header (RFC 3326)."""
    progressed: bool = False
    """Whether the network said more than 100 Trying: then the callee may know of the call."""
    retry_after: int | None = None
    """Seconds of a Retry-After, where the final response had one."""
