"""The contract of a call engine."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

import msgspec

from yunhu.foundation.phone import Phone
from yunhu.telephony.port.events import CallEvent


class OriginateRefusedError(Exception):
    """Nothing left the machine: no INVITE was sent, so the callee knows nothing of it."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        """`caller_number_not_allowed`, `no_trunk`, `draining`, `no_port`."""


class Prompt(msgspec.Struct, frozen=True):
    """Audio ready for the wire."""

    prompt_id: str
    """Content hash of the rendering; equal ids mean equal bytes."""
    alaw: bytes
    """G.711 A-law, 8,000 samples a second, mono."""

    @property
    def seconds(self) -> float:
        """Length of the audio."""
        return len(self.alaw) / 8000


class OriginateRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One outbound call, as dispatch committed it."""

    call_id: UUID
    """The id of the call row; it is in every log line and in the recording's name."""
    callee: Phone
    caller_number: Phone
    trunks: tuple[str, ...]
    """Names of trunks to try, best first. Failover happens only while no INVITE was answered by anything."""
    ring_timeout: timedelta = timedelta(seconds=45)
    """From the INVITE; then CANCEL and `no_answer`."""
    max_duration: timedelta = timedelta(minutes=5)
    """From the answer; then BYE."""
    recording: Path | None = None
    """Stereo A-law WAV, left what we said and right what the callee said, from the first media on."""
    detect_answer: bool = False
    """Ask for one `AnswerClassified` within the first seconds after the answer."""
    headers: tuple[tuple[str, str], ...] = ()
    """Extra SIP headers of the INVITE, such as `Call-Info` of a call card."""


class TrunkHealth(msgspec.Struct, frozen=True):
    """What the last OPTIONS or REGISTER said of a trunk."""

    name: str
    usable: bool
    detail: str
    """Why not, or the round-trip time."""


class Call(Protocol):
    """One call in the air. Every method may be called at any time and is harmless after the end."""

    @property
    def call_id(self) -> UUID:
        """The id of the request."""

    def events(self) -> AsyncIterator[CallEvent]:
        """Every event in order, ending after `Ended`. For one reader."""

    def play(self, prompt: Prompt) -> None:
        """Start a prompt after those already queued; `PlaybackEnded` tells its end."""

    def stop_playing(self) -> None:
        """Silence at the next packet; every queued prompt ends with `completed=False`."""

    def hang_up(self, reason: str) -> None:
        """CANCEL or BYE at once; `reason` becomes the termination's. Twice does no harm."""


class CallEngine(Protocol):
    """A way to place calls: embedded in the process, on Asterisk, or the simulator."""

    async def start(self) -> None:
        """Open sockets and begin to watch trunks; returns when calls can be placed."""

    async def originate(self, request: OriginateRequest) -> Call:
        """Send the INVITE and return. Raises `OriginateRefusedError` when nothing was sent."""

    def health(self) -> Mapping[str, TrunkHealth]:
        """Every trunk by name."""

    async def stop(self, grace: timedelta) -> None:
        """Refuse new calls, let running ones end naturally within `grace`, hang up the rest, close."""
