"""The picture of a recording."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.recordings.errors import RecordingUnreadableError
from yunhu.domains.recordings.peaks import draw, peaks_of, peaks_path
from yunhu.speech.tts import g711
from yunhu.telephony.media import wav

SILENCE = b"\xd5"


def recording(left: bytes, right: bytes) -> bytes:
    return wav.header(len(left)) + wav.interleave(left, right)


def tone(seconds: float, level: int) -> bytes:
    return bytes(g711.encode(np.full(int(seconds * 8000), level, np.int16)))


def test_given_two_sides_when_drawn_then_each_channel_shows_its_own_loudness() -> None:
    drawn = draw(recording(tone(1, 30000) + SILENCE * 8000, SILENCE * 8000 + tone(1, 8000)), points=4)
    assert drawn.seconds == 2
    left, right = drawn.channels
    assert left[0] > 200
    assert left[3] < 2
    assert right[0] < 2
    assert 50 < right[3] < 80


@given(st.integers(0, 5000), st.integers(1, 1500))
def test_given_any_length_when_drawn_then_no_more_points_than_samples_or_asked_for(
    samples: int, points: int
) -> None:
    drawn = draw(recording(SILENCE * samples, SILENCE * samples), points=points)
    assert {len(channel) for channel in drawn.channels} == {min(samples, points)}


def test_given_a_running_recording_when_drawn_then_what_is_there_counts() -> None:
    half = wav.header(0) + wav.interleave(SILENCE * 800, SILENCE * 800)
    assert draw(half).seconds == 0.1


@pytest.mark.parametrize("octets", [b"", b"RIFF", b"RIFF\0\0\0\0WAVEjunk", recording(SILENCE, SILENCE)[:40]])
def test_given_damaged_octets_when_drawn_then_refused(octets: bytes) -> None:
    with pytest.raises(RecordingUnreadableError):
        draw(octets)


def test_given_a_finished_recording_when_drawn_twice_then_the_kept_picture_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(recording(tone(1, 9000), SILENCE * 8000))
    running = peaks_of(path, finished=False)
    assert not peaks_path(path).exists()
    first = peaks_of(path, finished=True)
    assert first == running
    path.write_bytes(b"")
    assert peaks_of(path, finished=True) == first
    peaks_path(path).write_bytes(b"{torn")
    path.write_bytes(recording(SILENCE, SILENCE))
    assert peaks_of(path, finished=True).seconds == 0
