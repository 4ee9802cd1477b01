"""Word lists in the database, and the screens made of them."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.screening.default_words import DEFAULT_LISTS, DEFAULT_VERSION
from yunhu.domains.screening.errors import ScreeningVersionNotFoundError, WordListInvalidError
from yunhu.domains.screening.models import ScreeningVersion
from yunhu.domains.screening.normalise import squeezed
from yunhu.domains.screening.screen import Action, Screen, WordList
from yunhu.foundation.actor import Actor

MOST_WORDS = 50_000
LONGEST_WORD = 50
_LOCK = 0x73637265656E  # two uploads at a time must not lose one another's words
_KEPT_SECONDS = 1.0


class Screens:
    """The screen in force, kept in this process; a new upload is seen within a second."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._screen: Screen | None = None
        self._checked = float("-inf")

    async def current(self, session: AsyncSession) -> Screen:
        """Reads one small value once a second, and the lists when there is a new version."""
        now = self._monotonic()
        if self._screen is None or now - self._checked >= _KEPT_SECONDS:
            newest = await newest_version(session)
            if self._screen is None or self._screen.version != newest:
                self._screen = await screen_of(session, newest)
            self._checked = now
        return self._screen


async def current_screen(session: AsyncSession) -> Screen:
    """The screen in force, built anew: for work that is done now and then."""
    return await screen_of(session, await newest_version(session))


async def newest_version(session: AsyncSession) -> int:
    """Number of the lists in force."""
    return await session.scalar(select(func.max(ScreeningVersion.number))) or DEFAULT_VERSION


async def screen_of(session: AsyncSession, version: int) -> Screen:
    """A screen by any version. Raises `ScreeningVersionNotFoundError`."""
    return Screen(version, await lists_of(session, version))


async def lists_of(session: AsyncSession, version: int) -> dict[str, WordList]:
    """The lists of a version. Raises `ScreeningVersionNotFoundError`."""
    if version == DEFAULT_VERSION:
        return {category: WordList(words) for category, words in DEFAULT_LISTS.items()}
    row = await session.get(ScreeningVersion, version)
    if row is None:
        raise ScreeningVersionNotFoundError(version=version)
    return msgspec.convert(row.lists, dict[str, WordList])


async def versions(session: AsyncSession, before: int | None, limit: int) -> Sequence[ScreeningVersion]:
    """Versions, newest first."""
    query = select(ScreeningVersion).order_by(ScreeningVersion.number.desc()).limit(limit)
    if before is not None:
        query = query.where(ScreeningVersion.number < before)
    return (await session.scalars(query)).all()


async def replace_list(
    session: AsyncSession,
    category: str,
    words: Sequence[str],
    action: Action,
    by: tuple[Actor, str],
    now: datetime,
) -> ScreeningVersion:
    """Put a category's words in the place of what it had; no words take the category away. `by`: who, and why.

    Every upload is a version of its own, so that a verdict can be told from the lists it was given by. Raises
    `WordListInvalidError`.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    newest = await newest_version(session)
    lists = await lists_of(session, newest)
    lists.pop(category, None)
    kept = tuple(dict.fromkeys(word.strip() for word in words if word.strip()))
    _check(kept, lists)
    if kept:
        lists[category] = WordList(kept, action)
    plain: dict[str, Any] = msgspec.to_builtins(lists)
    row = ScreeningVersion(
        number=newest + 1,
        lists=plain,
        digest=hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest(),
        created_at=now,
        created_by=msgspec.to_builtins(by[0]),
        note=by[1],
    )
    session.add(row)
    await session.flush()
    return row


def _check(words: Sequence[str], others: Mapping[str, WordList]) -> None:
    faults = [
        f"word {number} has nothing to search for, or only one letter"
        for number, word in enumerate(words, start=1)
        if len(squeezed(word)) < 2
    ]
    faults += [
        f"word {number} is longer than {LONGEST_WORD} characters"
        for number, word in enumerate(words, start=1)
        if len(word) > LONGEST_WORD
    ]
    total = len(words) + sum(len(list_.words) for list_ in others.values())
    if total > MOST_WORDS:
        faults.append(f"{total} words in all; {MOST_WORDS} are possible")
    if faults:
        raise WordListInvalidError("; ".join(faults[:3]), faults=faults[:20])
