"""How a slice contributes to an evidence pack (证据包).

A slice that can prove something about calls and messages exports one `EvidencePart` from its `public.py`; the slice
`evidence` asks every part about one batch of attempts after the other and writes down what it says. A part reads the
tables of its own slice alone, by the batch's ids, and says the same again while nothing has changed.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.foundation.clock import day_start


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One call or one message: what everything else hangs on."""

    id: UUID
    channel: str
    """`voice` or `sms`."""
    at: datetime
    day: date
    """The natural day of `at`."""
    notification_id: UUID
    callee_index: bytes
    callee_cipher: bytes
    script_version_id: UUID
    filing_version_id: UUID | None
    caller_number_id: UUID | None
    """Of calls alone."""
    result: str
    """In one word; empty while it is not known."""
    summary: str
    """What was said or written, in full."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which attempts a pack is about: those of these ids, of a person, or of a period."""

    call_ids: tuple[UUID, ...] | None = None
    message_ids: tuple[UUID, ...] = ()
    """With `call_ids`."""
    callee_index: bytes | None = None
    days: tuple[date, date] | None = None
    """First and last natural day."""
    until: datetime
    """Nothing that began later belongs to it."""


class AttemptSource(msgspec.Struct, frozen=True):
    """A slice whose rows are attempts."""

    page: Callable[[AsyncSession, UUID, Wanted, Attempt | None, int], Awaitable[Sequence[Attempt]]]
    """Of a tenant, day after day in an order that never changes, behind one attempt, at most so many."""
    count: Callable[[AsyncSession, UUID, Wanted], Awaitable[int]]


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What a part is asked about."""

    tenant_id: UUID
    attempts: Sequence[Attempt]
    callees: frozenset[bytes]
    """Blind indexes; also of a person who was never called."""
    complaints: tuple[UUID, ...] = ()
    """Those that the pack is about."""
    days: tuple[date, date] | None = None
    """The period that the pack is about."""
    until: datetime
    phone: Callable[[bytes], str]
    """Opens a sealed number and masks it, unless the pack may show it whole."""

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From when until when the period lasts; without one no time at all."""
        if self.days is None:
            return self.until, self.until
        first, last = self.days
        return day_start(first), day_start(last + timedelta(days=1)) - timedelta(microseconds=1)

    @property
    def calls(self) -> list[UUID]:
        """Ids of the calls among the attempts."""
        return [attempt.id for attempt in self.attempts if attempt.channel == "voice"]

    @property
    def messages(self) -> list[UUID]:
        """Ids of the messages among the attempts."""
        return [attempt.id for attempt in self.attempts if attempt.channel == "sms"]


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a part has to say."""

    key: str
    """Tells it from every other fact of its part."""
    values: dict[str, Any]
    """By column; JSON values, moments, days, ids, bytes."""
    attempt: UUID | None = None
    """The call or message it belongs to; none: to the person, or to the pack as a whole."""
    documents: tuple[UUID, ...] = ()
    """Papers that prove it."""


class Column(msgspec.Struct, frozen=True):
    """How a value is headed for people."""

    name: str
    zh: str
    en: str


class EvidencePart(msgspec.Struct, frozen=True, kw_only=True):
    """What one slice contributes."""

    name: str
    """Of its file in the pack."""
    zh: str
    en: str
    columns: tuple[Column, ...]
    """In the order in which people read them. A value without a column is in the file only."""
    read: Callable[[AsyncSession, Batch], Awaitable[Sequence[Fact]]]
    """In an order that depends on nothing but the facts."""
    shared: bool = False
    """Its facts are about few things that many attempts share, such as a filing: each is written down once."""
