"""Lets a robot speak in a call: carries events in and commands out, and reports facts as they happen."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import msgspec
import structlog

from yunhu.domains.calls.robot import (
    Act,
    Command,
    HangUp,
    KeyAnswer,
    Listen,
    Robot,
    Say,
    Sentence,
    Silence,
    Talk,
)
from yunhu.domains.calls.watching import Line, Look, stage_of
from yunhu.domains.notifications.public import KeyActionKind
from yunhu.telephony.port import (
    Answered,
    AnsweredBy,
    Call,
    CallEvent,
    EarlyMedia,
    Ended,
    PlaybackEnded,
    Rerouted,
    ResultClass,
    Ringing,
    Termination,
)

log = structlog.get_logger()

_NOT_A_PERSON = {AnsweredBy.MACHINE: ResultClass.MACHINE, AnsweredBy.ASSISTANT: ResultClass.ASSISTANT}


class Spoken(msgspec.Struct):
    """One sentence as it was spoken."""

    prompt_id: str
    script: str
    text_hash: str
    completed: bool = False


class Facts(msgspec.Struct):
    """What is known of a call so far."""

    sent: bool = True
    """Whether an INVITE may have left; False when it is known that none did."""
    ringing_at: datetime | None = None
    early_media_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    termination: Termination | None = None
    answered_by: str | None = None
    digits: str = ""
    spoken: list[Spoken] = msgspec.field(default_factory=list)


class Witness(Protocol):
    """Who writes the facts down. A witness that fails does not stop the conversation."""

    async def rerouted(self, trunk: str) -> None:
        """The call goes on by this trunk instead of the one that it was to leave by."""

    async def alerting(self, facts: Facts) -> None:
        """It rings, or early media began."""

    async def answered(self, facts: Facts) -> None:
        """The callee took the call; the robot is already speaking."""

    async def asked(self, key: str, answer: KeyAnswer) -> None:
        """The callee pressed a key that means something to us."""

    async def ended(self, facts: Facts) -> None:
        """The last word; `facts.termination` is set."""


class Conversation:
    """One call of one robot."""

    def __init__(
        self, call: Call, talk: Talk, witness: Witness, look_on: Callable[[Look], None] | None = None
    ) -> None:
        self.call = call
        self.facts = Facts()
        self._look_on = look_on
        self._queue: deque[Sentence] = deque()
        self._robot = Robot(talk)
        self._witness = witness
        self._timer: asyncio.TimerHandle | None = None
        self._acted: set[KeyActionKind] = set()

    def answered_key(self, action: KeyActionKind) -> bool:
        """Whether the callee asked for this by key."""
        return action in self._acted

    async def run(self) -> Facts:
        """Follow the call to its end."""
        async for event in self.call.events():
            self._note(event)
            await self._carry_out(self._robot.hear(event))
            self._show()
            await self._report(event)
        self._stop_timer()
        return self.facts

    def _note(self, event: CallEvent) -> None:
        match event:
            case Ringing(at=at):
                self.facts.ringing_at = self.facts.ringing_at or at
            case EarlyMedia(at=at):
                self.facts.early_media_at = self.facts.early_media_at or at
            case Answered(at=at):
                self.facts.answered_at = at
            case PlaybackEnded(prompt_id=prompt_id, completed=completed):
                self._note_playback(prompt_id, completed=completed)
            case Ended(at=at, termination=termination):
                self.facts.ended_at = at
                self.facts.termination = self._classified(termination)
            case _:
                pass

    def _show(self) -> None:
        if self._look_on is None:
            return
        facts = self.facts
        sentence = self._queue[0] if self._queue and facts.answered_at and not facts.ended_at else None
        self._look_on(
            Look(
                stage=stage_of(facts, self._robot.state, speaking=sentence is not None),
                line=Line(sentence.script, sentence.shown, sentence.prompt.seconds) if sentence else None,
                answered_at=facts.answered_at,
                result=facts.termination.result.value if facts.termination else None,
            )
        )

    def _note_playback(self, prompt_id: str, *, completed: bool) -> None:
        # Endings come in the order in which sentences were queued, those that were cut short included.
        for at, sentence in enumerate(self._queue):
            if sentence.prompt.prompt_id == prompt_id:
                del self._queue[at]
                break
        for spoken in reversed(self.facts.spoken):
            if spoken.prompt_id == prompt_id:
                spoken.completed = spoken.completed or completed
                return

    def _classified(self, termination: Termination) -> Termination:
        result = _NOT_A_PERSON.get(self._robot.answered_by) if self._robot.answered_by else None
        if result is None or termination.result is not ResultClass.ANSWERED:
            return termination
        return msgspec.structs.replace(termination, result=result)

    async def _report(self, event: CallEvent) -> None:
        self.facts.digits = self._robot.digits
        self.facts.answered_by = self._robot.answered_by
        match event:
            case Rerouted(trunk=trunk):
                await self._witness.rerouted(trunk)
            case Ringing() | EarlyMedia():
                await self._witness.alerting(self.facts)
            case Answered():
                await self._witness.answered(self.facts)
            case Ended():
                await self._witness.ended(self.facts)
            case _:
                pass

    async def _carry_out(self, commands: list[Command]) -> None:
        for command in commands:
            self._stop_timer()
            match command:
                case Say(sentence=sentence):
                    self._say(sentence)
                case Silence():
                    self.call.stop_playing()
                case Listen(seconds=seconds):
                    self._timer = asyncio.get_running_loop().call_later(seconds, self._time_out)
                case HangUp(reason=reason):
                    self.call.hang_up(reason)
                case Act(key=key, answer=answer):
                    self._acted.add(answer.action)
                    await self._ask(key, answer)

    async def _ask(self, key: str, answer: KeyAnswer) -> None:
        try:
            await self._witness.asked(key, answer)
        except Exception:
            # What was not written down must not be confirmed aloud.
            log.exception("call.key_not_written", key=key)
            self.call.hang_up("key_not_written")

    def _say(self, sentence: Sentence) -> None:
        self._queue.append(sentence)
        self.facts.spoken.append(Spoken(sentence.prompt.prompt_id, sentence.script, sentence.text_hash))
        self.call.play(sentence.prompt)

    def _time_out(self) -> None:
        for command in self._robot.time_out():
            if isinstance(command, HangUp):
                self.call.hang_up(command.reason)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
