"""The real voice and the real ear, and the models that they and every started product share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from yunhu.speech.asr.whisper import WhisperRecognizer, WhisperSettings
from yunhu.speech.tts.kokoro import KokoroSettings, KokoroSynthesizer


@pytest.fixture(scope="session")
def lent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds `models` and `prompts`."""
    return tmp_path_factory.mktemp("main-job")


@pytest.fixture(scope="session")
def voice(lent: Path) -> Iterator[KokoroSynthesizer]:
    """Kokoro."""
    synthesizer = KokoroSynthesizer(KokoroSettings(lent / "models"))
    yield synthesizer
    synthesizer.close()


@pytest.fixture(scope="session")
def ear(lent: Path) -> Iterator[WhisperRecognizer]:
    """Whisper; needs the extra `asr`."""
    recognizer = WhisperRecognizer(WhisperSettings(lent / "models"))
    yield recognizer
    recognizer.close()
