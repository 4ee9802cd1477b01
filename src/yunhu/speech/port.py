"""What the house asks of a voice and of an ear. Adapters implement it; only entrypoints choose them."""

from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono samples in -1 … 1, shape (n,)."""


class Audio(msgspec.Struct, frozen=True):
    """Mono audio."""

    samples: Samples
    sample_rate: int
    """In Hz."""

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.samples) / self.sample_rate


class SpeechSynthesizer(Protocol):
    """Words → audio. Never touches the network."""

    def version(self, voice: str) -> str:
        """Changes whenever the same words in this voice would sound different; part of a cached prompt's key.

        Raises `UnknownVoiceError`.
        """

    async def synthesize(self, words: str, *, voice: str, speed: float) -> Audio:
        """Speak words that reading made (no digits). `speed` 1.0 is the voice's own.

        Does not block the event loop. Raises `NothingToSayError`, `UnknownVoiceError`, `ModelDamagedError`.
        """


class SpeechRecognizer(Protocol):
    """Audio → text."""

    async def transcribe(self, audio: Audio) -> str:
        """The text heard, in the recogniser's own spelling; empty for silence.

        Does not block the event loop. Raises `RecognizerMissingError`, `ModelDamagedError`.
        """
