"""Makes a pack: facts, pages, papers, recordings, manifest, signature, as one stream of bytes."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import ExitStack, aclosing
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from yunhu.domains.documents.public import Document, DocumentStore, documents_by_id
from yunhu.domains.evidence import repository
from yunhu.domains.evidence.cover import write_index
from yunhu.domains.evidence.drafts import Draft
from yunhu.domains.evidence.gathering import Gathered, Gatherer, Progress, all_drafts
from yunhu.domains.evidence.keys import KeyFolder, Signer
from yunhu.domains.evidence.manifest import canonical
from yunhu.domains.evidence.models import EvidencePack
from yunhu.domains.evidence.sealing import FilePiece, RecordingFiles, Sealer
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.evidence import Wanted


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Where things lie on this machine."""

    keys_dir: Path
    documents_dir: Path
    recordings_dir: Path


class PackBuilder:
    """Makes packs. Knows nothing of tasks and HTTP."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, places: Places) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._places = places
        self._store = DocumentStore(places.documents_dir, vault)

    def signer(self) -> Signer:
        """The key in use."""
        return KeyFolder(self._places.keys_dir).signer(self._clock.now())

    async def stream(
        self, pack: EvidencePack, wanted: Wanted, signer: Signer, outcome: "Outcome", progress: Progress
    ) -> AsyncIterator[bytes]:
        """The archive. The same pack over the same facts gives the same bytes; `outcome` is filled at the end."""
        folder = self._places.documents_dir
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with ExitStack() as stack:
            gatherer = Gatherer(
                self._database,
                self._vault,
                pack,
                wanted,
                folder=folder,
                recordings=RecordingFiles(self._places.recordings_dir, wanted=pack.with_recordings),
                stack=stack,
            )
            gathered = await gatherer.gather(progress)
            sealer = Sealer(signer, folder)
            stack.callback(sealer.close)
            async with aclosing(self._sealed(pack, gathered, sealer, stack)) as sealed:
                async for data in sealed:
                    yield data
            outcome.attempts = gathered.tally.attempts
            outcome.calls = gathered.tally.by_channel.get("voice", 0)
            outcome.messages = gathered.tally.by_channel.get("sms", 0)
            outcome.files = sealer.files
            outcome.content_sha256 = sealer.content.hexdigest()

    async def _sealed(
        self, pack: EvidencePack, gathered: Gathered, sealer: Sealer, stack: ExitStack
    ) -> AsyncGenerator[bytes]:
        told = await self._told(pack)
        papers = await self._papers(pack.tenant_id, gathered.documents)
        index = Draft("index.html", self._places.documents_dir)
        request = Draft("request.json", self._places.documents_dir)
        for draft in (index, request):
            stack.callback(draft.close)
        write_index(index, told, gathered, dict(papers))
        request.write(canonical(told))
        for draft in (index, *gathered.days, *all_drafts(gathered)):
            async for data in sealer.draft(draft):
                yield data
        for name, paper in papers:
            async for data in sealer.document(paper, name, self._store):
                yield data
        pieces = gathered.recordings.read(FilePiece)
        async for data in sealer.recordings(pieces, self._places.recordings_dir):
            yield data
        async for data in sealer.draft(request):
            yield data
        async for data in sealer.end(told):
            yield data

    async def _told(self, pack: EvidencePack) -> dict[str, Any]:
        """Who wants what, for the page, the manifest and `request.json`."""
        async with self._database.tenant_transaction(pack.tenant_id) as session:
            tenant = await repository.tenant_in_words(session, pack.tenant_id)
            earlier = await repository.earlier_packs(session, pack)
        callee = self._vault.open_phone(pack.callee_cipher) if pack.callee_cipher else None
        return {
            "id": pack.id,
            "tenant": {"slug": tenant.slug, "name": tenant.name},
            "subject": {
                "kind": pack.kind,
                "call_id": pack.call_id,
                "complaint_id": pack.complaint_id,
                "callee": (callee.e164 if pack.whole_phones else callee.masked) if callee else None,
                "first_day": pack.first_day,
                "last_day": pack.last_day,
            },
            "with_recordings": pack.with_recordings,
            "whole_phones": pack.whole_phones,
            "reason": pack.reason,
            "requested_by": pack.requested_by,
            "of_operator": pack.of_operator,
            "requested_at": pack.requested_at,
            "earlier_packs": [
                {
                    "id": row.id,
                    "kind": row.kind,
                    "requested_at": row.requested_at,
                    "requested_by": row.requested_by["name"],
                    "reason": row.reason,
                    "content_sha256": row.content_sha256,
                }
                for row in earlier
            ],
        }

    async def _papers(self, tenant_id: UUID, ids: list[UUID]) -> list[tuple[str, Document]]:
        # Papers of numbers are the operator's: outside the tenant's own view of the database.
        async with self._database.transaction() as session:
            found = await documents_by_id(session, ids, tenant_id)
        kept = [found[id_] for id_ in sorted(set(ids)) if id_ in found and found[id_].erased_at is None]
        return [(paper_path(document), document) for document in kept]


class Outcome(msgspec.Struct):
    """What is known when the last byte has been written."""

    attempts: int = 0
    calls: int = 0
    messages: int = 0
    files: int = 0
    """Manifest and signature included."""
    content_sha256: str = ""


def paper_path(document: Document) -> str:
    """Where a paper lies in a pack; names of archives are ASCII."""
    suffix = Path(document.file_name).suffix.lower()
    return f"documents/{document.id}{suffix if suffix.isascii() and suffix[1:].isalnum() else ''}"
