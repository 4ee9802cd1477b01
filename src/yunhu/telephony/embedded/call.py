"""One call of the embedded engine: joins SIP and media, and tells the port's events."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import structlog

from yunhu.telephony.embedded.endings import Story, termination_of
from yunhu.telephony.media import (
    AnnouncementHeard,
    AnswerDetected,
    Codec,
    DigitHeard,
    MediaEvent,
    MediaSession,
    MediaTimeout,
    PromptEnded,
    RemoteMedia,
    ToneDetected,
)
from yunhu.telephony.port import (
    AnswerClassified,
    Answered,
    AnsweredBy,
    CallEvent,
    DigitReceived,
    EarlyMedia,
    Ended,
    OriginateRequest,
    PlaybackEnded,
    Prompt,
    Rerouted,
    ResultClass,
    Ringing,
)
from yunhu.telephony.port.event_queue import EventQueue
from yunhu.telephony.sip.call import OutgoingCall
from yunhu.telephony.sip.ending import EndCause, SipEnding
from yunhu.telephony.sip.errors import SdpError
from yunhu.telephony.sip.sdp import RemoteAudio
from yunhu.telephony.sip.timers import Timer

if TYPE_CHECKING:
    from yunhu.telephony.embedded.engine import EmbeddedEngine
    from yunhu.telephony.embedded.trunk import Trunk

TONE_RESULTS: dict[str, tuple[ResultClass, str]] = {
    "busy": (ResultClass.BUSY, "tone_busy"),
    "congestion": (ResultClass.CONGESTION, "tone_congestion"),
}
"""Tones before the answer that settle the call; ringback and information only describe it (telecom-facts §3)."""

ANNOUNCED_RESULTS: dict[str, ResultClass] = {
    "own_line_blocked": ResultClass.OWN_LINE_BLOCKED,
    "no_such_number": ResultClass.NO_SUCH_NUMBER,
    "suspended": ResultClass.SUSPENDED,
    "powered_off": ResultClass.POWERED_OFF,
    "unreachable": ResultClass.UNREACHABLE,
    "busy": ResultClass.BUSY,
    "no_answer": ResultClass.NO_ANSWER,
    "barred": ResultClass.BARRED,
    "assistant": ResultClass.ASSISTANT,
}
"""What a network says before the answer, in the words of the media plane's ear."""

_log = structlog.get_logger()


class EmbeddedCall:
    """Implements the port's `Call`. No task of its own: callbacks in, a bounded queue out."""

    __slots__ = (
        "_between", "_ended", "_engine", "_events", "_limit", "_media", "_prompts", "_request", "_ringing", "_sip",
        "_story", "_waiting", "trunk", "trunks_left",
    )  # fmt: skip

    def __init__(self, engine: "EmbeddedEngine", request: OriginateRequest) -> None:
        self._engine = engine
        self._request = request
        self._events = EventQueue()
        self._media: MediaSession | None = None
        self._sip: OutgoingCall | None = None
        self._between = False
        """Whether one trunk has refused and the next has no INVITE yet."""
        self._story = Story()
        self._ringing = False
        self._ended = False
        self._limit: Timer | None = None
        self._prompts: list[str] = []
        self._waiting: list[Prompt] = []
        self.trunk: Trunk | None = None
        """The trunk whose place the call holds."""
        self.trunks_left: list[Trunk] = []
        """Trunks that may still be tried while nothing answered."""

    # ── the port ──

    @property
    def call_id(self) -> UUID:
        """The id of the request."""
        return self._request.call_id

    def events(self) -> AsyncIterator[CallEvent]:
        """Every event in order, for one reader."""
        return self._events

    def play(self, prompt: Prompt) -> None:
        """Queue a prompt; before the answer it waits for it."""
        if self._ended or self._media is None:
            return
        self._prompts.append(prompt.prompt_id)
        if self._story.answered:
            self._media.play(prompt)
        else:
            self._waiting.append(prompt)

    def stop_playing(self) -> None:
        """End every queued prompt."""
        waiting, self._waiting = self._waiting, []
        for prompt in waiting:
            self._on_prompt_ended(PromptEnded(self._now(), prompt.prompt_id, False))
        if self._media is not None and not self._ended:
            self._media.stop_playing()

    def hang_up(self, reason: str) -> None:
        """CANCEL or BYE at once; the first reason counts."""
        self._let_go(ResultClass.CANCELLED, reason)

    # ── for the engine ──

    @property
    def request(self) -> OriginateRequest:
        """What was asked for."""
        return self._request

    def attach(self, media: MediaSession) -> None:
        """Take the media session, once, before the INVITE."""
        self._media = media

    @property
    def given_up(self) -> bool:
        """Whether we let go before the answer."""
        return self._story.given_up is not None

    @property
    def says_own_line_is_blocked(self) -> bool:
        """Whether an announcement said so of our line."""
        return self._story.given_up is not None and self._story.given_up[0] is ResultClass.OWN_LINE_BLOCKED

    @property
    def media_port(self) -> int:
        """Local RTP port."""
        return 0 if self._media is None else self._media.local_port

    def dialled(self, sip: OutgoingCall, trunk: "Trunk") -> None:
        """An INVITE has left on a trunk."""
        self._sip = sip
        if self._between:
            self._events.put(Rerouted(self._now(), trunk.config.name))
        self._between = False
        self.trunk = trunk
        if self._limit is None:
            self._limit = self._engine.timers.later(
                self._request.ring_timeout.total_seconds(), self._on_ring_limit
            )

    def discard(self) -> None:
        """No INVITE left: give the media back and tell nobody."""
        self._ended = True
        if self._media is not None:
            self._media.close()

    def abandon(self) -> None:
        """The engine closes and no final response came to our CANCEL: end all the same."""
        if self._sip is not None:
            self._sip.end(EndCause.CANCELLED)

    # ── SIP ──

    def on_progress(self, status: int, *, early_media: bool) -> None:
        """180 and 183, other provisional responses only describe the way (181 forwarded, 182 queued)."""
        if status in {180, 183}:
            self._story = _told(self._story, alerted=True)
        alerting = status == 180 or (status == 183 and not early_media)
        if alerting and not self._ringing:
            self._ringing = True
            self._events.put(Ringing(self._now()))
        if early_media:
            self._events.put(EarlyMedia(self._now()))

    def on_media(self, remote: RemoteAudio, *, answered: bool) -> None:
        """Point the media at the peer. Raises `SdpError` when it cannot go there."""
        if self._media is None:
            return
        try:
            target = RemoteMedia(
                remote.host, remote.port, Codec(remote.codec), remote.payload_type, remote.telephone_event,
                send=remote.send, receive=remote.receive,
            )  # fmt: skip
        except ValueError as error:
            raise SdpError("the media plane cannot send there") from error
        self._media.connect(target, answered=answered)

    def on_answered(self) -> None:
        """The ACK has left: the time of the call begins."""
        self._story = _told(self._story, answered=True)
        self._set_limit(self._request.max_duration.total_seconds(), self._on_duration_limit)
        self._events.put(Answered(self._now()))
        waiting, self._waiting = self._waiting, []
        if self._media is not None:
            for prompt in waiting:
                self._media.play(prompt)

    def on_digit(self, digit: str) -> None:
        """A key by INFO."""
        self._events.put(DigitReceived(self._now(), digit))

    def on_ended(self, ending: SipEnding) -> None:
        """The end of this INVITE: another trunk, or the end of the call."""
        if self._ended:
            return
        self._sip = None
        self._between = self._engine.fail_over(self, ending)
        if not self._between:
            self.settle(ending)

    def settle(self, ending: SipEnding) -> None:
        """The end of the call, whatever trunks are left."""
        if self._ended:
            return
        self._ended = True
        self._between = False
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
        if self._media is not None:
            self._media.close()
            self._media = None
        for prompt_id in self._prompts:
            self._events.put(PlaybackEnded(self._now(), prompt_id, False))
        self._prompts = []
        self._waiting = []
        termination = termination_of(ending, self._story)
        self._events.put(Ended(self._now(), termination))
        _log.info(
            "call_ended", call_id=str(self.call_id), callee=str(self._request.callee), result=termination.result.value,
            reason=termination.reason, ended_by=termination.ended_by.value, sip_code=termination.sip_code,
        )  # fmt: skip
        self._engine.released(self)

    # ── media ──

    def on_media_event(self, event: MediaEvent) -> None:
        """What the media plane heard."""
        if self._ended:
            return
        match event:
            case DigitHeard():
                self._events.put(DigitReceived(event.at, event.digit))
            case PromptEnded():
                self._on_prompt_ended(event)
            case AnswerDetected():
                self._on_detected(event)
            case ToneDetected():
                self._on_tone(event.tone)
            case AnnouncementHeard():
                self._on_announcement(event.meaning)
            case MediaTimeout():
                if self._story.answered:
                    self.hang_up("media_timeout")

    def _on_prompt_ended(self, event: PromptEnded) -> None:
        if event.prompt_id in self._prompts:
            self._prompts.remove(event.prompt_id)
            self._events.put(PlaybackEnded(event.at, event.prompt_id, event.completed))

    def _on_detected(self, event: AnswerDetected) -> None:
        if self._story.answered_by is None and self._request.detect_answer:
            answered_by = AnsweredBy(event.answered_by)
            self._story = _told(self._story, answered_by=answered_by)
            self._events.put(AnswerClassified(event.at, answered_by, event.reason))

    def _on_tone(self, tone: str) -> None:
        """The network plays its refusal and would go on for long: take it and CANCEL."""
        result = TONE_RESULTS.get(tone)
        if result is not None and not self._story.answered:
            self._let_go(*result)

    def _on_announcement(self, meaning: str) -> None:
        """The network says why, perhaps for a minute: believe it and CANCEL."""
        result = ANNOUNCED_RESULTS.get(meaning)
        if result is not None and not self._story.answered:
            self._let_go(result, f"announced_{meaning}")

    # ── limits and letting go ──

    def _on_ring_limit(self) -> None:
        self._limit = None
        self._let_go(ResultClass.NO_ANSWER, "ring_timeout")

    def _on_duration_limit(self) -> None:
        self._limit = None
        self.hang_up("max_duration")

    def _set_limit(self, seconds: float, callback: Callable[[], None]) -> None:
        if self._limit is not None:
            self._limit.cancel()
        self._limit = self._engine.timers.later(seconds, callback)

    def _let_go(self, result: ResultClass, reason: str) -> None:
        if self._ended or (self._sip is None and not self._between):
            return
        if self._story.answered:
            if self._story.hang_up_reason is None:
                self._story = _told(self._story, hang_up_reason=reason)
        elif self._story.given_up is None:
            self._story = _told(self._story, given_up=(result, reason))
        if self._sip is not None:
            self._sip.hang_up()
        else:
            self.settle(SipEnding(cause=EndCause.CANCELLED))

    def _now(self) -> datetime:
        return self._engine.clock.now()


def _told(story: Story, **changes: object) -> Story:
    return msgspec.structs.replace(story, **changes)
