"""The proof that a callee understands: 40 renderings of the filed sentence, and a judge who listens."""

import io
import wave
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from yunhu.speech.asr.compare import Comparison, compare, queue_number_right
from yunhu.speech.asr.whisper import WhisperRecognizer
from yunhu.speech.port import Audio
from yunhu.speech.reading import OneReading, ReadingStyle, Slot, SlotKind, render_text, render_words

TEMPLATE = "尊敬的用户，请您到“{window}”号窗口办理业务，谢谢"
SLOTS = (Slot("window", SlotKind.WINDOW),)
STYLE = ReadingStyle(one=OneReading.YAO)

NUMBERED = (
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    14,
    16,
    18,
    20,
    22,
    27,
    33,
    38,
    40,
    45,
    51,
    56,
    64,
    69,
    72,
    88,
    90,
    99,
)
LETTERED = ("A001", "A002", "A010", "A015", "A101", "A123", "B003", "B012", "A3", "B12")
WINDOWS = (*map(str, NUMBERED), *LETTERED)


class Rendering(msgspec.Struct, frozen=True):
    """One sentence of the proof."""

    window: str
    text: str
    """The filed text, filled."""
    words: str
    """What the voice is given."""


class Verdict(msgspec.Struct, frozen=True):
    """What the judge heard."""

    rendering: Rendering
    heard: str
    comparison: Comparison
    number_right: bool


RENDERINGS = tuple(
    Rendering(
        window,
        render_text(TEMPLATE, {"window": window}),
        render_words(TEMPLATE, SLOTS, {"window": window}, STYLE),
    )
    for window in WINDOWS
)


def judge(heard: bytes | Path | NDArray[np.int16], expected: Rendering, ear: WhisperRecognizer) -> Verdict:
    """Transcribe what a phone recorded (a WAV file, its bytes, or 16-bit samples at 8 kHz) and compare."""
    text = ear.transcribe_now(audio_of(heard))
    return Verdict(
        expected,
        text,
        compare(expected.words, text),
        queue_number_right(
            expected.words[len("尊敬的用户，请您到") : expected.words.index("号窗口")],
            text,
            before="到",
            after="号",
        ),
    )


def share_right(verdicts: Iterable[Verdict]) -> float:
    """Right syllables over all sentences together."""
    comparisons = [verdict.comparison for verdict in verdicts]
    return sum(comparison.share * comparison.expected for comparison in comparisons) / sum(
        comparison.expected for comparison in comparisons
    )


def audio_of(heard: bytes | Path | NDArray[np.int16]) -> Audio:
    """16-bit WAV (the last channel: what a stereo recording holds of the callee's side) or samples at 8 kHz."""
    if isinstance(heard, np.ndarray):
        return Audio((heard / np.float32(32_768)).astype(np.float32), 8_000)
    content = heard.read_bytes() if isinstance(heard, Path) else heard
    with wave.open(io.BytesIO(content), "rb") as source:
        frames = np.frombuffer(source.readframes(source.getnframes()), "<i2").reshape(
            -1, source.getnchannels()
        )
        return Audio((frames[:, -1] / np.float32(32_768)).astype(np.float32), source.getframerate())
