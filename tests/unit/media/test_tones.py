import numpy as np
import pytest
from tests.support.media.audio import cadence, encode_alaw, melody, silence, sine, with_noise

from yunhu.telephony.media.tones import CadenceReader, Sound, ToneDetector

BUSY = cadence(*([350, 350] * 5))
CONGESTION = cadence(*([700, 700] * 4))
RINGBACK = cadence(1000, 4000, 1000, 4000)
INFORMATION = cadence(*([100, 100, 100, 100, 100, 100, 400, 400] * 3))


def heard(samples: np.ndarray, piece: int = 1600) -> list[str]:
    alaw = encode_alaw(samples)
    detector = ToneDetector()
    return [
        tone for start in range(0, len(alaw), piece) for tone in detector.feed(alaw[start : start + piece])
    ]


@pytest.mark.parametrize(
    ("samples", "tone"),
    [(BUSY, "busy"), (CONGESTION, "congestion"), (RINGBACK, "ringback"), (INFORMATION, "information")],
    ids=["busy", "congestion", "ringback", "information"],
)
@pytest.mark.parametrize("noise", [0, 100, 300])
@pytest.mark.parametrize("offset", [0, 7, 13])
def test_given_a_tone_of_the_plan_when_heard_then_it_is_told_once(
    samples: np.ndarray, tone: str, noise: int, offset: int
) -> None:
    shifted = np.concatenate([silence(offset), samples])
    assert heard(with_noise(shifted, noise, seed=offset)) == [tone]


@pytest.mark.parametrize("hertz", [425, 440, 450, 460, 475])
@pytest.mark.parametrize("amplitude", [400, 3000, 20000])
def test_given_a_busy_tone_off_pitch_or_level_when_heard_then_it_is_told(
    hertz: float, amplitude: float
) -> None:
    assert heard(cadence(*([350, 350] * 5), hertz=hertz, amplitude=amplitude)) == ["busy"]


@pytest.mark.parametrize("stretch", [0.88, 0.95, 1.05, 1.12])
def test_given_a_cadence_within_tolerance_when_heard_then_it_is_told(stretch: float) -> None:
    assert heard(cadence(*([350 * stretch, 350 * stretch] * 5))) == ["busy"]


def test_given_one_lost_packet_in_each_burst_when_heard_then_busy_is_still_told() -> None:
    samples = BUSY.copy()
    for start in range(0, len(samples), 5600):
        samples[start + 1120 : start + 1280] = 0
    assert heard(samples) == ["busy"]


def test_given_ringback_then_busy_when_heard_then_both_are_told_in_order() -> None:
    assert heard(np.concatenate([RINGBACK, BUSY])) == ["ringback", "busy"]


@pytest.mark.parametrize(
    "samples",
    [
        silence(5000),
        sine(8000),
        cadence(*([400, 4000] * 2)),
        cadence(*([350, 350] * 5), hertz=600),
        cadence(*([350, 350] * 2), 350),
        cadence(*([200, 200] * 10)),
        cadence(*([350, 900] * 5)),
    ],
    ids=["silence", "dial_tone", "call_waiting", "another_pitch", "too_few", "too_fast", "uneven"],
)
def test_given_something_else_when_heard_then_nothing_is_told(samples: np.ndarray) -> None:
    assert heard(with_noise(samples, 30, seed=1)) == []


@pytest.mark.parametrize("seed", range(12))
def test_given_colour_ringback_music_when_heard_then_nothing_is_told(seed: int) -> None:
    assert heard(melody(30, seed)) == []


@pytest.mark.parametrize("seed", range(4))
def test_given_speech_like_noise_in_bursts_when_heard_then_nothing_is_told(seed: int) -> None:
    bursts = np.random.default_rng(seed).normal(0, 2500, 20 * 8000)
    bursts *= (
        np.repeat(np.tile([1.0, 0.0], 100)[: len(bursts) // 2800], 2800).repeat(1)[: len(bursts)].sum() > 0
    )
    envelope = (np.arange(len(bursts)) // 2800) % 2 == 0
    assert heard(bursts * envelope) == []


def test_given_busy_under_loud_music_when_heard_then_nothing_is_told() -> None:
    music = melody(10, 3)[: len(BUSY)]
    assert heard(BUSY[: len(music)] + music) == []


def test_given_pieces_of_any_size_when_heard_then_the_verdict_is_the_same() -> None:
    assert heard(BUSY, piece=160) == heard(BUSY, piece=8000) == ["busy"]


T, Q, X = Sound.TONE, Sound.QUIET, Sound.OTHER


@pytest.mark.parametrize(
    ("frames", "tones"),
    [
        (([T] * 17 + [Q] * 18) * 4, ["busy"]),
        (([T] * 17 + [X] + [Q] * 17) * 4, ["busy"]),
        (([T] * 17 + [X] * 3 + [Q] * 15) * 6, []),
        (([T] * 35 + [Q] * 35) * 3, ["congestion"]),
        ([T] * 50 + [Q] * 149, []),
        ([T] * 50 + [Q] * 150, ["ringback"]),
        ([Q] * 10 + ([T] * 5 + [Q] * 5) * 3 + [T] * 20 + [Q] * 20, ["information"]),
        (([T] * 5 + [Q] * 5) * 9, []),
    ],
)
def test_given_frames_when_followed_then_the_runs_decide(frames: list[Sound], tones: list[str]) -> None:
    reader = CadenceReader()
    assert [tone for frame in frames if (tone := reader.feed(frame))] == tones
