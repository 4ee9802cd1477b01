"""How a call ended, as data: every room that reacts to an ending reads these fields and no text."""

from enum import StrEnum

import msgspec


class ResultClass(StrEnum):
    """What the ending means for the notification. Retry policies are keyed by it."""

    ANSWERED = "answered"
    """A person (or what could not be told from one) took the call, and the call ended normally."""
    MACHINE = "machine"
    """Answered by a voicemail greeting."""
    ASSISTANT = "assistant"
    """Answered by a handset assistant or an operator's call secretary."""
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    """The callee pressed decline (603, Q.850 cause 21)."""
    POWERED_OFF = "powered_off"
    UNREACHABLE = "unreachable"
    SUSPENDED = "suspended"
    """The callee's line is out of service for arrears or at their own wish."""
    NO_SUCH_NUMBER = "no_such_number"
    BARRED = "barred"
    """The network or the callee's settings do not let this caller number through."""
    CONGESTION = "congestion"
    """No circuit or no capacity on the way; says nothing about the callee."""
    TRUNK_FAILURE = "trunk_failure"
    """The carrier refused us or did not answer at all (5xx, authentication, time-out of the INVITE)."""
    OWN_LINE_BLOCKED = "own_line_blocked"
    """The carrier says that OUR line is in arrears: stop and raise an alarm."""
    CANCELLED = "cancelled"
    """We gave up before the answer: superseded, drained, or cancelled by hand."""
    UNKNOWN = "unknown"
    """The node died with the call in the air: it may or may not have been heard."""


class EndedBy(StrEnum):
    """Who let go first."""

    PLATFORM = "platform"
    CALLEE = "callee"
    NETWORK = "network"
    NODE = "node"
    """Nobody let go; the node that carried the call was lost."""


class Termination(msgspec.Struct, frozen=True, kw_only=True):
    """The ending of one call attempt."""

    result: ResultClass
    ended_by: EndedBy
    reason: str
    """A stable lower-case token that says more than the class: `busy_here`, `superseded`, `tone_busy`, …"""
    sip_code: int | None = None
    """Final SIP status (RFC 3261 §21), where the call ended with one."""
    q850: int | None = None
    """Q.850 cause, from a `Reason` header (RFC 3326) or derived from the SIP status (RFC 3398 §7.2)."""
