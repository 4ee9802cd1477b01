"""Who answers a robot that speaks first, told with the settings that the call node uses."""

import numpy as np
import pytest
from tests.support.speech.voices import tone

from yunhu.entrypoints.answer_detection import RobotAnswerDetector
from yunhu.speech.prompts import PromptCache
from yunhu.speech.tts import g711
from yunhu.speech.tts.telephony import to_pcm16
from yunhu.speech.vad.silero import SileroPool

pytestmark = pytest.mark.xdist_group("speech-models")
SECOND = 8_000
PERSON = "喂，你好，哪位？"
VOICEMAIL = "您好，您拨打的用户暂时无法接听，如需留言，请在提示音后录音，结束后请直接挂机，本次留言将以短信方式通知机主。"
SHORT_VOICEMAIL = "您好，您拨打的用户暂时无法接听，请在提示音后留言。"
ASSISTANT = "您好，我是机主的智能助理，机主现在不方便接听电话，请问您有什么事情需要转告。"


def silence(seconds: float) -> bytes:
    return bytes([g711.SILENCE]) * int(seconds * SECOND)


def line_noise(seconds: float, level: float) -> bytes:
    samples = np.random.default_rng(11).normal(0, level, int(seconds * SECOND)).astype(np.float32)
    return g711.encode(to_pcm16(samples))


def beep() -> bytes:
    return g711.encode(to_pcm16(tone(1_000, 0.5, SECOND)))


async def spoken(greetings: PromptCache, words: str) -> bytes:
    return (await greetings.ensure(words)).alaw


def heard_by_robot(heard: bytes) -> tuple[str, str] | None:
    """The first verdict, if there is one."""
    pool = SileroPool(1)
    detector = RobotAnswerDetector(pool)
    assert pool.borrow() is None
    for at in range(0, len(heard) - 159, 160):
        verdict = detector.feed(heard[at : at + 160])
        if verdict is not None:
            assert pool.borrow() is not None
            return verdict
    return None


@pytest.mark.parametrize(
    "heard",
    [silence(70), line_noise(20, 0.001), line_noise(20, 0.005)],
    ids=["digital_silence", "quiet_line", "noisy_line"],
)
def test_given_a_silent_listener_when_the_robot_speaks_then_it_is_not_a_machine(heard: bytes) -> None:
    assert (heard_by_robot(heard) or ("human", ""))[0] == "human"


@pytest.mark.parametrize("before", [0.0, 0.6, 4.0])
async def test_given_a_person_with_a_few_words_when_the_robot_speaks_then_it_is_a_person(
    greetings: PromptCache, before: float
) -> None:
    verdict = heard_by_robot(silence(before) + await spoken(greetings, PERSON) + silence(15))
    assert verdict == ("human", "short_greeting")


async def test_given_a_person_who_falls_in_twice_when_the_robot_speaks_then_it_is_a_person(
    greetings: PromptCache,
) -> None:
    words = await spoken(greetings, PERSON)
    verdict = heard_by_robot(words + silence(0.3) + words + silence(15))
    assert verdict is not None
    assert verdict[0] == "human"


async def test_given_a_voicemail_when_it_beeps_then_it_is_a_machine(greetings: PromptCache) -> None:
    heard = silence(0.3) + await spoken(greetings, SHORT_VOICEMAIL) + beep() + silence(10)
    assert heard_by_robot(heard) == ("machine", "beep")


async def test_given_a_voicemail_that_goes_on_and_on_then_it_is_a_machine(greetings: PromptCache) -> None:
    heard = silence(0.3) + 3 * await spoken(greetings, VOICEMAIL)
    verdict = heard_by_robot(heard)
    assert verdict is not None
    assert verdict[0] == "machine"


async def test_given_an_assistant_that_waits_for_an_answer_then_it_is_told(greetings: PromptCache) -> None:
    heard = silence(0.3) + await spoken(greetings, ASSISTANT) + silence(10)
    assert heard_by_robot(heard) == ("assistant", "waits_for_caller")
