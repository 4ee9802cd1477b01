"""One suite over every `SpeechSynthesizer`: the real voice, and the tonal one that other tests speak with."""

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest
from tests.support.speech.voices import TonalVoice

from yunhu.speech.errors import NothingToSayError, UnknownVoiceError
from yunhu.speech.port import SpeechSynthesizer
from yunhu.speech.tts.kokoro import KokoroSettings, KokoroSynthesizer

pytestmark = pytest.mark.xdist_group("speech-models")
VOICE = "zf_xiaobei"
SHORT, LONG = "三号", "三号窗口，谢谢"


@pytest.fixture(scope="module", params=["tonal", "kokoro"])
def synthesizer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SpeechSynthesizer]:
    if request.param == "tonal":
        yield TonalVoice()
        return
    kokoro = KokoroSynthesizer(KokoroSettings(tmp_path_factory.mktemp("kokoro")))
    yield kokoro
    kokoro.close()


async def test_given_words_when_spoken_then_there_is_mono_sound_within_bounds(
    synthesizer: SpeechSynthesizer,
) -> None:
    audio = await synthesizer.synthesize(SHORT, voice=VOICE, speed=1.0)
    assert audio.samples.dtype == np.float32
    assert audio.samples.ndim == 1
    assert audio.sample_rate >= 8_000
    assert 0.05 < float(np.abs(audio.samples).max()) <= 1.0


async def test_given_the_same_words_when_spoken_again_then_it_is_the_same_sound(
    synthesizer: SpeechSynthesizer,
) -> None:
    first = await synthesizer.synthesize(SHORT, voice=VOICE, speed=1.0)
    second = await synthesizer.synthesize(SHORT, voice=VOICE, speed=1.0)
    assert first.samples.shape == second.samples.shape
    assert np.allclose(first.samples, second.samples, atol=1e-3)


async def test_given_more_words_or_less_speed_when_spoken_then_it_takes_longer(
    synthesizer: SpeechSynthesizer,
) -> None:
    base = await synthesizer.synthesize(SHORT, voice=VOICE, speed=1.0)
    assert (await synthesizer.synthesize(LONG, voice=VOICE, speed=1.0)).seconds > base.seconds
    assert (await synthesizer.synthesize(SHORT, voice=VOICE, speed=0.7)).seconds > base.seconds


async def test_given_two_ask_at_once_when_spoken_then_each_gets_its_own_words(
    synthesizer: SpeechSynthesizer,
) -> None:
    apart = [await synthesizer.synthesize(words, voice=VOICE, speed=1.0) for words in (SHORT, LONG)]
    together = await asyncio.gather(
        *(synthesizer.synthesize(words, voice=VOICE, speed=1.0) for words in (SHORT, LONG))
    )
    assert [audio.seconds for audio in together] == [audio.seconds for audio in apart]


async def test_given_synthesis_at_work_then_the_event_loop_goes_on(synthesizer: SpeechSynthesizer) -> None:
    speaking = asyncio.create_task(synthesizer.synthesize(SHORT, voice=VOICE, speed=1.0))
    await asyncio.sleep(0)
    assert not speaking.done()
    assert (await speaking).seconds > 0


async def test_given_one_who_stops_waiting_then_the_next_is_served(synthesizer: SpeechSynthesizer) -> None:
    given_up = asyncio.create_task(synthesizer.synthesize(LONG, voice=VOICE, speed=1.0))
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert (await synthesizer.synthesize(SHORT, voice=VOICE, speed=1.0)).seconds > 0


@pytest.mark.parametrize("words", ["", "，。", " \n", "…—“”"])
async def test_given_nothing_to_pronounce_when_spoken_then_it_says_so(
    synthesizer: SpeechSynthesizer, words: str
) -> None:
    with pytest.raises(NothingToSayError):
        await synthesizer.synthesize(words, voice=VOICE, speed=1.0)


@pytest.mark.parametrize("voice", ["nobody", "", "../zf_xiaobei"])
async def test_given_an_unknown_voice_then_neither_sound_nor_version_is_invented(
    synthesizer: SpeechSynthesizer, voice: str
) -> None:
    with pytest.raises(UnknownVoiceError):
        await synthesizer.synthesize(SHORT, voice=voice, speed=1.0)
    with pytest.raises(UnknownVoiceError):
        synthesizer.version(voice)


def test_given_a_voice_when_its_version_is_asked_then_it_is_one_line_and_stays(
    synthesizer: SpeechSynthesizer,
) -> None:
    version = synthesizer.version(VOICE)
    assert version
    assert version.isprintable()
    assert synthesizer.version(VOICE) == version
