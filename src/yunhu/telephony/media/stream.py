"""One session as the clock's thread sees it. Everything here runs on that thread."""

import ctypes
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from yunhu.telephony.media.analysis import Listener
from yunhu.telephony.media.datagrams import DatagramReader, Destination, associate, endpoint
from yunhu.telephony.media.g711 import FRAME_SAMPLES
from yunhu.telephony.media.inbound import Inbound
from yunhu.telephony.media.model import (
    AnnouncementHeard,
    AnswerDetected,
    DigitHeard,
    MediaConfig,
    MediaEvent,
    MediaStats,
    MediaTimeout,
    PromptEnded,
    RemoteMedia,
    ToneDetected,
)
from yunhu.telephony.media.outbound import BATCH, Outbound
from yunhu.telephony.media.playlist import Playlist
from yunhu.telephony.media.ports import PortPair
from yunhu.telephony.media.recorder import PIECE_SAMPLES, Recording
from yunhu.telephony.media.reporter import Reporter
from yunhu.telephony.media.tape import Tape
from yunhu.telephony.port import Prompt

_TICK: Final = timedelta(milliseconds=20)
_NOWHERE: Final = "0.0.0.0"  # noqa: S104 - RFC 3264 §8.4: an address of an SDP, nothing is bound to it


class Stream:
    """Ties both directions, the tape and the reports of one session together."""

    __slots__ = (
        "_answered",
        "_associated",
        "_associates",
        "_emit",
        "_listener",
        "_recording",
        "_rtcp",
        "_rtp",
        "_silent_since",
        "_timeout",
        "_timeout_told",
        "connected",
        "destination",
        "inbound",
        "outbound",
        "ports",
        "readings",
        "reporter",
        "tape",
    )

    def __init__(
        self,
        ports: PortPair,
        config: MediaConfig,
        emit: Callable[[MediaEvent], None],
        *,
        recording: Recording | None,
        listener: Listener,
    ) -> None:
        self.ports = ports
        self._rtp = ctypes.c_int(ports.rtp.fileno())
        self._rtcp = ctypes.c_int(ports.rtcp.fileno())
        self.tape = Tape(ahead=BATCH - 1)
        self.outbound = Outbound(ports.rtp.fileno(), Playlist(self._on_prompt_ended))
        self.inbound = Inbound(self.tape, self._on_digit)
        self.reporter = Reporter(
            ports.rtcp.fileno(), self.outbound, self.inbound, config.rtcp_interval // _TICK
        )
        self.readings = 0
        """Since the last housekeeping; the clock counts."""
        self.connected = False
        self.destination: Destination | None = None
        self._associated: bytes | None = None
        """The source that the socket is bound to, as the latch holds it."""
        self._associates = True
        """Whether it may be bound to one at all."""
        self._emit = emit
        self._recording = recording
        self._listener = listener
        self._timeout = config.media_timeout // _TICK
        self._timeout_told = False
        self._silent_since: int | None = None
        self._answered = False
        listener.on_tone = self._on_tone
        listener.on_announcement = self._on_announcement
        listener.on_verdict = self._on_verdict

    def connect(self, remote: RemoteMedia, *, answered: bool) -> None:
        """Take an SDP; an answer is never taken back."""
        self._answered = self._answered or answered
        if answered:
            self._listener.answered(self.tape.now)
        self.inbound.latch.announce(endpoint(remote.host, remote.port), answered=self._answered)
        self.inbound.configure(remote)
        self.outbound.configure(remote)
        self.destination = Destination(self.inbound.latch.locked or endpoint(remote.host, remote.port))
        sends = remote.send and remote.host != _NOWHERE
        self.outbound.aim(self.destination if sends else None, associated=self._is_associated)
        self._silent_since = None
        self.connected = True

    def play(self, prompt: Prompt) -> None:
        """Queue a prompt."""
        self.outbound.playlist.add(prompt)

    def stop_playing(self) -> None:
        """End every prompt before the next packet."""
        self.outbound.playlist.clear()

    def make(self, samples: int) -> None:
        """Make the packets of the next ticks; whether any leave, and how, stands in `outbound.sends` then."""
        if self._associated is not (self.inbound.latch.locked if self._associates else None):
            self._associate()
        self.tape.write(self.outbound.make(samples))

    @property
    def _is_associated(self) -> bool:
        return self._associated is not None and self._associated is self.inbound.latch.locked

    def _associate(self) -> None:
        """Let the kernel keep strangers away from an accepted source; between two runs of packets, so none is lost."""
        accepted = self.inbound.latch.locked if self._associates else None
        if associate(self._rtp, None if accepted is None else self.destination):
            self._associated = accepted
        else:
            self._associates = False
        if self.outbound.destination is not None:
            self.outbound.aim(self.outbound.destination, associated=self._is_associated)

    def skip(self, ticks: int) -> None:
        """The clock had to give up ticks; the time line goes on."""
        if self.connected:
            self.outbound.pause()
            self.tape.skip(ticks)

    def receive(self, reader: DatagramReader) -> None:
        """Read the RTP socket; a flood is left to the kernel to drop."""
        count = reader.receive(self._rtp)
        if not count:
            return
        latch = self.inbound.latch
        locked = latch.locked
        self.inbound.receive(reader, count)
        if count == reader.CAPACITY:
            self.inbound.receive(reader, reader.receive(self._rtp))
        if latch.locked is not locked and latch.locked is not None:
            self._follow(latch.locked)

    def _follow(self, source: bytes) -> None:
        """Send where the accepted packets come from (symmetric RTP)."""
        if self.destination is None or self.destination.endpoint == source:
            return
        self.destination = Destination(source)
        if self.outbound.destination is not None:
            self.outbound.aim(self.destination)

    def housekeep(self, frame: int, reader: DatagramReader) -> None:
        """Some ticks have passed: hand the settled audio on, hear and send reports, watch for silence."""
        for index in range(reader.receive(self._rtcp)):
            self.reporter.take(*reader.datagram(index))
        if not self.connected:
            return
        if self._listener.wanted or self.tape.settled + self._waiting >= PIECE_SAMPLES:
            self._hand_on(everything=False)
        if self.destination is not None:
            self.reporter.tick(frame, frame * FRAME_SAMPLES, self.destination)
        if self._associated is not None and not self.inbound.heard:
            # Silence, or a machine of several addresses whose route to the peer is not the one that it sends to.
            self._associates = False
        self._watch(frame)

    @property
    def _waiting(self) -> int:
        return 0 if self._recording is None else self._recording.waiting

    def _hand_on(self, *, everything: bool) -> None:
        position, left, right = self.tape.take(everything=everything)
        if not left:
            return
        if self._recording is not None:
            self._recording.add(position, left, right)
        if self._listener.wanted:
            self._listener.hear(position, right)

    def _watch(self, frame: int) -> None:
        inbound = self.inbound
        if inbound.heard or not self._answered or not inbound.listening or self._silent_since is None:
            inbound.heard = False
            self._silent_since = frame
            self._timeout_told = False
        elif frame - self._silent_since >= self._timeout and not self._timeout_told:
            self._timeout_told = True
            self._emit(MediaTimeout(datetime.now(UTC)))

    def close(self, frame: int, left: int, reader: DatagramReader, done: Callable[[], None]) -> None:
        """Hear what has arrived, say goodbye, release everything; `done` is called when the recording is complete.

        `left` is how many of the packets made last have left.
        """
        self.receive(reader)
        if self.connected:
            self.tape.retract(BATCH - left)
        self.outbound.stop(left)
        self.outbound.playlist.clear()
        if self.connected and self.destination is not None:
            self.reporter.send(frame * FRAME_SAMPLES, self.destination, goodbye=True)
        self.ports.close()
        self._hand_on(everything=True)
        if self._recording is None:
            done()
        else:
            self._recording.finish(done)

    @property
    def stats(self) -> MediaStats:
        """The account so far; may be read from any thread."""
        state, reporter = self.inbound.state, self.reporter
        trip, jitter = reporter.round_trip, reporter.remote_jitter
        return MediaStats(
            packets_sent=self.outbound.packets,
            packets_received=self.inbound.received,
            packets_lost=self.inbound.lost,
            packets_discarded=self.inbound.discarded + reporter.discarded,
            jitter_ms=state.jitter_ms,
            round_trip_ms=None if trip is None else round(trip / 65.536, 3),
            remote_packets_lost=reporter.remote_lost,
            remote_jitter_ms=None if jitter is None else jitter / 8,
            recording_errors=0 if self._recording is None else self._recording.errors,
        )

    def _on_prompt_ended(self, prompt_id: str, completed: bool) -> None:
        self._emit(PromptEnded(datetime.now(UTC), prompt_id, completed))

    def _on_digit(self, digit: str) -> None:
        self._emit(DigitHeard(datetime.now(UTC), digit))

    def _on_tone(self, tone: str) -> None:
        self._emit(ToneDetected(datetime.now(UTC), tone))

    def _on_announcement(self, meaning: str) -> None:
        self._emit(AnnouncementHeard(datetime.now(UTC), meaning))

    def _on_verdict(self, answered_by: str, reason: str) -> None:
        self._emit(AnswerDetected(datetime.now(UTC), answered_by, reason))
