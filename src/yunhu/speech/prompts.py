"""Prompts ready for the wire, by what they say: rendered once, kept by content hash, never rendered in a call."""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec
import structlog

from yunhu.speech.errors import NothingToSayError
from yunhu.speech.port import Audio, SpeechSynthesizer
from yunhu.speech.prompt_store import PromptStore
from yunhu.speech.reading import Segment
from yunhu.speech.recordings import Recordings
from yunhu.speech.tts import g711, telephony
from yunhu.speech.tts.splice import splice
from yunhu.speech.tts.telephony import Loudness, to_telephone

Sentence = str | Sequence[Segment]
"""Words, or the same words cut into parts (`render_segments`), which lets recordings replace single parts."""

_log = structlog.get_logger(__name__)


class PromptSettings(msgspec.Struct, frozen=True):
    """How prompts sound and how much of them is kept. Everything but `max_mib` is part of a prompt's key."""

    voice: str = "zf_xiaobei"
    speed: float = 0.9
    loudness: Loudness = Loudness()
    splice_gap: float = 0.06
    """Seconds between spliced parts."""
    max_mib: int = 512
    """Size of the cache on disk; at 8,000 bytes a second 512 MiB hold about 18 hours."""


class RenderedPrompt(msgspec.Struct, frozen=True):
    """Audio, and the proof of what it says."""

    prompt_id: str
    """Hash of the words and of everything that shapes their sound: equal ids mean equal bytes."""
    words_sha256: str
    """SHA-256 of the words in UTF-8."""
    alaw: bytes
    """G.711 A-law, 8,000 samples a second, mono."""

    @property
    def seconds(self) -> float:
        """Length of the audio."""
        return len(self.alaw) / g711.SAMPLE_RATE


class PromptCache:
    """Renders sentences and keeps them. One a process; processes may share the directory.

    A whole sentence is synthesised at once, as that sounds and is understood best. Only where the hall
    recorded a part of it are the parts rendered apart and joined.
    """

    def __init__(
        self,
        directory: Path,
        synthesizer: SpeechSynthesizer,
        settings: PromptSettings | None = None,
        recordings: Recordings | None = None,
    ) -> None:
        self._settings = settings or PromptSettings()
        self._synthesizer = synthesizer
        self._recordings = recordings or Recordings()
        self._store = PromptStore(directory, self._settings.max_mib << 20)
        self._running: dict[str, asyncio.Task[bytes]] = {}
        self._constants = _constants(self._settings, synthesizer.version)

    def prompt_id(self, sentence: Sentence) -> str:
        """The key of a sentence; changes with the words, the voice, the recordings and the settings."""
        segments = _segments(sentence)
        words = _words(segments)
        whole = self._recordings.whole(words)
        if whole is not None:
            origins = [whole.digest]
        else:
            found = [self._recordings.of(segment) for segment in segments]
            spoken = [
                part.digest if part else segment.words for part, segment in zip(found, segments, strict=True)
            ]
            origins = spoken if any(found) else []
        return hashlib.sha256(msgspec.json.encode([self._constants, words, origins])).hexdigest()

    def cached(self, sentence: Sentence) -> RenderedPrompt | None:
        """The prompt if it was rendered before. Does not wait for anything: this is the call's own way."""
        key = self.prompt_id(sentence)
        alaw = self._store.read(key)
        return None if alaw is None else _prompt(key, sentence, alaw)

    async def ensure(self, sentence: Sentence) -> RenderedPrompt:
        """The prompt, rendered now if need be. The same sentence is rendered once however many ask.

        Raises what `SpeechSynthesizer.synthesize` raises.
        """
        found = self.cached(sentence)
        if found is not None:
            return found
        key = self.prompt_id(sentence)
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(self._render_and_store(key, sentence))
            self._running[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        # one who stops waiting does not take the prompt away from the others
        return _prompt(key, sentence, await asyncio.shield(task))

    def _finished(self, key: str, done: asyncio.Task[bytes]) -> None:
        self._running.pop(key, None)
        if not done.cancelled() and done.exception() is not None:
            _log.warning("speech.prompt_failed", prompt_id=key, error=type(done.exception()).__name__)

    async def _render_and_store(self, key: str, sentence: Sentence) -> bytes:
        segments = _segments(sentence)
        whole = self._recordings.whole(_words(segments))
        if whole is not None:
            alaw = await asyncio.to_thread(to_telephone, whole.audio, self._settings.loudness)
        elif any(self._recordings.of(segment) for segment in segments):
            alaw = await self._spliced(segments)
        else:
            audio = await self._synthesize(_words(segments))
            alaw = await asyncio.to_thread(to_telephone, audio, self._settings.loudness)
        await asyncio.to_thread(self._store.write, key, alaw)
        _log.info("speech.prompt_rendered", prompt_id=key, seconds=len(alaw) / g711.SAMPLE_RATE)
        return alaw

    async def _spliced(self, segments: Sequence[Segment]) -> bytes:
        parts: list[Audio] = []
        for segment in segments:
            recording = self._recordings.of(segment)
            if recording is not None:
                parts.append(recording.audio)
                continue
            try:
                parts.append(await self._synthesize(segment.words))
            except NothingToSayError:
                continue  # a full stop after a recorded slot has no sound of its own
        settings = self._settings
        return await asyncio.to_thread(splice, parts, settings.loudness, gap=settings.splice_gap)

    async def _synthesize(self, words: str) -> Audio:
        settings = self._settings
        return await self._synthesizer.synthesize(words, voice=settings.voice, speed=settings.speed)


def _constants(settings: PromptSettings, version: str) -> list[object]:
    return [
        version,
        telephony.VERSION,
        settings.voice,
        settings.speed,
        settings.loudness,
        settings.splice_gap,
    ]


def _segments(sentence: Sentence) -> Sequence[Segment]:
    return (Segment(sentence),) if isinstance(sentence, str) else sentence


def _words(segments: Sequence[Segment]) -> str:
    return "".join(segment.words for segment in segments)


def _prompt(key: str, sentence: Sentence, alaw: bytes) -> RenderedPrompt:
    words = _words(_segments(sentence))
    return RenderedPrompt(key, hashlib.sha256(words.encode()).hexdigest(), alaw)
