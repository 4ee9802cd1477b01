"""From the frames of a call to a verdict on who answered it."""

from collections.abc import Callable

from yunhu.speech.vad.answering import AnsweringMachine, AnsweringSettings, Sound, Verdict
from yunhu.speech.vad.energy import EnergyActivity
from yunhu.speech.vad.port import FRAME_MS, VoiceActivity
from yunhu.speech.vad.silero import SileroPool
from yunhu.speech.vad.tones import is_tone

_SPEECH_FROM, _SILENCE_BELOW = 0.5, 0.35
"""Two thresholds, so that a wavering probability does not cut words (the model's authors' own values)."""


class AnswerDetector:
    """One answered call: feed it every frame from the answer on, until it decides."""

    def __init__(
        self,
        activity: VoiceActivity,
        settings: AnsweringSettings | None = None,
        *,
        on_done: Callable[[], None] | None = None,
    ) -> None:
        self._activity = activity
        self._machine = AnsweringMachine(settings)
        self._on_done = on_done
        self._speaking = False

    @classmethod
    def from_pool(cls, pool: SileroPool, settings: AnsweringSettings | None = None) -> "AnswerDetector":
        """With a detector lent by the pool and given back at the verdict, or by energy when all are lent."""
        lent = pool.borrow()
        if lent is None:
            return cls(EnergyActivity(), settings)
        return cls(lent, settings, on_done=lambda: pool.give_back(lent))

    def feed(self, alaw_20ms: bytes) -> Verdict | None:
        """160 bytes of A-law. The verdict as soon as there is one, and the same for every frame after it."""
        if self._machine.verdict is not None:
            return self._machine.verdict
        verdict = self._machine.hear(self._sound(alaw_20ms), FRAME_MS)
        if verdict is not None:
            self._done()
        return verdict

    def finish(self) -> Verdict:
        """The call ended, or nobody wants to wait longer. Must be called for a call that ends undecided."""
        verdict = self._machine.finish()
        self._done()
        return verdict

    def _sound(self, frame: bytes) -> Sound:
        probability = self._activity.feed(frame)
        if is_tone(frame):
            self._speaking = False
            return Sound.TONE
        self._speaking = probability >= (_SILENCE_BELOW if self._speaking else _SPEECH_FROM)
        return Sound.SPEECH if self._speaking else Sound.SILENCE

    def _done(self) -> None:
        done, self._on_done = self._on_done, None
        if done is not None:
            done()
