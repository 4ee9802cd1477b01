"""What holds for any sounds after an answer."""

from hypothesis import given
from hypothesis import strategies as st

from yunhu.speech.vad import AnswerDetector, AnsweringMachine, AnsweringSettings, Sound
from yunhu.speech.vad.energy import EnergyActivity

stretches = st.lists(st.tuples(st.sampled_from(Sound), st.integers(1, 60).map(lambda n: n * 20)), max_size=40)


@given(stretches)
def test_given_any_sounds_when_cut_into_frames_then_the_verdict_is_the_same(
    sounds: list[tuple[Sound, int]],
) -> None:
    whole, framed = AnsweringMachine(), AnsweringMachine()
    for sound, milliseconds in sounds:
        whole.hear(sound, milliseconds)
        for _ in range(milliseconds // 20):
            framed.hear(sound, 20)
    assert whole.finish() == framed.finish()


@given(stretches)
def test_given_any_sounds_then_a_verdict_comes_in_time_and_stays(sounds: list[tuple[Sound, int]]) -> None:
    machine = AnsweringMachine()
    verdicts = [machine.hear(sound, milliseconds) for sound, milliseconds in sounds]
    decided = [verdict for verdict in verdicts if verdict]
    assert len(set(map(id, decided))) <= 1
    assert machine.hear(Sound.SPEECH, 20_000) is not None
    assert machine.finish().after_ms <= AnsweringSettings().total_after_greeting


@given(st.lists(st.binary(min_size=160, max_size=160), max_size=30))
def test_given_any_frames_then_the_detector_never_fails(frames: list[bytes]) -> None:
    detector = AnswerDetector(EnergyActivity())
    for frame in frames:
        detector.feed(frame)
    assert detector.finish() == detector.finish()
