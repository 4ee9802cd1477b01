"""Lends the speech room's answer detector to the media plane."""

import weakref

from yunhu.speech.vad import AnswerDetector, Answerer, AnsweringSettings
from yunhu.speech.vad.silero import SileroPool

# The robot speaks first, so a silent callee is a polite listener, not a machine; and whoever says a few words
# while it speaks is a person. Only a long unbroken greeting, or a beep, is believed to be a recording.
SPEAKING_FIRST = AnsweringSettings(initial_silence=60_000, greeting=3_000, max_words=8, total=8_000)


class RobotAnswerDetector:
    """One call's detector, as the media plane wants it."""

    def __init__(self, pool: SileroPool) -> None:
        detector = AnswerDetector.from_pool(pool, SPEAKING_FIRST)
        self._detector = detector
        # A call that ends undecided must give the lent model back.
        weakref.finalize(self, detector.finish)

    def feed(self, alaw_20ms: bytes) -> tuple[str, str] | None:
        """Take 160 octets; the verdict once there is one. Who cannot be told from a person is one."""
        verdict = self._detector.feed(alaw_20ms)
        if verdict is None:
            return None
        result = Answerer.HUMAN if verdict.result is Answerer.UNDECIDED else verdict.result
        return result.value, verdict.reason
