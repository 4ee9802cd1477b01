"""Listens to callees on a thread of its own: tones and announcements before the answer, who answered after it."""

from collections.abc import Callable
from typing import Final

import structlog

from yunhu.telephony.media.g711 import FRAME_SAMPLES
from yunhu.telephony.media.model import AnnouncementEar, AnswerDetector
from yunhu.telephony.media.tones import ToneDetector
from yunhu.telephony.media.utterances import Utterances
from yunhu.telephony.media.worker import Worker

_log = structlog.get_logger(__name__)
_BACKLOG: Final = 10
"""Pieces of 0.2 s that may wait for one session; more are dropped and counted, never piled up."""


class Listener:
    """What is listened for in one session. `hear` belongs to the clock thread, the rest to the analyst's."""

    __slots__ = (
        "_analyst",
        "_answered_at",
        "_detector",
        "_done",
        "_ear",
        "_submitted",
        "_tones",
        "_utterances",
        "dropped",
        "on_announcement",
        "on_tone",
        "on_verdict",
    )

    def __init__(
        self, analyst: Worker, detector: AnswerDetector | None, ear: AnnouncementEar | None = None
    ) -> None:
        self._analyst = analyst
        self._detector = detector
        self._tones: ToneDetector | None = None
        self._ear = ear
        self._utterances: Utterances | None = None
        self._answered_at: int | None = None
        self._submitted = 0
        self._done = 0
        self.dropped = 0
        """Pieces that were not listened to, because the machine was too busy."""
        self.on_tone: Callable[[str], None] | None = None
        self.on_announcement: Callable[[str], None] | None = None
        self.on_verdict: Callable[[str, str], None] | None = None

    @property
    def wanted(self) -> bool:
        """Whether there is still something to find out."""
        return self._answered_at is None or self._detector is not None

    def answered(self, position: int) -> None:
        """The call is answered at this position of the tape; only the first time counts."""
        if self._answered_at is None:
            self._answered_at = position

    def hear(self, position: int, alaw: bytes) -> None:
        """Whole frames that lie at `position` of the tape."""
        if self._submitted - self._done >= _BACKLOG:
            self.dropped += 1
            return
        self._submitted += 1
        self._analyst.submit(lambda: self._listen(position, alaw))

    def _listen(self, position: int, alaw: bytes) -> None:
        try:
            answered = self._answered_at
            early = len(alaw) if answered is None else max(0, min(len(alaw), answered - position))
            if early:
                self._listen_for_tones(alaw[:early])
                self._listen_to_announcements(alaw[:early])
            if early < len(alaw):
                self._listen_to_answer(alaw[early:])
        finally:
            self._done += 1

    def _listen_for_tones(self, alaw: bytes) -> None:
        if self._tones is None:
            self._tones = ToneDetector()
        for tone in self._tones.feed(alaw):
            if self.on_tone is not None:
                self.on_tone(tone)

    def _listen_to_announcements(self, alaw: bytes) -> None:
        if self._ear is None or self.on_announcement is None:
            return
        if self._utterances is None:
            self._utterances = Utterances()
        for utterance in self._utterances.feed(alaw):
            if not self._ear.hear(utterance, self.on_announcement):
                self.dropped += 1

    def _listen_to_answer(self, alaw: bytes) -> None:
        for start in range(0, len(alaw), FRAME_SAMPLES):
            if self._detector is None:
                return
            verdict = self._feed(self._detector, alaw[start : start + FRAME_SAMPLES])
            if verdict is not None and self.on_verdict is not None:
                self._detector = None
                self.on_verdict(*verdict)

    def _feed(self, detector: AnswerDetector, frame: bytes) -> tuple[str, str] | None:
        try:
            return detector.feed(frame)
        except Exception:
            _log.exception("answer_detector_failed")
            self._detector = None
            return None
