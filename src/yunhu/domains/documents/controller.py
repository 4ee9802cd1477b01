"""HTTP endpoints of documents, for tenants and for the operator."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery, QueryParameter
from litestar.response import Stream
from msgspec import Meta
from sqlalchemy import select

from yunhu.domains.audit.public import look, record
from yunhu.domains.documents.errors import DocumentNotFoundError
from yunhu.domains.documents.models import HANDED_OUT_ELSEWHERE, Document
from yunhu.domains.documents.store import (
    DocumentStore,
    NewDocument,
    document_by_id,
    open_document,
    store_document,
)
from yunhu.domains.documents.types import FIRST_BYTES, media_type_of
from yunhu.domains.documents.uses import DocumentUse, uses_of
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses

MOST_BYTES = 100 * 1024 * 1024
_CHUNK = 1 << 16
_KIND_OF = QueryParameter(pattern=r"^[a-z][a-z0-9_]{0,39}$", min_length=1, max_length=40)
_Kind = Annotated[str, _KIND_OF]
_OptionalKind = Annotated[str | None, _KIND_OF]


class DocumentView(msgspec.Struct, frozen=True, kw_only=True):
    """What a document is; its content is another request."""

    id: UUID
    kind: str
    file_name: str
    media_type: str
    bytes: int
    sha256: Annotated[str, Meta(description="Of the content, hexadecimal.")]
    created_at: datetime
    created_by: str
    erased_at: datetime | None


class Upload(msgspec.Struct):
    """The form of an upload."""

    file: UploadFile


def document_view(row: Document) -> DocumentView:
    """The wire form of a document."""
    return DocumentView(
        id=row.id,
        kind=row.kind,
        file_name=row.file_name,
        media_type=row.media_type,
        bytes=row.bytes,
        sha256=row.sha256,
        created_at=row.created_at,
        created_by=row.created_by,
        erased_at=row.erased_at,
    )


class DocumentController(Controller):
    """Documents of the caller's own tenant."""

    path = "/documents"
    tags = ("Documents",)
    guards = (requires(Scope.DOCUMENTS_READ),)

    @post(
        summary="Upload a document",
        guards=[requires(Scope.DOCUMENTS_WRITE)],
        request_max_body_size=MOST_BYTES + _CHUNK,
        responses=problem_responses(413, 415, 422),
    )
    async def upload(
        self,
        data: Annotated[Upload, Body(media_type=RequestEncodingType.MULTI_PART)],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        documents: NamedDependency[DocumentStore],
        kind: _Kind = "attachment",
    ) -> DocumentView:
        """PDF, PNG, JPEG, XLSX, CSV, TXT, JSON, WAV or ZIP, told by its first bytes. Encrypted on disk."""
        return await _upload(data.file, kind, caller, services, documents, caller.tenant_id)

    @get(summary="List documents", responses=problem_responses(422))
    async def list_documents(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        kind: _OptionalKind = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[DocumentView]:
        """Newest first."""
        return await _list(services, caller.tenant_id, kind, cursor, limit)

    @get("/{document_id:uuid}/content", summary="Download a document", responses=problem_responses(404, 410))
    async def download(
        self,
        document_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        documents: NamedDependency[DocumentStore],
    ) -> Stream:
        """Always as an attachment. Who downloaded is put on record."""
        return await _download(document_id, caller, services, documents, caller.tenant_id)

    @get("/{document_id:uuid}/uses", summary="Where a document is used", responses=problem_responses(404))
    async def uses(
        self,
        document_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> list[DocumentUse]:
        """Kinds and ids of what uses it, at most 50; nothing of the content."""
        return await _uses(document_id, services, caller.tenant_id)


class OperatorDocumentController(Controller):
    """The operator's own documents."""

    path = "/operator/documents"
    tags = ("Documents",)
    guards = (requires(Scope.OPERATOR_DOCUMENTS),)

    @post(
        summary="Upload a document of the operator",
        request_max_body_size=MOST_BYTES + _CHUNK,
        responses=problem_responses(413, 415, 422),
    )
    async def upload(
        self,
        data: Annotated[Upload, Body(media_type=RequestEncodingType.MULTI_PART)],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        documents: NamedDependency[DocumentStore],
        kind: _Kind = "attachment",
    ) -> DocumentView:
        """As tenants do."""
        return await _upload(data.file, kind, caller, services, documents, None)

    @get(summary="List the operator's documents", responses=problem_responses(422))
    async def list_documents(
        self,
        services: NamedDependency[Services],
        kind: _OptionalKind = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[DocumentView]:
        """Newest first."""
        return await _list(services, None, kind, cursor, limit)

    @get(
        "/{document_id:uuid}/content",
        summary="Download a document of the operator",
        responses=problem_responses(404, 410),
    )
    async def download(
        self,
        document_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        documents: NamedDependency[DocumentStore],
    ) -> Stream:
        """Always as an attachment. Who downloaded is put on record."""
        return await _download(document_id, caller, services, documents, None)

    @get(
        "/{document_id:uuid}/uses",
        summary="Where a document of the operator is used",
        responses=problem_responses(404),
    )
    async def uses(
        self, document_id: FromPath[UUID], services: NamedDependency[Services]
    ) -> list[DocumentUse]:
        """Kinds and ids of what uses it, at most 50; nothing of the content."""
        return await _uses(document_id, services, None)


async def _upload(
    file: UploadFile,
    kind: str,
    caller: Caller,
    services: Services,
    documents: DocumentStore,
    tenant_id: UUID | None,
) -> DocumentView:
    first = await file.read(FIRST_BYTES)
    media_type = media_type_of(file.filename, first)
    now = services.clock.now()
    async with services.database.transaction() as session:
        new = NewDocument(
            tenant_id=tenant_id,
            kind=kind,
            file_name=file.filename,
            media_type=media_type,
            actor=caller.actor,
            now=now,
        )
        row = await store_document(session, documents, new, _content(first, file), most_bytes=MOST_BYTES)
        await record(
            session,
            caller.actor,
            action="document.upload",
            subject=("document", row.id),
            tenant_id=tenant_id,
            after={"file_name": row.file_name, "sha256": row.sha256, "kind": kind},
            now=now,
        )
    return document_view(row)


async def _content(first: bytes, file: UploadFile) -> AsyncIterator[bytes]:
    yield first
    while data := await file.read(_CHUNK):
        yield data


async def _list(
    services: Services, tenant_id: UUID | None, kind: str | None, cursor: str | None, limit: int
) -> Page[DocumentView]:
    query = select(Document).order_by(Document.id.desc()).limit(limit + 1)
    query = query.where(Document.tenant_id == tenant_id if tenant_id else Document.tenant_id.is_(None))
    query = query.where(Document.kind.not_in(HANDED_OUT_ELSEWHERE))
    if kind is not None:
        query = query.where(Document.kind == kind)
    if cursor is not None:
        query = query.where(Document.id < decode_cursor(cursor, UUID))
    async with services.database.transaction() as session:
        rows = (await session.scalars(query)).all()
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page([document_view(row) for row in rows[:limit]], more)


async def _download(
    document_id: UUID,
    caller: Caller,
    services: Services,
    documents: DocumentStore,
    tenant_id: UUID | None,
) -> Stream:
    async with services.database.transaction() as session:
        row = await document_by_id(session, document_id, tenant_id)
        if row.kind in HANDED_OUT_ELSEWHERE:
            raise DocumentNotFoundError
        content = open_document(documents, row)
        subject = ("document", row.id)
        await look(session, caller.actor, kind="document", subject=subject, tenant_id=tenant_id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.file_name)}",
        "Content-Length": str(row.bytes),
        "X-Content-Type-Options": "nosniff",
    }
    return Stream(content, media_type=row.media_type, headers=headers)


async def _uses(document_id: UUID, services: Services, tenant_id: UUID | None) -> list[DocumentUse]:
    async with services.database.transaction() as session:
        row = await document_by_id(session, document_id, tenant_id)
        if row.kind in HANDED_OUT_ELSEWHERE:
            raise DocumentNotFoundError
        return await uses_of(session, row.id, tenant_id)
