"""The real voice and the real ear, loaded once for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from yunhu.speech.asr.whisper import WhisperRecognizer, WhisperSettings
from yunhu.speech.prompts import PromptCache, PromptSettings
from yunhu.speech.tts.kokoro import KokoroSettings, KokoroSynthesizer


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the joined models lie."""
    return tmp_path_factory.mktemp("speech")


@pytest.fixture(scope="session")
def voice(models: Path) -> Iterator[KokoroSynthesizer]:
    """Kokoro."""
    synthesizer = KokoroSynthesizer(KokoroSettings(models))
    yield synthesizer
    synthesizer.close()


@pytest.fixture(scope="session")
def greetings(models: Path, voice: KokoroSynthesizer) -> PromptCache:
    """What callees say, at the pace of conversation; each greeting is synthesised once."""
    return PromptCache(models / "greetings", voice, PromptSettings(speed=1.0))


@pytest.fixture(scope="session")
def ear(models: Path) -> Iterator[WhisperRecognizer]:
    """Whisper; needs the extra `asr`."""
    recognizer = WhisperRecognizer(WhisperSettings(models))
    yield recognizer
    recognizer.close()
