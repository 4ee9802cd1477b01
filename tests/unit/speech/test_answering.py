"""Who answered: tables of sounds in milliseconds."""

import pytest

from yunhu.speech.vad import Answerer, AnsweringMachine, Sound

S, T, Q = Sound.SPEECH, Sound.TONE, Sound.SILENCE


@pytest.mark.parametrize(
    ("sounds", "result", "reason"),
    [
        ([(Q, 500), (S, 400), (Q, 900)], Answerer.HUMAN, "short_greeting"),
        ([(S, 300), (Q, 200), (S, 400), (Q, 800)], Answerer.HUMAN, "short_greeting"),
        ([(Q, 2_500)], Answerer.MACHINE, "initial_silence"),
        ([(Q, 1_000), (S, 60), (Q, 1_500)], Answerer.MACHINE, "initial_silence"),
        ([(S, 3_000), (Q, 300), (T, 200)], Answerer.MACHINE, "beep"),
        ([(S, 400), (T, 200)], Answerer.MACHINE, "beep"),
        ([(S, 20_000)], Answerer.MACHINE, "long_greeting"),
        ([(S, 2_000), (Q, 1_200)], Answerer.ASSISTANT, "waits_for_caller"),
        (
            [(S, 300), (Q, 100), (S, 300), (Q, 100), (S, 300), (Q, 1_200)],
            Answerer.ASSISTANT,
            "waits_for_caller",
        ),
        ([(S, 300), (Q, 700)] * 2 + [(S, 40), (Q, 700)], Answerer.HUMAN, "short_greeting"),
    ],
)
def test_given_sounds_when_heard_then_the_answerer_is_told(
    sounds: list[tuple[Sound, int]], result: Answerer, reason: str
) -> None:
    machine = AnsweringMachine()
    for sound, milliseconds in sounds:
        machine.hear(sound, milliseconds)
    assert machine.verdict is not None
    assert (machine.verdict.result, machine.verdict.reason) == (result, reason)


def test_given_too_little_when_finished_then_it_is_undecided() -> None:
    machine = AnsweringMachine()
    assert machine.hear(S, 500) is None
    assert machine.finish().result is Answerer.UNDECIDED
