"""HTTP endpoints for consents: record, import, withdraw, show the proof."""

import asyncio
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import RevealLimits, look
from yunhu.domains.consent.controller import phone_of
from yunhu.domains.consent.evidence import (
    ConsentWish,
    Proof,
    find,
    give_consent,
    prove,
    withdraw_consent,
)
from yunhu.domains.consent.importing import IMPORT, ImportWish
from yunhu.domains.consent.repository_consents import ConsentFilter, consents_of
from yunhu.domains.consent.schemas import (
    ConsentRequest,
    ConsentView,
    ImportAccepted,
    ImportRequest,
    ProofView,
    ReasonRequest,
    WithdrawalView,
    consent_view,
    proof_view,
)
from yunhu.domains.documents.public import document_by_id
from yunhu.domains.identity.public import Caller, Scope, Tenant, requires
from yunhu.domains.notifications.public import ConsentPurpose, ConsentSource
from yunhu.domains.tasks.public import enqueue_task
from yunhu.foundation.clock import natural_day
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses

_write = requires(Scope.CONSENTS_WRITE)
_PDF = "application/pdf"


class ConsentController(Controller):
    """Who agreed to what, for the caller's own tenant."""

    path = "/consents"
    tags = ("Consents",)
    guards = (requires(Scope.CONSENTS_READ),)

    @post(
        summary="Record a consent",
        guards=[_write],
        responses={
            **problem_responses(404, 409, 422),
            200: ResponseSpec(
                data_container=ConsentView,
                generate_examples=False,
                description="The same act of consent, which was recorded before.",
            ),
        },
    )
    async def record(
        self,
        data: JSONBody[ConsentRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> Response[ConsentView]:
        """Calls may rest on it at once. 409 when the person withdrew consent after `given_at`."""
        phone, now = services.vault.seal_phone(phone_of(data.phone)), services.clock.now()
        wish = ConsentWish(
            purpose=data.purpose,
            source=ConsentSource(data.source),
            given_at=data.given_at,
            valid_until=data.valid_until,
            reference=data.reference,
            document_id=data.document_id,
        )
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            await _check_document(session, data.document_id, caller.tenant_id)
            row, new = await give_consent(session, caller.tenant_id, phone, wish, caller.actor, now)
        return Response(consent_view(row, services.vault, now), status_code=201 if new else 200)

    @get(summary="List consents", responses=problem_responses(422))
    async def list_consents(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        phone: Annotated[str | None, QueryParameter(max_length=24)] = None,
        purpose: FromQuery[ConsentPurpose | None] = None,
        source: FromQuery[ConsentSource | None] = None,
        standing: FromQuery[bool] = False,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[ConsentView]:
        """Newest first; with `standing` only those that calls may rest on now."""
        now = services.clock.now()
        filters = ConsentFilter(
            index=services.vault.index_of(phone_of(phone)) if phone is not None else None,
            purpose=purpose,
            source=source,
            standing_on=natural_day(now) if standing else None,
        )
        before = decode_cursor(cursor, UUID) if cursor is not None else None
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            rows = await consents_of(session, caller.tenant_id, filters, before=before, limit=limit + 1)
        more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
        return Page([consent_view(row, services.vault, now) for row in rows[:limit]], more)

    @post(
        "/imports",
        summary="Import consents",
        guards=[_write],
        status_code=202,
        responses=problem_responses(404, 422),
    )
    async def import_file(
        self,
        data: JSONBody[ImportRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ImportAccepted:
        """A task does it, wholly or not at all. The columns of the CSV file are named in its first line."""
        wish = ImportWish(
            purpose=data.purpose,
            encoding=data.encoding,
            skip_bad_rows=data.skip_bad_rows,
            evidence_document_id=data.evidence_document_id,
        )
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            await _check_document(session, data.document_id, caller.tenant_id)
            await _check_document(session, data.evidence_document_id, caller.tenant_id)
            task = await enqueue_task(
                session,
                tenant_id=caller.tenant_id,
                kind=IMPORT,
                parameters=msgspec.to_builtins(wish),
                actor=caller.actor,
                now=services.clock.now(),
                input_document_id=data.document_id,
            )
        return ImportAccepted(task.id)

    @get("/{consent_id:uuid}", summary="One consent", responses=problem_responses(404))
    async def show(
        self, consent_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> ConsentView:
        """Also one that no longer holds."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find(session, caller.tenant_id, consent_id)
        return consent_view(row, services.vault, services.clock.now())

    @post(
        "/{consent_id:uuid}/withdraw",
        summary="Withdraw consent",
        guards=[_write],
        status_code=200,
        responses=problem_responses(404),
    )
    async def withdraw(
        self,
        consent_id: FromPath[UUID],
        data: JSONBody[ReasonRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> WithdrawalView:
        """The person no longer agrees to this purpose: all that stands for it ends, and what is open is stopped."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find(session, caller.tenant_id, consent_id)
            purpose = ConsentPurpose(row.purpose)
            count = await withdraw_consent(
                session,
                caller.tenant_id,
                row.callee_index,
                purpose,
                reason=data.reason,
                actor=caller.actor,
                now=services.clock.now(),
            )
        return WithdrawalView(purpose=purpose, withdrawn=count)

    @get("/{consent_id:uuid}/proof", summary="Show the proof", responses=problem_responses(404))
    async def proof(
        self, consent_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> ProofView:
        """What the person whose consent it is agreed to, when and how, and took back."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            found = await prove(session, caller.tenant_id, consent_id, services.clock.now())
        return proof_view(found, services.vault)

    @get(
        "/{consent_id:uuid}/proof.pdf",
        summary="The proof as a document",
        media_type=_PDF,
        responses=problem_responses(404),
    )
    async def proof_document(
        self, consent_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> Response[bytes]:
        """PDF in Chinese, with the number masked."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            found = await prove(session, caller.tenant_id, consent_id, services.clock.now())
            tenant = await session.get_one(Tenant, caller.tenant_id)
        phone = services.vault.open_phone(found.callee_cipher).masked
        return await _document(found, phone, tenant.name)

    @post(
        "/{consent_id:uuid}/proof.pdf",
        summary="The proof as a document, with the whole number",
        guards=[requires(Scope.PHONES_REVEAL)],
        status_code=200,
        media_type=_PDF,
        responses=problem_responses(404),
    )
    async def whole_proof_document(
        self,
        consent_id: FromPath[UUID],
        data: JSONBody[ReasonRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        reveal_limits: NamedDependency[RevealLimits],
    ) -> Response[bytes]:
        """For an authority that asks for it. Who looked, and why, is kept for good."""
        reveal_limits.take(caller.actor)
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            found = await prove(session, caller.tenant_id, consent_id, services.clock.now())
            tenant = await session.get_one(Tenant, caller.tenant_id)
            await look(
                session,
                caller.actor,
                kind="phone",
                subject=("consent", consent_id),
                tenant_id=caller.tenant_id,
                reason=data.reason,
                now=services.clock.now(),
            )
        return await _document(found, services.vault.open_phone(found.callee_cipher).dialled, tenant.name)


async def _document(proof: Proof, phone: str, tenant: str) -> Response[bytes]:
    # Cutting the font takes some tenths of a second, in which others want to be answered.
    content = await asyncio.to_thread(_printed, proof, phone, tenant)
    headers = {
        "Content-Disposition": 'attachment; filename="consent-proof.pdf"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=_PDF, headers=headers)


def _printed(proof: Proof, phone: str, tenant: str) -> bytes:
    from yunhu.domains.consent.proof_pdf import proof_pdf  # noqa: PLC0415 heavy: loaded with the first page

    return proof_pdf(proof, phone, tenant)


async def _check_document(session: AsyncSession, document_id: UUID | None, tenant_id: UUID) -> None:
    if document_id is not None:
        await document_by_id(session, document_id, tenant_id)
