"""Import of consents as a task: one pass over the sealed file, one transaction, memory of one block of lines."""

import asyncio
import codecs
import functools
import io
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import IO, Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.consent.errors import ImportBadRowsError
from yunhu.domains.consent.import_rows import REPORT_HEADER, Fault, ReadRow, RowReader, report_lines
from yunhu.domains.consent.repository_consents import REPORT_KIND
from yunhu.domains.documents.public import (
    Document,
    DocumentNotFoundError,
    DocumentStore,
    NewDocument,
    document_by_id,
    open_document,
    store_document,
)
from yunhu.domains.notifications.public import ConsentPurpose, ConsentSource
from yunhu.domains.tasks.public import TaskContext
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.crypto import Vault
from yunhu.foundation.http import Services
from yunhu.foundation.ids import new_id

IMPORT = "consent.import"
_BLOCK = 512 * 1024
"""Characters that are judged and copied together: about 10,000 rows."""

# For this transaction alone: a million rows are sorted in memory.
_SORT_IN_MEMORY = text("SET LOCAL work_mem = '256MB'")
_STAGE = text(
    """
    CREATE TEMPORARY TABLE consent_rows (
        callee_cipher bytea, callee_index bytea, purpose text, given_at timestamptz, valid_until date, reference text
    ) ON COMMIT DROP
    """
)
# What was imported before is known, and what was withdrawn since does not come back. The rows come in the order of
# the callees' index, and their ids (UUID version 7, counted within one moment: RFC 9562 §6.2) in the order of the
# rows, so that every index of the table grows side by side.
_TAKE = text(
    """
    INSERT INTO consents (id, tenant_id, callee_cipher, callee_index, purpose, source, given_at, valid_until,
        reference, document_id, recorded_at, recorded_by)
    SELECT CAST(CAST(:head AS text) || lpad(to_hex(row_number() OVER ()), 8, '0') || CAST(:tail AS text) AS uuid),
        :tenant_id, r.callee_cipher, r.callee_index, r.purpose, :source, r.given_at, r.valid_until,
        r.reference, CAST(:document_id AS uuid), CAST(:now AS timestamptz), :by
    FROM (SELECT DISTINCT ON (callee_index, purpose, given_at, valid_until, reference) * FROM consent_rows
          ORDER BY callee_index, purpose, given_at, valid_until, reference) AS r
    WHERE NOT EXISTS (
        SELECT FROM consents AS c
        WHERE c.tenant_id = :tenant_id AND c.callee_index = r.callee_index AND c.purpose = r.purpose
          AND (c.withdrawn_at >= r.given_at OR (c.withdrawn_at IS NULL AND c.source = :source
               AND c.given_at = r.given_at AND c.reference = r.reference
               AND c.valid_until IS NOT DISTINCT FROM r.valid_until)))
    """
)


class ImportWish(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is to be taken."""

    purpose: ConsentPurpose
    encoding: str = "utf-8"
    skip_bad_rows: bool = False
    evidence_document_id: UUID | None = None


class Counts(msgspec.Struct):
    """What became of the rows, for the task's report."""

    rows: int = 0
    imported: int = 0
    known: int = 0
    """Imported before, twice in the file, or withdrawn since."""
    bad: int = 0


class ConsentImporter:
    """Does one task of the kind `IMPORT`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._store = DocumentStore(services.settings.documents_dir, services.vault)

    async def run(self, context: TaskContext) -> None:
        """All rows or none: a task that is taken up again begins anew.

        Raises `ImportHeaderError`, and `ImportBadRowsError` unless bad rows are to be skipped.
        """
        if context.input_document_id is None or context.tenant_id is None:
            raise DocumentNotFoundError
        wish = msgspec.convert(context.parameters, ImportWish)
        actor = Actor(ActorKind.SYSTEM, context.created_by)
        async with self._services.database.transaction() as session:
            document = await document_by_id(session, context.input_document_id, context.tenant_id)
        counts = Counts()
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as report:
            report.write(REPORT_HEADER)
            try:
                await self._import(context, wish, document, counts, report, actor)
            finally:
                if counts.bad:
                    context.result_document_id = await self._keep_report(report, context.tenant_id, actor)
                context.report = msgspec.to_builtins(counts)

    async def _import(
        self,
        context: TaskContext,
        wish: ImportWish,
        document: Document,
        counts: Counts,
        report: IO[str],
        actor: Actor,
    ) -> None:
        now, vault = self._services.clock.now(), self._services.vault
        reader: RowReader | None = None
        seen_bytes, line = 0, 1
        async with self._services.database.transaction() as session:
            await session.execute(_SORT_IN_MEMORY)
            await session.execute(_STAGE)
            driver = await _driver_of(session)
            async for lines, bytes_ in line_blocks(open_document(self._store, document), wish.encoding):
                if reader is None:
                    reader, lines, line = RowReader(lines[0], wish.purpose, now), lines[1:], 2  # noqa: PLW2901
                rows, faults, good = await asyncio.to_thread(_judge, reader, lines, line, vault)
                line += len(lines)
                report.writelines(report_lines(faults))
                counts.bad += len(faults)
                counts.rows += good + len(faults)
                if not counts.bad or wish.skip_bad_rows:
                    await driver.copy_to_table("consent_rows", source=io.BytesIO(rows), format="text")
                seen_bytes += bytes_
                await context.progress(counts.rows, _estimate(counts.rows, seen_bytes, document.bytes))
            if counts.bad and not wish.skip_bad_rows:
                raise ImportBadRowsError(f"{counts.bad} of {counts.rows} rows", bad_rows=counts.bad)
            await self._take(session, context, wish, counts, actor)
        await context.progress(counts.rows, counts.rows)

    async def _take(
        self, session: AsyncSession, context: TaskContext, wish: ImportWish, counts: Counts, actor: Actor
    ) -> None:
        now = self._services.clock.now()
        await session.execute(text("ANALYZE consent_rows"))
        base = new_id().hex
        values = {
            "head": base[:20],
            "tail": base[28:],
            "tenant_id": context.tenant_id,
            "source": ConsentSource.IMPORT.value,
            "document_id": wish.evidence_document_id or context.input_document_id,
            "now": now,
            "by": context.created_by,
        }
        result = await session.execute(_TAKE, values)
        counts.imported = int(result.rowcount)  # type: ignore[attr-defined]
        counts.known = counts.rows - counts.bad - counts.imported
        await record(
            session,
            actor,
            action="consent.import",
            subject=("task", context.task_id),
            tenant_id=context.tenant_id,
            after=msgspec.to_builtins(counts),
            now=now,
        )

    async def _keep_report(self, report: IO[str], tenant_id: UUID, actor: Actor) -> UUID:
        new = NewDocument(
            tenant_id=tenant_id,
            kind=REPORT_KIND,
            file_name="consent-import-report.csv",
            media_type="text/csv",
            actor=actor,
            now=self._services.clock.now(),
        )
        async with self._services.database.transaction() as session:
            return (await store_document(session, self._store, new, _content(report))).id


async def line_blocks(pieces: AsyncIterator[bytes], encoding: str) -> AsyncIterator[tuple[list[str], int]]:
    """Whole lines in blocks, with the bytes that were read for them; never more than a block is held.

    What cannot be decoded becomes U+FFFD, which no good row has.
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    waiting, bytes_, begun = "", 0, False
    async for piece in pieces:
        waiting += decoder.decode(piece)
        bytes_ += len(piece)
        if len(waiting) >= _BLOCK:
            whole, newline, rest = waiting.rpartition("\n")
            if newline:
                yield _split(whole), bytes_
                waiting, bytes_, begun = rest, 0, True
    waiting += decoder.decode(b"", final=True)
    if waiting or not begun:
        yield _split(waiting.removesuffix("\n")), bytes_


def _split(text_: str) -> list[str]:
    # Not splitlines(): it also breaks at characters that a cell may hold.
    return [line.removesuffix("\r") for line in text_.split("\n")]


def _judge(
    reader: RowReader, lines: Sequence[str], first_line: int, vault: Vault
) -> tuple[bytes, list[Fault], int]:
    """Good rows as COPY takes them, bad ones, and how many are good."""
    read = list(reader.read(lines, first_line))
    good = [row for row in read if isinstance(row, ReadRow)]
    return copy_rows(good, vault), [row for row in read if isinstance(row, Fault)], len(good)


def copy_rows(rows: Sequence[ReadRow], vault: Vault) -> bytes:
    """Rows of `consent_rows` in COPY's text format. A reference is printable: only its backslashes mean something."""
    sealed = vault.seal_phones([row.phone for row in rows])
    return "".join(
        f"\\\\x{phone.cipher.hex()}\t\\\\x{phone.index.hex()}\t{row.purpose.value}\t{_moment_text(row.given_at)}\t"
        f"{row.valid_until or _NULL}\t{row.reference.replace(_BACKSLASH, _BACKSLASH * 2)}\n"
        for row, phone in zip(rows, sealed, strict=True)
    ).encode()


_NULL, _BACKSLASH = r"\N", "\\"
_moment_text = functools.lru_cache(4096)(datetime.isoformat)


def _estimate(rows: int, seen_bytes: int, all_bytes: int) -> int:
    """How many rows the whole file has, by what was read of it."""
    return rows if not seen_bytes else max(rows, rows * all_bytes // seen_bytes)


async def _content(report: IO[str]) -> AsyncIterator[bytes]:
    report.seek(0)
    while piece := report.read(1 << 16):
        yield piece.encode()


async def _driver_of(session: AsyncSession) -> Any:
    raw = await (await session.connection()).get_raw_connection()
    return raw.driver_connection
