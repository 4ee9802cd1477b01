"""A voice for tests that need audio but no model: every character is a tone of its own."""

import asyncio

import numpy as np

from yunhu.speech.errors import NothingToSayError, UnknownVoiceError
from yunhu.speech.port import Audio

SAMPLE_RATE = 24_000


class TonalVoice:
    """A `SpeechSynthesizer`. Counts what it was asked; waits for `gate` when one is set."""

    def __init__(self, release: str = "1", voices: tuple[str, ...] = ("zf_xiaobei", "other")) -> None:
        self._release = release
        self._voices = voices
        self.asked: list[str] = []
        self.gate: asyncio.Event | None = None

    def version(self, voice: str) -> str:
        self._check(voice)
        return f"tonal-{self._release}-{voice}"

    async def synthesize(self, words: str, *, voice: str, speed: float) -> Audio:
        self._check(voice)
        self.asked.append(words)
        await (self.gate.wait() if self.gate is not None else asyncio.sleep(0))
        spoken = [character for character in words if character.isalnum()]
        if not spoken:
            raise NothingToSayError
        tones = [tone(200 + ord(character) % 1_500, 0.1 / speed) for character in spoken]
        return Audio(np.concatenate(tones), SAMPLE_RATE)

    def _check(self, voice: str) -> None:
        if voice not in self._voices:
            raise UnknownVoiceError(voice=voice)


def tone(hertz: float, seconds: float, sample_rate: int = SAMPLE_RATE, level: float = 0.3) -> np.ndarray:
    """A sine, float32."""
    time = np.arange(int(seconds * sample_rate)) / sample_rate
    return (level * np.sin(2 * np.pi * hertz * time)).astype(np.float32)
