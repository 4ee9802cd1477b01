"""Reading every chain through: is each entry what it was when it was written, and is none missing?

The database alone shows that its entries fit together. Somebody who owns it can write a whole chain anew; that is
noticed with an anchor: heads that were written down elsewhere at some time.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.anchors import Anchor
from yunhu.domains.audit.canonical import EntryForm, entry_hash
from yunhu.domains.audit.models import AuditEntry, AuditHead, EntryKind
from yunhu.foundation.db import Database

_AT_ONCE = 2000
_FORM_FIELDS = tuple(field.name for field in msgspec.structs.fields(EntryForm))
_COLUMNS = [getattr(AuditEntry, name) for name in (*_FORM_FIELDS, "hash")]


class ChainReport(msgspec.Struct, frozen=True):
    """What reading one chain found."""

    chain: UUID
    entries: int
    """How many were read and are sound."""
    cut: int
    """How many older ones were removed after their time."""
    anchors: int
    """How many anchors agree."""
    broken_at: int | None = None
    """Number of the first entry that is not sound."""
    fault: str = ""


class _BrokenError(Exception):
    def __init__(self, sequence: int, fault: str) -> None:
        super().__init__(fault)
        self.sequence = sequence
        self.fault = fault


async def verify_chains(database: Database, anchors: Sequence[Anchor] = ()) -> AsyncIterator[ChainReport]:
    """One report a chain, the operator's first. Memory does not grow with the chains."""
    by_chain: dict[UUID, dict[int, bytes]] = {}
    doubtful: set[UUID] = set()
    for anchor in anchors:
        known = by_chain.setdefault(anchor.chain, {})
        if known.setdefault(anchor.sequence, anchor.hash) != anchor.hash:
            doubtful.add(anchor.chain)
    async with database.transaction() as session:
        chains = set(await session.scalars(select(AuditHead.chain)))
    for chain in sorted(chains | by_chain.keys()):
        if chain in doubtful:
            yield ChainReport(chain, 0, 0, 0, 0, "the anchors contradict one another")
        else:
            yield await _verify_chain(database, chain, by_chain.get(chain, {}))


async def _verify_chain(database: Database, chain: UUID, anchors: Mapping[int, bytes]) -> ChainReport:
    reading = _Reading(anchors)
    async with database.transaction() as session:
        # Head and entries as of one moment, whatever is written meanwhile.
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        head = await session.get(AuditHead, chain)
        if head is None:
            return ChainReport(chain, 0, 0, 0, 0, "the anchor knows a chain that is gone")
        try:
            await reading.read(session, head)
        except _BrokenError as broken:
            return ChainReport(
                chain, reading.entries, head.cut_sequence, reading.agreed, broken.sequence, broken.fault
            )
    return ChainReport(chain, reading.entries, head.cut_sequence, reading.agreed)


async def check_newest(session: AsyncSession, head: AuditHead, most: int) -> tuple[int, int | None]:
    """Read the newest entries of a chain again: how many are sound, and the number of the first that is not.

    The whole chain, and anchors, are for `verify_chains`: this answers while somebody waits.
    """
    reading = _Reading({})
    begin = max(head.cut_sequence, head.sequence - most)
    try:
        before = await _hash_at(session, head, begin)
        await reading.read_from(session, head, begin, before)
    except _BrokenError as broken:
        return reading.entries, broken.sequence
    return reading.entries, None


async def _hash_at(session: AsyncSession, head: AuditHead, sequence: int) -> bytes:
    if sequence == head.cut_sequence:
        return head.cut_hash
    query = select(AuditEntry.hash).where(AuditEntry.chain == head.chain, AuditEntry.sequence == sequence)
    found = await session.scalar(query)
    if found is None:
        raise _BrokenError(sequence, "the entry is missing")
    return found


class _Reading:
    """One way through one chain."""

    def __init__(self, anchors: Mapping[int, bytes]) -> None:
        self._anchors = anchors
        self.entries = 0
        self.agreed = 0
        self._cut_on_record: dict[str, str | None] = {}

    async def read(self, session: AsyncSession, head: AuditHead) -> None:
        """Raises `_BrokenError`."""
        self._check_anchor(head.cut_sequence, head.cut_hash)
        await self.read_from(session, head, head.cut_sequence, head.cut_hash)
        for sequence in sorted(self._anchors):
            if sequence > head.sequence:
                raise _BrokenError(head.sequence + 1, f"an anchor knows entry {sequence}")
        cut = {"cut_sequence": str(head.cut_sequence), "cut_hash": head.cut_hash.hex()}
        if head.cut_sequence and self._cut_on_record != cut:
            raise _BrokenError(head.cut_sequence + 1, "older entries are gone, and no entry says so")

    async def read_from(self, session: AsyncSession, head: AuditHead, after: int, previous: bytes) -> None:
        """Everything after one entry, whose hash is given, up to the head. Raises `_BrokenError`."""
        expected = after + 1
        query = (
            select(*_COLUMNS)
            .where(AuditEntry.chain == head.chain, AuditEntry.sequence >= expected)
            .order_by(AuditEntry.sequence)
        )
        rows = await session.stream(query, execution_options={"yield_per": _AT_ONCE})
        async for row in rows:
            self._check(row, expected, previous)
            expected, previous = expected + 1, row.hash
        if (expected - 1, previous) != (head.sequence, head.hash):
            raise _BrokenError(expected, "the newest entries are missing")

    def _check(self, row: Row[tuple[object, ...]], expected: int, previous: bytes) -> None:
        if row.sequence != expected:
            raise _BrokenError(expected, "the entry is missing")
        if row.previous != previous:
            raise _BrokenError(expected, "the entry does not follow the one before it")
        form = EntryForm(**{name: getattr(row, name) for name in _FORM_FIELDS})
        if entry_hash(form) != row.hash:
            raise _BrokenError(expected, "the entry has been altered")
        self._check_anchor(expected, row.hash)
        if row.kind == EntryKind.CUT:
            self._cut_on_record = {change["name"]: change["after"] for change in row.changes}
        self.entries += 1

    def _check_anchor(self, sequence: int, hash_: bytes) -> None:
        anchored = self._anchors.get(sequence)
        if anchored is None:
            return
        if anchored != hash_:
            raise _BrokenError(sequence, "an anchor knows another entry of this number")
        self.agreed += 1
