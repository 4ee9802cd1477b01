"""The robot's side of a conversation, as a pure machine: events in, commands out.

| state | answered | last prompt ended | known key | time-out | machine heard |
|---|---|---|---|---|---|
| waiting | speak text (and menu) → speaking | – | – | – | – |
| speaking | – | keys: listen → listening; none: hang up → done | act → … | – | hang up → done |
| listening | – | – | act → … | hang up → done | hang up → done |
| confirming | – | hang up → done | – | – | – |
| done | – | – | – | – | – |

Acting: `repeat` speaks again; `postpone` and `refuse` are reported at once, then confirmed aloud.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from yunhu.domains.notifications.public import KeyActionKind
from yunhu.telephony.port import (
    AnswerClassified,
    Answered,
    AnsweredBy,
    CallEvent,
    DigitReceived,
    PlaybackEnded,
    Prompt,
)

MOST_REPEATS = 3
"""A key held down, or a child with a phone, must not keep a robot busy."""


class Sentence(msgspec.Struct, frozen=True):
    """A filed text, rendered."""

    prompt: Prompt
    script: str
    text_hash: str
    """Of the filed text that it was rendered from."""
    shown: str = ""
    """The same for people to read, slots filled."""


class KeyAnswer(msgspec.Struct, frozen=True):
    """What a key does."""

    action: KeyActionKind
    confirmation: Sentence | None = None
    minutes: int | None = None


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that may be said in one call; nothing else can be."""

    text: Sentence
    menu: Sentence | None = None
    keys: Mapping[str, KeyAnswer] = {}
    wait_seconds: float = 6.0
    """How long to listen for a key after the last word."""


class Say(msgspec.Struct, frozen=True):
    """Speak after what is already queued."""

    sentence: Sentence


class Silence(msgspec.Struct, frozen=True):
    """Stop speaking."""


class Listen(msgspec.Struct, frozen=True):
    """Call `time_out` after so many seconds unless another command comes first."""

    seconds: float


class Act(msgspec.Struct, frozen=True):
    """Carry out what the callee asked for."""

    key: str
    answer: KeyAnswer


class HangUp(msgspec.Struct, frozen=True):
    """Say goodbye."""

    reason: str


Command = Say | Silence | Listen | Act | HangUp


class RobotState(StrEnum):
    """Where the conversation stands."""

    WAITING = "waiting"
    SPEAKING = "speaking"
    LISTENING = "listening"
    CONFIRMING = "confirming"
    DONE = "done"


class Robot:
    """One conversation. Not reusable."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._repeats = 0
        self._last: Sentence | None = None
        self.state = RobotState.WAITING
        self.answered_by: AnsweredBy | None = None
        self.digits = ""

    def hear(self, event: CallEvent) -> list[Command]:
        """React to what the engine reports."""
        match event:
            case Answered() if self.state is RobotState.WAITING:
                return self._speak()
            case PlaybackEnded(prompt_id=prompt_id, completed=True) if self._is_last(prompt_id):
                return self._after_last_word()
            case DigitReceived(digit=digit):
                return self._key(digit)
            case AnswerClassified(answered_by=answered_by):
                return self._classified(answered_by)
            case _:
                return []

    def time_out(self) -> list[Command]:
        """Nobody pressed a key."""
        return self._finish("completed") if self.state is RobotState.LISTENING else []

    def _is_last(self, prompt_id: str) -> bool:
        return self._last is not None and self._last.prompt.prompt_id == prompt_id

    def _speak(self) -> list[Command]:
        self.state = RobotState.SPEAKING
        sentences = [self._talk.text, *([self._talk.menu] if self._talk.menu else [])]
        self._last = sentences[-1]
        return [Say(sentence) for sentence in sentences]

    def _after_last_word(self) -> list[Command]:
        if self.state is RobotState.SPEAKING and self._talk.keys:
            self.state = RobotState.LISTENING
            return [Listen(self._talk.wait_seconds)]
        if self.state in {RobotState.SPEAKING, RobotState.CONFIRMING}:
            return self._finish("completed")
        return []

    def _key(self, digit: str) -> list[Command]:
        self.digits += digit
        answer = self._talk.keys.get(digit)
        if answer is None or self.state not in {RobotState.SPEAKING, RobotState.LISTENING}:
            return []
        if answer.action is KeyActionKind.REPEAT:
            self._repeats += 1
            return [Silence(), *self._speak()] if self._repeats <= MOST_REPEATS else []
        act = Act(digit, answer)
        if answer.confirmation is None:
            return [Silence(), act, *self._finish("completed")]
        self.state = RobotState.CONFIRMING
        self._last = answer.confirmation
        return [Silence(), act, Say(answer.confirmation)]

    def _classified(self, answered_by: AnsweredBy) -> list[Command]:
        if self.digits:
            return []  # whoever pressed a key is a person
        self.answered_by = answered_by
        if answered_by is AnsweredBy.HUMAN or self.state is RobotState.DONE:
            return []
        return self._finish(f"{answered_by}_heard")

    def _finish(self, reason: str) -> list[Command]:
        self.state = RobotState.DONE
        return [HangUp(reason)]
