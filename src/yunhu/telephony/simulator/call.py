"""One simulated call: a phone's behaviour on timers."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import UUID

import structlog

from yunhu.foundation.clock import Clock
from yunhu.telephony.port import (
    AnswerClassified,
    Answered,
    AnsweredBy,
    CallEvent,
    DigitReceived,
    Ended,
    EndedBy,
    EventQueue,
    OriginateRequest,
    PlaybackEnded,
    Prompt,
    ResultClass,
    Ringing,
    Termination,
)
from yunhu.telephony.simulator.phone import Behaviour
from yunhu.telephony.simulator.tape import HeardTape

log = structlog.get_logger()

_ALERTS_AFTER = 0.1
_CLASSIFIED_AFTER = 1.2
_PRESSES_AFTER = 1.0


class SimulatedCall:
    """A call to a simulated phone (the port's `Call`)."""

    def __init__(
        self,
        request: OriginateRequest,
        phone: Behaviour,
        clock: Clock,
        *,
        speed: float,
        on_end: Callable[["SimulatedCall"], None],
    ) -> None:
        self.request = request
        self.tape = HeardTape()
        self._phone = phone
        self._clock = clock
        self._speed = speed
        self._on_end = on_end
        self._events = EventQueue()
        self._loop = asyncio.get_running_loop()
        self._timers: set[asyncio.TimerHandle] = set()
        self._playing: deque[Prompt] = deque()
        self._prompt_began = 0.0
        self._prompt_timer: asyncio.TimerHandle | None = None
        self._answered_at: float | None = None
        self._pressed = False
        self._ended = False

    @property
    def call_id(self) -> UUID:
        """The id of the request."""
        return self.request.call_id

    def events(self) -> AsyncIterator[CallEvent]:
        """Every event in order, ending after `Ended`."""
        return self._events

    @property
    def seconds_up(self) -> float:
        """Simulated seconds since the answer; 0 when there was none."""
        return 0.0 if self._answered_at is None else (self._loop.time() - self._answered_at) * self._speed

    def dial(self) -> None:
        """The INVITE has left."""
        phone = self._phone
        if phone.rings:
            self._later(_ALERTS_AFTER, lambda: self._put(Ringing(self._clock.now())))
        if phone.ending is not None:
            ending = phone.ending
            self._later(phone.rings_for, lambda: self._end(ending))
        elif phone.answers:
            self._later(phone.rings_for, self._answer)
        self._later(self.request.ring_timeout / timedelta(seconds=1), self._ring_timeout)

    def play(self, prompt: Prompt) -> None:
        """Start a prompt after those already queued; before the answer it waits for it."""
        if self._ended:
            return
        self._playing.append(prompt)
        if len(self._playing) == 1 and self._answered_at is not None:
            self._start_prompt()

    def stop_playing(self) -> None:
        """Silence at once."""
        if self._prompt_timer is not None:
            self._prompt_timer.cancel()
            self._prompt_timer = None
            self._keep_heard(self._playing[0], self.seconds_up - self._prompt_began)
        stopped = list(self._playing)
        self._playing.clear()
        for prompt in stopped:
            self._put(PlaybackEnded(self._clock.now(), prompt.prompt_id, completed=False))

    def hang_up(self, reason: str) -> None:
        """CANCEL or BYE at once."""
        result = ResultClass.CANCELLED if self._answered_at is None else ResultClass.ANSWERED
        self._end(Termination(result=result, ended_by=EndedBy.PLATFORM, reason=reason))

    def _answer(self) -> None:
        self._answered_at = self._loop.time()
        self._put(Answered(self._clock.now()))
        if self._playing:
            self._start_prompt()
        if self.request.detect_answer:
            self._later(_CLASSIFIED_AFTER, self._classify)
        if self._phone.listens_for is not None:
            self._later(self._phone.listens_for, lambda: self._callee_hangs_up("callee_hung_up"))
        self._later(self.request.max_duration / timedelta(seconds=1), lambda: self.hang_up("max_duration"))

    def _classify(self) -> None:
        by = self._phone.answered_by
        reason = "short_greeting" if by is AnsweredBy.HUMAN else "long_greeting"
        self._put(AnswerClassified(self._clock.now(), by, reason))

    def _callee_hangs_up(self, reason: str) -> None:
        self._end(
            Termination(result=ResultClass.ANSWERED, ended_by=EndedBy.CALLEE, reason=reason, sip_code=200)
        )

    def _ring_timeout(self) -> None:
        if self._answered_at is None:
            reason = "ring_timeout"
            self._end(
                Termination(
                    result=ResultClass.NO_ANSWER, ended_by=EndedBy.PLATFORM, reason=reason, sip_code=487
                )
            )

    def _start_prompt(self) -> None:
        self._prompt_began = self.seconds_up
        self._prompt_timer = self._later(self._playing[0].seconds, self._prompt_ended)

    def _prompt_ended(self) -> None:
        self._prompt_timer = None
        prompt = self._playing.popleft()
        self._keep_heard(prompt, prompt.seconds)
        self._put(PlaybackEnded(self._clock.now(), prompt.prompt_id, completed=True))
        if self._playing:
            self._start_prompt()
        elif self._phone.presses and not self._pressed:
            self._pressed = True
            self._later(
                _PRESSES_AFTER, lambda: self._put(DigitReceived(self._clock.now(), self._phone.presses))
            )

    def _keep_heard(self, prompt: Prompt, seconds: float) -> None:
        self.tape.speak(self._prompt_began, prompt.alaw, seconds)

    def _end(self, termination: Termination) -> None:
        if self._ended:
            return
        self.stop_playing()
        self._ended = True
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._on_end(self)
        self._put(Ended(self._clock.now(), termination))

    def _put(self, event: CallEvent) -> None:
        self._events.put(event)

    def _later(self, seconds: float, action: Callable[[], None]) -> asyncio.TimerHandle:
        def run() -> None:
            self._timers.discard(handle)
            if not self._ended:
                action()

        handle = self._loop.call_later(seconds / self._speed, run)
        self._timers.add(handle)
        return handle
