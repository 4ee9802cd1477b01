"""An exchange that we did not write says in early media why it does not connect; the engine understands and lets go."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.support.peers.asterisk import Asterisk
from tests.support.peers.conversation import Conversation
from tests.support.peers.embedded import embedded_engine, ending_of, request, trunk

from yunhu.entrypoints.announcement_ear import AnnouncementEar
from yunhu.speech.asr.whisper import installed
from yunhu.speech.prompts import PromptCache, PromptSettings
from yunhu.speech.tts.kokoro import KokoroSettings, KokoroSynthesizer
from yunhu.telephony.port import EarlyMedia, EndedBy, OriginateRefusedError, ResultClass

pytestmark = [
    pytest.mark.peer("asterisk"),
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("speech-models"),
    pytest.mark.skipif(not installed(), reason="the extra 'asr' is not installed"),
]

ANNOUNCED = [
    ("您好，您拨打的号码是空号，请核对后再拨。", ResultClass.NO_SUCH_NUMBER, "announced_no_such_number"),
    ("您好，您拨打的电话已关机，请稍后再拨。", ResultClass.POWERED_OFF, "announced_powered_off"),
    ("您拨打的用户已停机，请稍后再拨。", ResultClass.SUSPENDED, "announced_suspended"),
]


@pytest.fixture(scope="module")
def ear(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnnouncementEar]:
    listening = AnnouncementEar(tmp_path_factory.mktemp("ear"))
    yield listening
    listening.close()


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PromptCache]:
    models = tmp_path_factory.mktemp("voice")
    synthesizer = KokoroSynthesizer(KokoroSettings(models))
    yield PromptCache(models / "said", synthesizer, PromptSettings(speed=1.0))
    synthesizer.close()


@pytest.mark.parametrize(("words", "result", "reason"), ANNOUNCED)
async def test_given_an_announcement_before_the_answer_when_understood_then_the_call_is_cancelled_with_its_meaning(
    words: str, result: ResultClass, reason: str, voice: PromptCache, ear: AnnouncementEar, tmp_path: Path
) -> None:
    said = (await voice.ensure(words)).alaw
    async with (
        Asterisk(tmp_path, numbers="announcing") as peer,
        embedded_engine(trunk(peer.address), ear=ear) as engine,
    ):
        peer.announce(said)
        talk = Conversation(await engine.originate(request(ring_timeout=timedelta(seconds=60))))
        await talk.until(EarlyMedia)
        ending = ending_of(await talk.to_the_end(70))
        assert "CANCEL sip:" in peer.log
        assert engine.health()["peer"].usable
    assert (ending.result, ending.reason, ending.ended_by) == (result, reason, EndedBy.PLATFORM)


async def test_given_our_own_line_is_in_arrears_when_announced_then_the_trunk_takes_no_more_calls(
    voice: PromptCache, ear: AnnouncementEar, tmp_path: Path
) -> None:
    said = (await voice.ensure("您的手机号码已欠费停机，请尽快充值。")).alaw
    async with (
        Asterisk(tmp_path, numbers="announcing") as peer,
        embedded_engine(trunk(peer.address), ear=ear) as engine,
    ):
        peer.announce(said)
        talk = Conversation(await engine.originate(request(ring_timeout=timedelta(seconds=60))))
        ending = ending_of(await talk.to_the_end(70))
        health = engine.health()["peer"]
        with pytest.raises(OriginateRefusedError):
            await engine.originate(request())
    assert ending.result is ResultClass.OWN_LINE_BLOCKED
    assert not health.usable
    assert "arrears" in health.detail


async def test_given_a_busy_ear_when_more_is_said_then_it_refuses_at_once_and_hears_again_later(
    voice: PromptCache, ear: AnnouncementEar
) -> None:
    said = (await voice.ensure(ANNOUNCED[0][0])).alaw
    loop = asyncio.get_running_loop()
    told: asyncio.Queue[str] = asyncio.Queue()
    taken = [ear.hear(said, lambda word: loop.call_soon_threadsafe(told.put_nowait, word)) for _ in range(4)]
    assert taken == [True, True, False, False]
    async with asyncio.timeout(120):
        assert [await told.get(), await told.get()] == ["no_such_number"] * 2
    assert ear.hear(said, lambda _: None)
