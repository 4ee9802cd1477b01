"""Documents on disk: the file is there and whole before its row is committed, and a file without a row is swept."""

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator, Collection, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.documents.errors import DocumentErasedError, DocumentNotFoundError, DocumentTooBigError
from yunhu.domains.documents.models import Document
from yunhu.domains.documents.types import safe_name
from yunhu.foundation.actor import Actor
from yunhu.foundation.crypto import Vault
from yunhu.foundation.ids import new_id
from yunhu.foundation.sealed_file import open_file, seal_file

ORPHAN_AGE = timedelta(days=1)
"""A file younger than this may belong to a transaction that has not ended."""


class DocumentStore:
    """The folder of documents. API and call nodes that share documents share this folder."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self.folder = folder
        self._vault = vault

    def path_of(self, document_id: UUID) -> Path:
        """Where a document lies: one folder for each of 256 last bytes, so that none grows too long."""
        return self.folder / document_id.hex[-2:] / f"{document_id}.sealed"

    async def write(self, document_id: UUID, content: AsyncIterator[bytes]) -> None:
        """Write a document, whole or not at all."""
        path = self.path_of(document_id)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        try:
            await seal_file(draft, self._vault, content)
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    async def read(self, document_id: UUID) -> AsyncIterator[bytes]:
        """The content in pieces, read off the loop. Raises `DocumentNotFoundError` when the file is not here."""
        pieces = open_file(self.path_of(document_id), self._vault)
        try:
            while (piece := await asyncio.to_thread(_next, pieces)) is not None:
                yield piece
        except FileNotFoundError:
            raise DocumentNotFoundError("the file is not on this machine") from None

    def erase(self, document_id: UUID) -> None:
        """Remove the content; what is not there is gone."""
        self.path_of(document_id).unlink(missing_ok=True)

    def old_files(self) -> Iterator[tuple[Path, UUID | None]]:
        """Files older than `ORPHAN_AGE`; without an id those that were never finished."""
        limit = time.time() - ORPHAN_AGE.total_seconds()
        for path in self.folder.glob("*/*"):
            if path.stat().st_mtime < limit:
                yield path, UUID(path.stem) if path.suffix == ".sealed" else None


class _Measured:
    """Passes content on, counting and hashing it."""

    def __init__(self, content: AsyncIterator[bytes], most_bytes: int | None) -> None:
        self.bytes = 0
        self.sha256 = hashlib.sha256()
        self._content = content
        self._most_bytes = most_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for data in self._content:
            self.bytes += len(data)
            if self._most_bytes is not None and self.bytes > self._most_bytes:
                raise DocumentTooBigError(most_bytes=self._most_bytes)
            self.sha256.update(data)
            yield data


class NewDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What a document is, before its content was seen."""

    tenant_id: UUID | None
    kind: str
    file_name: str
    media_type: str
    actor: Actor
    now: datetime
    retained_until: date | None = None


async def store_document(
    session: AsyncSession,
    store: DocumentStore,
    new: NewDocument,
    content: bytes | AsyncIterator[bytes],
    *,
    most_bytes: int | None = None,
) -> Document:
    """Write the file, then add its row in the caller's transaction. Raises `DocumentTooBigError`."""
    document_id = new_id()
    measured = _Measured(_once(content) if isinstance(content, bytes) else content, most_bytes)
    await store.write(document_id, measured.__aiter__())
    row = Document(
        id=document_id,
        tenant_id=new.tenant_id,
        kind=new.kind,
        file_name=safe_name(new.file_name),
        media_type=new.media_type,
        bytes=measured.bytes,
        sha256=measured.sha256.hexdigest(),
        created_at=new.now,
        created_by=new.actor.name,
        retained_until=new.retained_until,
    )
    session.add(row)
    await session.flush()
    return row


async def document_by_id(session: AsyncSession, document_id: UUID, tenant_id: UUID | None) -> Document:
    """A tenant's document, or with None one of the operator's own. Raises `DocumentNotFoundError`."""
    row = await session.scalar(select(Document).where(Document.id == document_id))
    if row is None or row.tenant_id != tenant_id:
        raise DocumentNotFoundError
    return row


async def documents_by_id(
    session: AsyncSession, ids: Collection[UUID], tenant_id: UUID
) -> dict[UUID, Document]:
    """Those of these papers that are the tenant's or the operator's own."""
    query = select(Document).where(
        Document.id.in_(ids), (Document.tenant_id == tenant_id) | Document.tenant_id.is_(None)
    )
    return {row.id: row for row in await session.scalars(query)} if ids else {}


def open_document(store: DocumentStore, document: Document) -> AsyncIterator[bytes]:
    """The content in pieces. Raises `DocumentErasedError`, `DocumentNotFoundError`."""
    if document.erased_at is not None:
        raise DocumentErasedError
    return store.read(document.id)


async def sweep_orphans(session: AsyncSession, store: DocumentStore) -> int:
    """Remove old files that no row knows; how many."""
    found = [(path, id_) for path, id_ in await asyncio.to_thread(lambda: list(store.old_files()))]
    ids = [id_ for _, id_ in found if id_ is not None]
    known = set(await session.scalars(select(Document.id).where(Document.id.in_(ids)))) if ids else set()
    orphans = [path for path, id_ in found if id_ not in known]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


async def erase_documents(
    session: AsyncSession, store: DocumentStore, kind: str, before: datetime, now: datetime, *, limit: int
) -> int:
    """Erase the content of documents of a kind that were made before a moment; how many. What they were stays known."""
    rows = await session.scalars(
        select(Document)
        .where(Document.kind == kind, Document.erased_at.is_(None), Document.created_at < before)
        .order_by(Document.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = rows.all()
    for row in found:
        await erase_document(store, row, now)
    await session.flush()
    return len(found)


async def erase_document(store: DocumentStore, row: Document, now: datetime) -> None:
    """Erase the content of one document; the caller holds its row."""
    # The file first: after a crash in between it is erased again.
    await asyncio.to_thread(store.erase, row.id)
    row.erased_at = now


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _next(pieces: Iterator[bytes]) -> bytes | None:
    return next(pieces, None)
