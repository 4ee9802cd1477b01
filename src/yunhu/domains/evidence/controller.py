"""HTTP endpoints of evidence packs for a tenant, and for the operator's staff under its grant."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from yunhu.domains.documents.public import DocumentStore, open_document
from yunhu.domains.evidence import repository
from yunhu.domains.evidence.errors import PackNotFoundError
from yunhu.domains.evidence.repository import PackFilters
from yunhu.domains.evidence.schemas import EvidenceRequest, PackView, pack_view
from yunhu.domains.evidence.service import pack_to_hand_out, request_pack, requester_of
from yunhu.domains.evidence.words import SubjectKind
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.tasks.public import tasks_by_id
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses


class EvidenceController(Controller):
    """Evidence packs of the caller's own tenant."""

    path = "/evidence-packs"
    tags = ("Evidence",)
    guards = (requires(Scope.EVIDENCE_READ),)

    @post(summary="Request an evidence pack", status_code=202, responses=problem_responses(403, 404, 422))
    async def request(
        self,
        data: JSONBody[EvidenceRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> PackView:
        """About one call, one phone number, one complaint, or a period. A node makes it; the request is on record."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await request_pack(
                session, services.vault, requester_of(caller), caller.tenant_id, data, services.clock.now()
            )
            tasks = await tasks_by_id(session, [row.task_id] if row.task_id else [])
        return pack_view(row, tasks.get(row.task_id) if row.task_id else None, services.vault)

    @get(summary="List evidence packs", responses=problem_responses(422))
    async def list_packs(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        kind: FromQuery[SubjectKind | None] = None,
        call_id: FromQuery[UUID | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[PackView]:
        """Newest first."""
        filters = PackFilters(tenant_id=caller.tenant_id, kind=kind, call_id=call_id)
        before = decode_cursor(cursor, UUID) if cursor is not None else None
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            rows = await repository.packs_of(session, filters, before=before, limit=limit + 1)
            tasks = await tasks_by_id(session, [row.task_id for row in rows if row.task_id])
        more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
        vault = services.vault
        return Page(
            [pack_view(row, tasks.get(row.task_id) if row.task_id else None, vault) for row in rows[:limit]],
            more,
        )

    @get("/{pack_id:uuid}", summary="One evidence pack", responses=problem_responses(404))
    async def show(
        self, pack_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> PackView:
        """How far it is; when it is done, its content hash and the key that signed it."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await repository.pack_of(session, caller.tenant_id, pack_id)
            if row is None:
                raise PackNotFoundError
            tasks = await tasks_by_id(session, [row.task_id] if row.task_id else [])
        return pack_view(row, tasks.get(row.task_id) if row.task_id else None, services.vault)

    @get(
        "/{pack_id:uuid}/content",
        summary="Download an evidence pack",
        responses=problem_responses(403, 404, 409, 410),
    )
    async def download(
        self,
        pack_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        documents: NamedDependency[DocumentStore],
    ) -> Stream:
        """The signed archive. Who downloaded is put on record."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            document = await pack_to_hand_out(
                session, requester_of(caller), caller.tenant_id, pack_id, services.clock.now()
            )
        content = open_document(documents, document)
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.file_name)}",
            "Content-Length": str(document.bytes),
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return Stream(content, media_type=document.media_type, headers=headers)
