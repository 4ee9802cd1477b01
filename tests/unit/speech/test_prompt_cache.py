"""Prompts by content: rendered once, found at once, bounded, replaced by what a hall recorded."""

import asyncio
import io
import os
import wave
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from tests.support.speech.voices import TonalVoice, tone

from yunhu.speech.errors import NothingToSayError, RecordingInvalidError, UnknownVoiceError
from yunhu.speech.port import Audio
from yunhu.speech.prompts import PromptCache, PromptSettings
from yunhu.speech.reading import Segment
from yunhu.speech.recordings import Recordings
from yunhu.speech.say import say
from yunhu.speech.tts import g711, kokoro
from yunhu.speech.tts.kokoro import KokoroSettings, KokoroSynthesizer
from yunhu.speech.tts.telephony import Loudness, to_telephone

WORDS = "请您到三号窗口"
SEGMENTS = (Segment("请您到"), Segment("三", "window"), Segment("号窗口"))


@pytest.fixture
def voice() -> TonalVoice:
    return TonalVoice()


@pytest.fixture
def prompts(tmp_path: Path, voice: TonalVoice) -> PromptCache:
    return PromptCache(tmp_path / "prompts", voice)


async def test_given_nothing_rendered_when_asked_then_there_is_none_and_nobody_speaks(
    prompts: PromptCache, voice: TonalVoice
) -> None:
    assert prompts.cached(WORDS) is None
    assert voice.asked == []


async def test_given_a_rendered_sentence_when_asked_then_it_is_the_same_in_every_process(
    prompts: PromptCache, voice: TonalVoice, tmp_path: Path
) -> None:
    rendered = await prompts.ensure(WORDS)
    assert prompts.cached(WORDS) == rendered
    assert PromptCache(tmp_path / "prompts", TonalVoice()).cached(WORDS) == rendered
    assert await prompts.ensure(WORDS) == rendered
    assert voice.asked == [WORDS]


async def test_given_many_ask_at_once_when_rendered_then_it_is_spoken_once(
    prompts: PromptCache, voice: TonalVoice
) -> None:
    voice.gate = asyncio.Event()
    waiting = [asyncio.create_task(prompts.ensure(WORDS)) for _ in range(5)]
    while not voice.asked:
        await asyncio.sleep(0)
    waiting[0].cancel()
    voice.gate.set()
    done = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(done[0], asyncio.CancelledError)
    assert len({prompt.prompt_id for prompt in done[1:]}) == 1
    assert voice.asked == [WORDS]


async def test_given_words_without_sound_when_ensured_then_it_fails_and_may_be_asked_again(
    prompts: PromptCache, voice: TonalVoice
) -> None:
    for _ in range(2):
        with pytest.raises(NothingToSayError):
            await prompts.ensure("，。")
    assert len(voice.asked) == 2


def test_given_any_change_of_sound_then_the_id_changes(tmp_path: Path) -> None:
    caches = [
        PromptCache(tmp_path, TonalVoice()),
        PromptCache(tmp_path, TonalVoice("2")),
        PromptCache(tmp_path, TonalVoice(), PromptSettings(speed=1.0)),
        PromptCache(tmp_path, TonalVoice(), PromptSettings(voice="other")),
    ]
    assert len({cache.prompt_id(WORDS) for cache in caches}) == len(caches)
    assert caches[0].prompt_id(WORDS) == caches[0].prompt_id(SEGMENTS)
    assert caches[0].prompt_id(WORDS) != caches[0].prompt_id("请您到四号窗口")


def test_given_a_voice_that_is_not_shipped_when_a_cache_is_opened_then_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownVoiceError):
        PromptCache(tmp_path, TonalVoice(), PromptSettings(voice="nobody"))


def test_given_another_release_of_the_voices_data_then_the_id_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = []
    for name, changed in (("first", 0.0), ("same", 0.0), ("next", 0.001)):
        voices = tmp_path / name
        voices.mkdir()
        (voices / "__init__.py").touch()
        style = np.full((510, 256), 0.5, np.float32)
        style[7, 7] += changed
        np.savez_compressed(voices / "zf_xiaobei.npz", style=style)
        monkeypatch.setattr(kokoro.resources, "files", _files_with_voices(voices))
        synthesizer = KokoroSynthesizer(KokoroSettings(tmp_path))
        ids.append(PromptCache(tmp_path / "prompts", synthesizer).prompt_id(WORDS))
        synthesizer.close()
    assert ids[0] == ids[1] != ids[2]


def _files_with_voices(voices: Path) -> Callable[[str], Path]:
    found = resources.files
    return lambda package: voices if package.endswith(".voices") else Path(str(found(package)))


async def test_given_a_bound_when_it_is_exceeded_then_the_least_recently_used_go(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, TonalVoice(), PromptSettings(max_mib=1))
    for name, age in (("old", 300), ("older", 400), ("fresh", 100)):
        path = tmp_path / f"{name}.alaw"
        path.write_bytes(b"\xd5" * 400_000)
        os.utime(path, (path.stat().st_mtime - age,) * 2)
    rendered = await cache.ensure(WORDS)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"old.alaw", "fresh.alaw", f"{rendered.prompt_id}.alaw"}


async def test_given_a_prompt_in_use_when_others_come_then_it_stays(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, TonalVoice(), PromptSettings(max_mib=1))
    rendered = await cache.ensure(WORDS)
    os.utime(tmp_path / f"{rendered.prompt_id}.alaw", (1, 1))
    (tmp_path / "other.alaw").write_bytes(b"\xd5" * 1_040_000)
    os.utime(tmp_path / "other.alaw", (2, 2))
    assert cache.cached(WORDS) is not None
    await cache.ensure("请您到五号窗口办理业务谢谢")
    assert cache.cached(WORDS) is not None
    assert not (tmp_path / "other.alaw").exists()


async def test_given_an_empty_file_left_by_a_power_cut_when_ensured_then_it_is_rendered_again(
    prompts: PromptCache, tmp_path: Path
) -> None:
    (tmp_path / "prompts" / f"{prompts.prompt_id(WORDS)}.alaw").write_bytes(b"")
    assert prompts.cached(WORDS) is None
    assert (await prompts.ensure(WORDS)).alaw


async def test_given_a_sentence_when_said_then_a_player_can_open_it(
    prompts: PromptCache, voice: TonalVoice
) -> None:
    with wave.open(io.BytesIO(await say(prompts, "请按1")), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8_000, 1, 2)
        assert file.getnframes() > 800
    assert voice.asked == ["请按一"]


def _record(path: Path, sound: float | tuple[int, int], seconds: float, channels: int = 1) -> None:
    heard = _chord(16_000) if isinstance(sound, tuple) else tone(sound, seconds, 16_000)
    samples = (heard * 32_767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.repeat(samples, channels).tobytes())


def _loudest_hertz(alaw: bytes, start: float, end: float) -> float:
    heard = g711.decode(alaw)[int(start * 8_000) : int(end * 8_000)]
    return float(np.abs(np.fft.rfft(heard)).argmax() * 8_000 / len(heard))


async def test_given_a_recorded_slot_when_rendered_then_it_is_spliced_between_spoken_parts(
    tmp_path: Path, voice: TonalVoice
) -> None:
    _record(tmp_path / "3.wav", 1_900, 0.5, channels=2)
    (tmp_path / "recordings.yaml").write_text("slots:\n  window:\n    三: 3.wav\n", "utf-8")
    cache = PromptCache(tmp_path / "p", voice, recordings=Recordings.load(tmp_path))
    rendered = await cache.ensure(SEGMENTS)
    assert voice.asked == ["请您到", "号窗口"]
    middle = rendered.seconds / 2
    assert _loudest_hertz(rendered.alaw, middle - 0.1, middle + 0.1) == pytest.approx(1_900, abs=10)
    assert rendered.prompt_id != PromptCache(tmp_path / "p", voice).prompt_id(SEGMENTS)
    assert rendered.words_sha256 == (await PromptCache(tmp_path / "q", voice).ensure(WORDS)).words_sha256


async def test_given_a_recorded_sentence_when_rendered_then_nothing_is_synthesised(
    tmp_path: Path, voice: TonalVoice
) -> None:
    _record(tmp_path / "whole.wav", 900, 1.0)
    (tmp_path / "recordings.yaml").write_text(f"parts:\n  {WORDS}: whole.wav\n", "utf-8")
    cache = PromptCache(tmp_path / "p", voice, recordings=Recordings.load(tmp_path))
    for sentence in (WORDS, SEGMENTS):
        rendered = await cache.ensure(sentence)
        assert _loudest_hertz(rendered.alaw, 0.4, 0.9) == pytest.approx(900, abs=10)
    assert voice.asked == []


async def test_given_recordings_when_rendered_then_they_sound_as_they_were_made(tmp_path: Path) -> None:
    _record(tmp_path / "whole.wav", 900, 1.0)
    (tmp_path / "recordings.yaml").write_text(f"parts:\n  {WORDS}: whole.wav\n", "utf-8")
    recordings = Recordings.load(tmp_path)
    recorded = recordings.whole(WORDS)
    assert recorded is not None
    rendered = await PromptCache(tmp_path / "p", TonalVoice(), recordings=recordings).ensure(WORDS)
    assert rendered.alaw == to_telephone(recorded.audio, Loudness(), synthetic=False)
    spoken = await PromptCache(tmp_path / "p", TonalVoice()).ensure(WORDS)
    audio = await TonalVoice().synthesize(WORDS, voice="zf_xiaobei", speed=0.9)
    assert spoken.alaw == to_telephone(audio, Loudness(), synthetic=True)


async def test_given_a_recorded_slot_when_spliced_then_only_the_spoken_parts_are_brightened(
    tmp_path: Path,
) -> None:
    _record(tmp_path / "3.wav", CHORD, 1.0)
    (tmp_path / "recordings.yaml").write_text("slots:\n  window:\n    三: 3.wav\n", "utf-8")
    cache = PromptCache(tmp_path / "p", ChordVoice(), recordings=Recordings.load(tmp_path))
    heard = g711.decode((await cache.ensure(SEGMENTS)).alaw)
    balances = [_balance(heard[start : start + 6_400]) for start in (2_400, 10_880, 19_360)]
    assert balances == pytest.approx([1.04, 0.5, 1.04], rel=0.05)


CHORD = (400, 3_000)


class ChordVoice(TonalVoice):
    """Whatever it is asked, a second of two tones, the higher one half as loud."""

    async def synthesize(self, words: str, *, voice: str, speed: float) -> Audio:
        return Audio(_chord(24_000), 24_000)


def _chord(sample_rate: int) -> np.ndarray:
    low, high = CHORD
    return tone(low, 1.0, sample_rate, level=0.2) + tone(high, 1.0, sample_rate, level=0.1)


def _balance(heard: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(heard))
    low, high = (spectrum[round(hertz * len(heard) / 8_000)] for hertz in CHORD)
    return float(high / low)


@pytest.mark.parametrize(
    "manifest",
    [
        "parts: [1]",
        "unknown: {}",
        "parts:\n  好: ../../etc/passwd",
        "parts:\n  好: missing.wav",
        "parts:\n  好: recordings.yaml",
        "parts: {",
    ],
)
def test_given_a_manifest_that_cannot_be_used_when_loaded_then_it_is_refused(
    tmp_path: Path, manifest: str
) -> None:
    (tmp_path / "recordings.yaml").write_text(manifest, "utf-8")
    with pytest.raises(RecordingInvalidError):
        Recordings.load(tmp_path)


def test_given_no_manifest_when_loaded_then_nothing_is_recorded(tmp_path: Path) -> None:
    assert Recordings.load(tmp_path).whole(WORDS) is None
