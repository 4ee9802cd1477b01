"""Prompts spoken by a person: a directory of WAV files and its manifest, `recordings.yaml`.

    parts:                      # whole sentences, and literal parts of templates, by their words
      好的，已为您登记，不再致电，再见。: goodbye.wav
    slots:                      # values of a slot, by the slot's name and the words of the value
      window:
        三: window/3.wav

Words are what reading gives (`三`, not `3`). Files are 16-bit PCM, any rate, mono or stereo.
"""

import hashlib
import wave
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np

from yunhu.speech.errors import RecordingInvalidError
from yunhu.speech.port import Audio
from yunhu.speech.reading import Segment
from yunhu.speech.tts.telephony import from_pcm16

MANIFEST = "recordings.yaml"
_LONGEST = 120
"""Seconds of one recording."""


class _Manifest(msgspec.Struct, forbid_unknown_fields=True):
    parts: dict[str, str] = {}
    slots: dict[str, dict[str, str]] = {}


class Recording(msgspec.Struct, frozen=True):
    """One WAV file, read and checked."""

    audio: Audio
    digest: str
    """SHA-256 of the file."""


class Recordings:
    """What a hall recorded. Empty when there is no manifest."""

    def __init__(
        self,
        parts: Mapping[str, Recording] | None = None,
        slots: Mapping[tuple[str, str], Recording] | None = None,
    ) -> None:
        self._parts = dict(parts or {})
        self._slots = dict(slots or {})

    @classmethod
    def load(cls, directory: Path) -> "Recordings":
        """Read the manifest and every file it names. Raises `RecordingInvalidError`."""
        try:
            text = (directory / MANIFEST).read_bytes()
        except FileNotFoundError:
            return cls()
        try:
            manifest = msgspec.yaml.decode(text, type=_Manifest, strict=False)
        except msgspec.DecodeError as error:
            raise RecordingInvalidError(file=MANIFEST, reason=str(error)) from error
        return cls(
            {words: _read(directory, file) for words, file in manifest.parts.items()},
            {
                (slot, words): _read(directory, file)
                for slot, values in manifest.slots.items()
                for words, file in values.items()
            },
        )

    def whole(self, words: str) -> Recording | None:
        """The recording of a whole sentence."""
        return self._parts.get(words)

    def of(self, segment: Segment) -> Recording | None:
        """The recording of a part: literal text by its words, a slot by its name and words."""
        if segment.slot is None:
            return self._parts.get(segment.words)
        return self._slots.get((segment.slot, segment.words))


def _read(directory: Path, file: str) -> Recording:
    path = (directory / file).resolve()
    if not path.is_relative_to(directory.resolve()):
        raise RecordingInvalidError(file=file, reason="outside the directory of recordings")
    try:
        with wave.open(str(path), "rb") as source:
            audio = _samples(source)
        return Recording(audio, hashlib.sha256(path.read_bytes()).hexdigest())
    except (OSError, EOFError, wave.Error, ValueError) as error:
        raise RecordingInvalidError(file=file, reason=str(error) or type(error).__name__) from error


def _samples(source: wave.Wave_read) -> Audio:
    rate, frames = source.getframerate(), source.getnframes()
    if source.getsampwidth() != 2:
        raise ValueError("16-bit PCM is expected")
    if not 8_000 <= rate <= 96_000 or frames > _LONGEST * rate:
        raise ValueError(f"8 to 96 kHz and at most {_LONGEST} seconds are expected")
    channels = np.frombuffer(source.readframes(frames), "<i2").reshape(-1, source.getnchannels())
    if not len(channels):
        raise ValueError("the file holds no audio")
    return Audio(from_pcm16(channels.astype(np.int16)).mean(axis=1, dtype=np.float32), rate)
