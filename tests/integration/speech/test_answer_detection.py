"""Silero and the answering machine together, on a real voice as the telephone carries it."""

import pytest
from tests.support.speech.voices import tone

from yunhu.speech.prompts import PromptCache
from yunhu.speech.tts import g711
from yunhu.speech.tts.telephony import to_pcm16
from yunhu.speech.vad import AnswerDetector, Answerer
from yunhu.speech.vad.silero import SileroPool

pytestmark = pytest.mark.xdist_group("speech-models")
SILENCE = bytes([g711.SILENCE])
SHORT, LONG = "喂，你好。", "您好，我是机主的智能助理，机主现在不方便接听电话，请问您有什么事情需要转告。"


@pytest.mark.parametrize(
    ("words", "beep", "result"),
    [
        (SHORT, False, Answerer.HUMAN),
        (LONG, False, Answerer.ASSISTANT),
        (LONG, True, Answerer.MACHINE),
        ("", False, Answerer.MACHINE),
    ],
)
async def test_given_a_greeting_when_heard_then_the_answerer_is_told(
    greetings: PromptCache, words: str, beep: bool, result: Answerer
) -> None:
    pool = SileroPool(1)
    detector = AnswerDetector.from_pool(pool)
    assert pool.borrow() is None
    heard = SILENCE * 2_400
    if words:
        heard += (await greetings.ensure(words)).alaw
    if beep:
        heard += g711.encode(to_pcm16(tone(1_000, 0.5, 8_000)))
    heard += SILENCE * 24_000
    verdicts = (detector.feed(heard[at : at + 160]) for at in range(0, len(heard) - 159, 160))
    verdict = next((found for found in verdicts if found), None)
    assert verdict is not None
    assert verdict.result is result, verdict
    assert pool.borrow() is not None
