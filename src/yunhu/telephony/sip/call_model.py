"""What a call is made from, what it tells, and where it stands."""

from enum import StrEnum
from typing import Protocol

import msgspec

from yunhu.telephony.sip.dialog import Dialog
from yunhu.telephony.sip.digest import Credentials
from yunhu.telephony.sip.ending import SipEnding
from yunhu.telephony.sip.sdp import RemoteAudio
from yunhu.telephony.sip.session_timer import SessionTimerWish
from yunhu.telephony.sip.transport import Hop


class CallState(StrEnum):
    """Where a call stands."""

    CALLING = "calling"
    PROCEEDING = "proceeding"
    """Some response came, the final one did not."""
    CANCELLING = "cancelling"
    """We gave up; the final response is awaited, and a 2xx will be released."""
    CONFIRMED = "confirmed"
    ENDED = "ended"


class CallSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the INVITE says, decided by the trunk."""

    hop: Hop
    request_uri: str
    to: str
    """To header, without tag."""
    from_: str
    """From header, without tag."""
    contact: str
    headers: tuple[tuple[str, str], ...] = ()
    """Identity and extra headers, names in lower case."""
    routes: tuple[str, ...] = ()
    credentials: Credentials | None = None
    timer: SessionTimerWish = SessionTimerWish()


class CallUser(Protocol):
    """Who placed the call."""

    def on_progress(self, status: int, *, early_media: bool) -> None:
        """A provisional response above 100, each status once a fork."""

    def on_media(self, remote: RemoteAudio, *, answered: bool) -> None:
        """Where audio flows from now on. Raises `SdpError` when it cannot."""

    def on_answered(self) -> None:
        """The 2xx was acknowledged."""

    def on_digit(self, digit: str) -> None:
        """A key sent by INFO, where telephone-event was not negotiated."""

    def on_ended(self, ending: SipEnding) -> None:
        """The end, exactly once."""


class Fork:
    """One dialog of the INVITE and what it said."""

    __slots__ = ("dialog", "remote", "rseq", "sdp", "seen")

    def __init__(self, dialog: Dialog) -> None:
        self.dialog = dialog
        self.rseq: int | None = None
        self.sdp = b""
        """The last description taken from it."""
        self.remote: RemoteAudio | None = None
        self.seen: set[int] = set()
