"""A voice for tests that need audio but no model: every character is a tone of its own."""

import asyncio

import numpy as np

from yunhu.speech.errors import NothingToSayError
from yunhu.speech.port import Audio

SAMPLE_RATE = 24_000


class TonalVoice:
    """A `SpeechSynthesizer`. Counts what it was asked; waits for `gate` when one is set."""

    def __init__(self, version: str = "tonal-1") -> None:
        self._version = version
        self.asked: list[str] = []
        self.gate: asyncio.Event | None = None

    @property
    def version(self) -> str:
        return self._version

    async def synthesize(self, words: str, *, voice: str, speed: float) -> Audio:
        self.asked.append(words)
        if self.gate is not None:
            await self.gate.wait()
        if not any(character.isalnum() for character in words):
            raise NothingToSayError
        tones = [tone(200 + ord(character) % 1_500, 0.1 / speed) for character in words]
        return Audio(np.concatenate(tones), SAMPLE_RATE)


def tone(hertz: float, seconds: float, sample_rate: int = SAMPLE_RATE, level: float = 0.3) -> np.ndarray:
    """A sine, float32."""
    time = np.arange(int(seconds * sample_rate)) / sample_rate
    return (level * np.sin(2 * np.pi * hertz * time)).astype(np.float32)
