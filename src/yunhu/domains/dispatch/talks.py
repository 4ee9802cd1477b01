"""Makes a robot's talk from filed texts. A call is reserved only when every sentence is already rendered."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.calls.public import KeyAnswer, Sentence, Talk
from yunhu.domains.notifications.public import DeliveryPlan
from yunhu.foundation.errors import YunhuError
from yunhu.speech.reading import ReadingStyle, Segment, Slot, render_segments, render_text
from yunhu.telephony.port import Prompt

# State is read each time: a menu whose version was retired a moment ago must not be spoken (row C2).
_VERSIONS = text(
    """
    SELECT v.id, s.slug AS script, v.text, v.slots, v.text_hash, v.state
    FROM script_versions AS v JOIN scripts AS s ON s.id = v.script_id WHERE v.id = ANY(CAST(:ids AS uuid[]))
    """
)


Words = tuple[Segment, ...]
"""Cut where filed text and slots meet, so that recordings can take a part's place."""


class Line(msgspec.Struct, frozen=True):
    """One sentence to be spoken, in words."""

    words: Words
    script: str
    text_hash: str
    shown: str
    """As people read it."""


class PromptShelf(Protocol):
    """Rendered prompts, by the words they speak."""

    def ready(self, words: Words) -> Prompt | None:
        """At once, from the cache; None when it must be rendered first."""

    async def render(self, words: Words) -> Prompt:
        """Render, however long it takes. Raises `YunhuError` when the voice fails."""


class UnspeakableError(YunhuError):
    """The filed text cannot be spoken with these parameters, or is no longer approved."""

    id = "dispatch.unspeakable"
    status = 422
    title = "The text cannot be spoken"
    title_zh = "话术无法播报"


class Script(msgspec.Struct, frozen=True):
    """What is to be spoken, in words, before it is known whether it is rendered."""

    filled: str
    """The main text as filed with its slots filled: kept with the call."""
    lines: tuple[Line, ...]
    """Main text, then menu, then confirmations in the order of the keys."""
    has_menu: bool
    plan: DeliveryPlan

    def missing(self, shelf: PromptShelf) -> list[Words]:
        """Words that are not rendered yet."""
        return [
            words for words in dict.fromkeys(line.words for line in self.lines) if shelf.ready(words) is None
        ]

    def talk(self, shelf: PromptShelf) -> Talk | None:
        """The talk, or None when something is not rendered."""
        rendered: list[Sentence] = []
        for line in self.lines:
            prompt = shelf.ready(line.words)
            if prompt is None:
                return None
            rendered.append(Sentence(prompt, line.script, line.text_hash, line.shown))
        rest = iter(rendered[1:])
        menu = next(rest) if self.has_menu else None
        keys = {
            key.key: KeyAnswer(key.action, next(rest) if key.confirmation_version_id else None, key.minutes)
            for key in self.plan.keys
        }
        return Talk(text=rendered[0], menu=menu, keys=keys, wait_seconds=self.plan.keys_wait_seconds)


@lru_cache(maxsize=1024)
def _words(
    template: str, slots: tuple[Slot, ...], values: tuple[tuple[str, str], ...], style: ReadingStyle | None
) -> Words:
    """The words of a filled template: reading is pure, costs milliseconds, and a hall says the same all day."""
    return render_segments(template, slots, dict(values), style)


async def write_script(session: AsyncSession, row: Any, plan: DeliveryPlan) -> Script:
    """Put the words of a picked notification together. Raises `UnspeakableError`."""
    style = ReadingStyle(one=plan.queue_digits)
    slots = msgspec.convert(row.slots, tuple[Slot, ...])
    try:
        filled = render_text(row.script_text, row.parameters)
        words = _words(row.script_text, slots, tuple(row.parameters.items()), style)
    except YunhuError as error:
        raise UnspeakableError(error.detail, cause=error.id) from error
    extra_ids = [plan.menu_version_id] if plan.menu_version_id else []
    extra_ids += [key.confirmation_version_id for key in plan.keys if key.confirmation_version_id]
    extras = await _fixed_sentences(session, extra_ids) if extra_ids else ()
    main = Line(words, row.script, row.text_hash, filled)
    return Script(filled, (main, *extras), plan.menu_version_id is not None, plan)


async def _fixed_sentences(session: AsyncSession, ids: Sequence[UUID]) -> tuple[Line, ...]:
    rows = {row.id: row for row in (await session.execute(_VERSIONS, {"ids": list(ids)})).all()}
    lines = []
    for version_id in ids:
        version = rows[version_id]
        if version.state != "approved":
            raise UnspeakableError(f"script {version.script} is no longer approved", script=version.script)
        try:
            words = _words(version.text, (), (), None)
        except YunhuError as error:
            raise UnspeakableError(error.detail, cause=error.id) from error
        lines.append(Line(words, version.script, version.text_hash, version.text))
    return tuple(lines)
