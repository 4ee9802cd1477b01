"""Gathers the facts of a pack, batch by batch, into drafts of its files: memory is that of one batch."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import msgspec

from yunhu.domains.evidence import page
from yunhu.domains.evidence.drafts import Draft, Rows
from yunhu.domains.evidence.manifest import canonical
from yunhu.domains.evidence.models import EvidencePack
from yunhu.domains.evidence.parts import PARTS, SOURCES
from yunhu.domains.evidence.rules import Tally
from yunhu.domains.evidence.sealing import FilePiece, RecordingFiles
from yunhu.domains.evidence.words import SubjectKind
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.evidence import Attempt, Batch, EvidencePart, Fact, Wanted

BATCH = 200
Progress = Callable[[int, int], Awaitable[None]]


class Gathered(msgspec.Struct):
    """What the facts have become."""

    data: dict[str, Draft]
    """By part: one JSON object a line."""
    blocks: Draft
    """Readable: every attempt in full. Empty for a period."""
    days: list[Draft]
    """Pages of a period, a table for each day."""
    shared: dict[str, list[Fact]]
    """Facts about few things, by part."""
    of_person: dict[str, list[Fact]]
    """Facts about no attempt, by part. Empty for a period."""
    documents: list[UUID]
    recordings: Rows
    """A `FilePiece` each, of what goes into the pack."""
    tally: Tally


class Gatherer:
    """One pack's gathering. Not reusable."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        pack: EvidencePack,
        wanted: Wanted,
        *,
        folder: Path,
        recordings: RecordingFiles,
        stack: ExitStack,
    ) -> None:
        self._database = database
        self._vault = vault
        self._pack = pack
        self._wanted = wanted
        self._folder = folder
        self._recordings = recordings
        self._stack = stack
        self._whole = pack.kind != SubjectKind.PERIOD
        self._seen: dict[str, set[str]] = {part.name: set() for part in PARTS if part.shared or self._whole}
        rows = Rows(folder)
        stack.callback(rows.close)
        self._to = Gathered(
            data={part.name: self._draft(f"data/{part.name}.jsonl") for part in PARTS},
            blocks=self._draft(""),
            days=[],
            shared={part.name: [] for part in PARTS if part.shared},
            of_person={part.name: [] for part in PARTS if not part.shared},
            documents=[],
            recordings=rows,
            tally=Tally(),
        )

    async def gather(self, progress: Progress) -> Gathered:
        """Read everything."""
        total = await self._count()
        await progress(0, total)
        if not total:
            await self._take([])
        for source in SOURCES:
            after: Attempt | None = None
            while True:
                async with self._database.tenant_transaction(self._pack.tenant_id) as session:
                    attempts = await source.page(session, self._pack.tenant_id, self._wanted, after, BATCH)
                if not attempts:
                    break
                await self._take(attempts)
                after = attempts[-1]
                await progress(self._to.tally.attempts, total)
        self._to.days.sort(key=lambda day: day.path)
        for day in self._to.days:
            day.write(page.attempts_foot() + page.foot())
        return self._to

    async def _count(self) -> int:
        async with self._database.tenant_transaction(self._pack.tenant_id) as session:
            counts = [await source.count(session, self._pack.tenant_id, self._wanted) for source in SOURCES]
        return sum(counts)

    async def _take(self, attempts: Sequence[Attempt]) -> None:
        batch = self._batch(attempts)
        async with self._database.tenant_transaction(self._pack.tenant_id) as session:
            said = [(part, await part.read(session, batch)) for part in PARTS]
        found = await self._recordings.look(attempts, said)
        # Off the loop: a node that makes a pack also carries calls.
        await asyncio.to_thread(self._write, batch, said, found)

    def _batch(self, attempts: Sequence[Attempt]) -> Batch:
        callees = {attempt.callee_index for attempt in attempts}
        if self._pack.kind == SubjectKind.CALLEE and self._pack.callee_index is not None:
            callees.add(self._pack.callee_index)
        return Batch(
            tenant_id=self._pack.tenant_id,
            attempts=attempts,
            callees=frozenset(callees),
            complaints=(self._pack.complaint_id,) if self._pack.complaint_id else (),
            days=self._wanted.days,
            until=self._pack.requested_at,
            phone=self._phone,
        )

    def _phone(self, cipher: bytes) -> str:
        if not cipher:
            return ""
        phone = self._vault.open_phone(cipher)
        return phone.e164 if self._pack.whole_phones else phone.masked

    def _write(
        self, batch: Batch, said: Sequence[tuple[EvidencePart, Sequence[Fact]]], found: Sequence[FilePiece]
    ) -> None:
        fresh = [(part, [fact for fact in facts if self._is_new(part, fact)]) for part, facts in said]
        for part, facts in fresh:
            self._write_facts(part, facts)
        for piece in found:
            if piece.included:
                self._to.recordings.add(piece)
        told = {piece.call_id: piece.told for piece in found}
        for attempt in batch.attempts:
            self._to.tally.add(attempt)
            if self._whole:
                self._write_block(attempt, said, told.get(attempt.id, ""))
            else:
                self._page_of(attempt).write(page.attempt_row(attempt, self._phone(attempt.callee_cipher)))

    def _is_new(self, part: EvidencePart, fact: Fact) -> bool:
        known = self._seen.get(part.name)
        if known is None:
            return True
        if fact.key in known:
            return False
        known.add(fact.key)
        return True

    def _write_facts(self, part: EvidencePart, facts: Sequence[Fact]) -> None:
        draft = self._to.data[part.name]
        for fact in facts:
            draft.write(canonical(fact.values) + b"\n")
            if part.shared:
                self._to.shared[part.name].append(fact)
            elif fact.attempt is None and self._whole:
                self._to.of_person[part.name].append(fact)
            if self._whole or part.shared:
                self._to.documents += [id_ for id_ in fact.documents if id_ not in self._to.documents]

    def _write_block(
        self, attempt: Attempt, said: Sequence[tuple[EvidencePart, Sequence[Fact]]], recording: str
    ) -> None:
        own = [(part, [fact for fact in facts if fact.attempt == attempt.id]) for part, facts in said]
        self._to.blocks.write(page.attempt_block(self._to.tally.attempts, attempt, own, recording))

    def _page_of(self, attempt: Attempt) -> Draft:
        path = f"pages/{attempt.day.isoformat()}.html"
        for draft in reversed(self._to.days):
            if draft.path == path:
                return draft
        draft = self._draft(path)
        title = f"证据包 {attempt.day.isoformat()}"
        draft.write(page.head(title) + page.h1(title, "Calls and messages of one day") + page.attempts_head())
        self._to.days.append(draft)
        return draft

    def _draft(self, path: str) -> Draft:
        draft = Draft(path, self._folder)
        self._stack.callback(draft.close)
        return draft


def part_named(name: str) -> EvidencePart:
    """One of the parts."""
    return next(part for part in PARTS if part.name == name)


def all_drafts(gathered: Gathered) -> Iterator[Draft]:
    """The files of facts, in the order of the archive."""
    for part in PARTS:
        yield gathered.data[part.name]
