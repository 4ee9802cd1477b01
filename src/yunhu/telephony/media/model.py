"""What a call tells the media plane, and what it gets to know from it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address
from typing import Protocol

import msgspec


class Codec(StrEnum):
    """The voice codecs of the house (RFC 3551 §4.5.14); both 8 kHz, ptime 20."""

    PCMA = "PCMA"
    PCMU = "PCMU"


class RemoteMedia(msgspec.Struct, frozen=True):
    """Where and how the other side wants its media, read from its SDP."""

    host: str
    """IPv4 address of the `c=` line; `0.0.0.0` (RFC 3264 §8.4, the old way to hold) stops our sending."""
    port: int
    """RTP port of the `m=` line; RTCP goes to the next one (RFC 3550 §11)."""
    codec: Codec
    payload_type: int
    """RTP payload type that we put on our packets, 0–127."""
    telephone_event: int | None
    """Payload type of RFC 4733 events, when negotiated."""
    send: bool = True
    """Whether we may send (their direction is sendrecv or recvonly)."""
    receive: bool = True
    """Whether they will send (their direction is sendrecv or sendonly)."""

    def __post_init__(self) -> None:
        IPv4Address(self.host)
        if not 0 < self.port < 65536:
            raise ValueError("an RTP port lies between 1 and 65535")
        if not 0 <= self.payload_type < 128:
            raise ValueError("an RTP payload type lies between 0 and 127")


class MediaConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the media plane."""

    bind_host: str
    """IPv4 address of every RTP and RTCP socket."""
    port_first: int = 0
    """First RTP port, even; 0 together with `port_last` 0 lets the system choose."""
    port_last: int = 0
    """Last port that may be used, RTCP included."""
    media_timeout: timedelta = timedelta(seconds=30)
    """Silence of the answered callee after which `MediaTimeout` is reported."""
    rtcp_interval: timedelta = timedelta(seconds=5)
    """Mean time between RTCP reports (RFC 3550 §6.2)."""

    def __post_init__(self) -> None:
        IPv4Address(self.bind_host)
        if (self.port_first, self.port_last) == (0, 0):
            return
        if not 1024 <= self.port_first < self.port_last <= 65535:
            raise ValueError("the RTP ports must be a rising range within 1024 to 65535")


class DigitHeard(msgspec.Struct, frozen=True, tag="digit_heard"):
    """The callee pressed a key: one of `0`–`9`, `*`, `#`, `A`–`D`."""

    at: datetime
    digit: str


class PromptEnded(msgspec.Struct, frozen=True, tag="prompt_ended"):
    """A prompt is over; exactly one for each `play`."""

    at: datetime
    prompt_id: str
    completed: bool
    """Whether its last packet went out."""


class AnswerDetected(msgspec.Struct, frozen=True, tag="answer_detected"):
    """The answer detector gave its verdict, at most once a session."""

    at: datetime
    answered_by: str
    """`human`, `machine` or `assistant`."""
    reason: str


class ToneDetected(msgspec.Struct, frozen=True, tag="tone_detected"):
    """A network tone was recognised before the answer; each kind is reported once a session."""

    at: datetime
    tone: str
    """`busy`, `congestion`, `ringback` or `information`."""


class AnnouncementHeard(msgspec.Struct, frozen=True, tag="announcement_heard"):
    """What the network said before the answer was understood."""

    at: datetime
    meaning: str
    """One of the words that `AnnouncementEar` tells."""


class MediaTimeout(msgspec.Struct, frozen=True, tag="media_timeout"):
    """Nothing arrived for `media_timeout` though the call is answered and not on hold."""

    at: datetime


MediaEvent = DigitHeard | PromptEnded | AnswerDetected | ToneDetected | AnnouncementHeard | MediaTimeout


class MediaStats(msgspec.Struct, frozen=True, kw_only=True):
    """What a session saw on the wire. Counts are of RTP packets unless said otherwise."""

    packets_sent: int
    packets_received: int
    """From the accepted source, duplicates included (RFC 3550 §6.4.1)."""
    packets_lost: int
    """Expected minus received; negative when duplicates outweigh losses."""
    packets_discarded: int
    """Datagrams that were no valid RTP of this call, or came from strangers."""
    jitter_ms: float
    """Interarrival jitter of what we receive (RFC 3550 §6.4.1)."""
    round_trip_ms: float | None
    """From the last report block about us that named a sender report of ours."""
    remote_packets_lost: int | None
    """Cumulative loss of our packets as the other side reports it."""
    remote_jitter_ms: float | None
    """Jitter of our packets as the other side reports it."""
    recording_errors: int
    """Pieces of the recording that could not be written."""


class AnnouncementEar(Protocol):
    """Understands announcements for all sessions; each call returns at once, on any thread."""

    def hear(self, alaw: bytes, told: Callable[[str], None]) -> bool:
        """Listen to an utterance of A-law; false when too many wait already.

        `told` is called on some thread with what it means: `own_line_blocked`, `no_such_number`, `suspended`,
        `powered_off`, `unreachable`, `busy`, `no_answer`, `barred` or `assistant`; not at all for anything else.
        """


class AnswerDetector(Protocol):
    """Decides who answered, from the callee's audio alone. Used by one session, on a thread of its own."""

    def feed(self, alaw_20ms: bytes) -> tuple[str, str] | None:
        """Take the next 160 octets; return (`human` | `machine` | `assistant`, reason) once it is sure."""
