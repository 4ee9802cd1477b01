"""The node's prompts: the cache on disk, with the latest ones in memory."""

from collections import OrderedDict

from yunhu.domains.dispatch.public import Words
from yunhu.speech.prompts import PromptCache
from yunhu.telephony.port import Prompt

_IN_MEMORY = 256
"""At 5 s a prompt, about 10 MB."""


class PromptShelf:
    """Rendered prompts by the words they speak (dispatch's `PromptShelf`)."""

    def __init__(self, cache: PromptCache) -> None:
        self._cache = cache
        self._recent: OrderedDict[str, Prompt] = OrderedDict()

    def ready(self, words: Words) -> Prompt | None:
        """At once, from memory or disk; None when it must be rendered first."""
        key = self._cache.prompt_id(words)
        found = self._recent.get(key)
        if found is None:
            cached = self._cache.cached(words)
            return self._keep(Prompt(key, cached.alaw)) if cached else None
        self._recent.move_to_end(key)
        return found

    async def render(self, words: Words) -> Prompt:
        """Render, however long it takes."""
        rendered = await self._cache.ensure(words)
        return self._keep(Prompt(rendered.prompt_id, rendered.alaw))

    def _keep(self, prompt: Prompt) -> Prompt:
        self._recent[prompt.prompt_id] = prompt
        while len(self._recent) > _IN_MEMORY:
            self._recent.popitem(last=False)
        return prompt
