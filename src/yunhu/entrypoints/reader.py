"""The voice of an API process: loaded when somebody wants to hear a wording, and not before."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from yunhu.foundation.settings import Settings
from yunhu.speech.reading import Segment

if TYPE_CHECKING:
    from yunhu.speech.prompts import PromptCache
    from yunhu.speech.tts.kokoro import KokoroSynthesizer


class LazyReader:
    """Shares the nodes' prompts where they lie on the same machine."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening = asyncio.Lock()
        self._voice: tuple[KokoroSynthesizer, PromptCache] | None = None

    async def read(self, words: Sequence[Segment]) -> bytes:
        """A WAV file of what a callee would hear."""
        async with self._opening:
            if self._voice is None:
                self._voice = await asyncio.to_thread(self._open)
        from yunhu.speech.say import say  # noqa: PLC0415 as below

        return await say(self._voice[1], words)

    async def close(self) -> None:
        """End the voice's threads."""
        voice, self._voice = self._voice, None
        if voice is not None:
            await asyncio.to_thread(voice[0].close)

    def _open(self) -> "tuple[KokoroSynthesizer, PromptCache]":
        from yunhu.speech.prompts import PromptCache, PromptSettings  # noqa: PLC0415 heavy, as the voice itself
        from yunhu.speech.tts.kokoro import KokoroSettings, KokoroSynthesizer  # noqa: PLC0415

        settings = self._settings
        synthesizer = KokoroSynthesizer(KokoroSettings(data_directory=settings.models_dir))
        cache = PromptCache(
            settings.prompts_dir, synthesizer, PromptSettings(max_mib=settings.prompt_cache_mib)
        )
        return synthesizer, cache
