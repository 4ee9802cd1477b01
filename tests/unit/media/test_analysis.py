from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs
from tests.support.media.audio import cadence, encode_alaw

from yunhu.telephony.media.analysis import Listener
from yunhu.telephony.media.worker import Worker

BUSY = encode_alaw(cadence(*([350, 350] * 5)))


class CountingDetector:
    """Decides after a number of frames."""

    def __init__(self, frames: int) -> None:
        self.frames = frames
        self.fed: list[bytes] = []

    def feed(self, alaw_20ms: bytes) -> tuple[str, str] | None:
        self.fed.append(alaw_20ms)
        return ("machine", "long greeting") if len(self.fed) >= self.frames else None


class BrokenDetector:
    def feed(self, alaw_20ms: bytes) -> tuple[str, str] | None:
        raise ValueError(len(alaw_20ms))


class Rig:
    def __init__(self, detector: CountingDetector | BrokenDetector | None) -> None:
        self.worker = Worker("test-analyst")
        self.listener = Listener(self.worker, detector)
        self.told: list[object] = []
        self.listener.on_tone = self.told.append
        self.listener.on_verdict = lambda who, why: self.told.append((who, why))

    def work(self) -> None:
        self.worker.start()
        self.worker.stop()


def pieces(alaw: bytes, size: int = 1600) -> Iterator[tuple[int, bytes]]:
    for start in range(0, len(alaw), size):
        yield start, alaw[start : start + size]


def test_given_busy_before_the_answer_when_heard_then_it_is_told() -> None:
    rig = Rig(None)
    for position, piece in pieces(BUSY, 4000 // 160 * 160):
        rig.listener.hear(position, piece)
    rig.work()
    assert rig.told == ["busy"]


def test_given_busy_after_the_answer_when_heard_then_no_tone_is_told() -> None:
    rig = Rig(None)
    rig.listener.answered(0)
    assert not rig.listener.wanted
    rig.listener.hear(0, BUSY)
    rig.work()
    assert rig.told == []


def test_given_the_answer_in_the_middle_of_a_piece_then_the_detector_is_fed_from_there_until_its_verdict() -> (
    None
):
    detector = CountingDetector(3)
    rig = Rig(detector)
    rig.listener.answered(320)
    rig.listener.answered(0)
    rig.listener.hear(0, b"".join(bytes([index]) * 160 for index in range(10)))
    rig.listener.hear(1600, b"x" * 1600)
    rig.work()
    assert detector.fed == [bytes([index]) * 160 for index in (2, 3, 4)]
    assert rig.told == [("machine", "long greeting")]
    assert not rig.listener.wanted


def test_given_a_detector_that_fails_then_it_is_logged_once_and_left_alone() -> None:
    rig = Rig(BrokenDetector())
    rig.listener.answered(0)
    rig.listener.hear(0, b"x" * 1600)
    with capture_logs() as logs:
        rig.work()
    assert [entry["event"] for entry in logs] == ["answer_detector_failed"]
    assert not rig.listener.wanted


@pytest.mark.parametrize("submitted", [10, 11, 40])
def test_given_an_analyst_that_does_not_keep_up_then_pieces_are_dropped_and_counted(submitted: int) -> None:
    rig = Rig(CountingDetector(10_000))
    for index in range(submitted):
        rig.listener.hear(index * 1600, b"x" * 1600)
    assert rig.worker.backlog == 10
    assert rig.listener.dropped == submitted - 10
