"""Person, voicemail or assistant: a pure machine over stretches of speech, tone and silence after the answer.

Limits are those of Asterisk's AMD application. What it lacks is the assistant of a handset or a carrier: that one
speaks a long greeting, too, but then waits for the caller, with no beep. So after a long greeting the machine
listens on, a little, to tell the two apart.
"""

from enum import StrEnum

import msgspec


class Answerer(StrEnum):
    """Who seems to have answered."""

    HUMAN = "human"
    MACHINE = "machine"
    ASSISTANT = "assistant"
    UNDECIDED = "undecided"


class Sound(StrEnum):
    """What is heard during a stretch of time."""

    SPEECH = "speech"
    TONE = "tone"
    SILENCE = "silence"


class Verdict(msgspec.Struct, frozen=True):
    """The decision, once."""

    result: Answerer
    reason: str
    """`short_greeting`, `initial_silence`, `long_greeting`, `many_words`, `beep`, `waits_for_caller`, `too_long`, `ended`."""
    after_ms: int
    """Milliseconds of audio since the answer."""


class AnsweringSettings(msgspec.Struct, frozen=True):
    """Milliseconds, except `max_words`."""

    initial_silence: int = 2_500
    """Silence before any word that means a machine."""
    greeting: int = 1_500
    """Speech beyond this is a recorded greeting."""
    after_greeting: int = 800
    """Silence after a short greeting that means a person who waits."""
    total: int = 5_000
    """Undecided until here means undecided for good."""
    min_word: int = 100
    """Shorter sounds are noise."""
    between_words: int = 50
    """Silence that parts two words."""
    max_words: int = 2
    """More words than this are a recorded greeting."""
    beep: int = 160
    """A pure tone of this length ends a voicemail's greeting."""
    wait_for_caller: int = 1_200
    """Silence after a long greeting, without a beep before, that means an assistant which takes turns."""
    total_after_greeting: int = 12_000
    """How long a long greeting is listened to; still unfinished then, it is a machine's."""


class AnsweringMachine:
    """Feed it stretches in order; it answers once, and then always the same."""

    def __init__(self, settings: AnsweringSettings | None = None) -> None:
        self._settings = settings or AnsweringSettings()
        self._elapsed = 0
        self._voiced = 0
        self._word = 0
        self._words = 0
        self._silence = 0
        self._tone = 0
        self._recorded = ""
        self._verdict: Verdict | None = None

    @property
    def verdict(self) -> Verdict | None:
        """The decision, when there is one."""
        return self._verdict

    def hear(self, sound: Sound, milliseconds: int) -> Verdict | None:
        """Another stretch. Stretches may be cut anywhere: 3 x 20 ms say the same as 60 ms."""
        for _ in range(0 if self._verdict else milliseconds // _STEP):
            self._elapsed += _STEP
            self._take(sound)
            self._verdict = self._judge()
            if self._verdict:
                break
        return self._verdict

    def finish(self) -> Verdict:
        """The audio ended: what can be said now."""
        if self._verdict is None:
            result = Answerer.MACHINE if self._recorded else Answerer.UNDECIDED
            self._verdict = self._decide(result, self._recorded or "ended")
        return self._verdict

    def _take(self, sound: Sound) -> None:
        self._tone = self._tone + _STEP if sound is Sound.TONE else 0
        if sound is Sound.SPEECH:
            self._word += _STEP
            self._take_speech()
            return
        self._silence += _STEP
        if self._silence >= self._settings.between_words:
            self._word = 0

    def _take_speech(self) -> None:
        if self._word < self._settings.min_word:
            return
        self._silence = 0
        begins = self._word - _STEP < self._settings.min_word
        self._words += 1 if begins else 0
        self._voiced += self._word if begins else _STEP

    def _judge(self) -> Verdict | None:
        settings = self._settings
        if self._tone >= settings.beep:
            return self._decide(Answerer.MACHINE, "beep")
        if not self._recorded:
            self._recorded = self._recorded_because()
        if self._recorded:
            return self._judge_recorded()
        if not self._words and self._silence >= settings.initial_silence:
            return self._decide(Answerer.MACHINE, "initial_silence")
        if self._words and self._silence >= settings.after_greeting:
            return self._decide(Answerer.HUMAN, "short_greeting")
        return self._decide(Answerer.UNDECIDED, "too_long") if self._elapsed >= settings.total else None

    def _recorded_because(self) -> str:
        settings = self._settings
        if self._voiced >= settings.greeting:
            return "long_greeting"
        return "many_words" if self._words > settings.max_words else ""

    def _judge_recorded(self) -> Verdict | None:
        if self._silence >= self._settings.wait_for_caller:
            return self._decide(Answerer.ASSISTANT, "waits_for_caller")
        if self._elapsed >= self._settings.total_after_greeting:
            return self._decide(Answerer.MACHINE, self._recorded)
        return None

    def _decide(self, result: Answerer, reason: str) -> Verdict:
        return Verdict(result, reason, self._elapsed)


_STEP = 10
"""Milliseconds in which the machine counts."""
