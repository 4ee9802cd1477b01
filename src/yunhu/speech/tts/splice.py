"""Joins recorded and generated parts of one sentence, each brought to the same loudness first."""

from collections.abc import Sequence

import msgspec
import numpy as np

from yunhu.speech.port import Audio, Samples
from yunhu.speech.tts import g711
from yunhu.speech.tts.telephony import Loudness, framed, spoken

_FADE = 0.01
"""Seconds over which a part comes and goes, so that a cut within breath or room noise does not click."""


class Part(msgspec.Struct, frozen=True):
    """What is spoken between two joints."""

    audio: Audio
    synthetic: bool
    """Made by a voice, not recorded from a person."""


def splice(parts: Sequence[Part], loudness: Loudness, *, gap: float) -> bytes:
    """A-law of the parts in order, `gap` seconds of silence between them."""
    silence = np.zeros(int(gap * g711.SAMPLE_RATE), np.float32)
    pieces: list[Samples] = []
    for part in parts:
        pieces += [_ready(part, loudness), silence]
    return framed(np.concatenate(pieces[:-1]) if pieces else silence[:0], loudness)


def _ready(part: Part, loudness: Loudness) -> Samples:
    samples = spoken(part.audio, loudness, synthetic=part.synthetic)
    length = min(int(_FADE * g711.SAMPLE_RATE), len(samples) // 2)
    shape = np.ones(len(samples), np.float32)
    shape[:length] = np.linspace(0.0, 1.0, length, endpoint=False)
    shape[len(samples) - length :] = np.linspace(1.0, 0.0, length, endpoint=False)
    return samples * shape
