"""HTTP endpoints of the operator's review desk."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import look
from yunhu.domains.documents.public import (
    DocumentNotFoundError,
    DocumentStore,
    document_by_id,
    open_document,
)
from yunhu.domains.filings import desk, repository, review, service
from yunhu.domains.filings.controller import note, page_of
from yunhu.domains.filings.errors import FilingTenantUnknownError
from yunhu.domains.filings.models import Filing
from yunhu.domains.filings.rules import Validity
from yunhu.domains.filings.schemas import (
    ApprovalRequest,
    FilingComparison,
    FilingDetail,
    FilingView,
    NewFiling,
    RemarksRequest,
    ReviewRequest,
    filing_view,
)
from yunhu.domains.filings.states import FilingState
from yunhu.domains.identity.public import Caller, Scope, Tenant, requires
from yunhu.domains.screening.public import Screens
from yunhu.foundation.http import Page, Services, problem_responses
from yunhu.foundation.http.filters import Order
from yunhu.foundation.ids import new_id

TenantSlug = Annotated[str | None, QueryParameter(max_length=64)]


class OperatorFilingController(Controller):
    """备案审核: what tenants submitted."""

    path = "/operator/filings"
    tags = ("Filings",)
    guards = (requires(Scope.OPERATOR_FILINGS),)

    @get(summary="Filings of all tenants", responses=problem_responses(404, 422))
    async def queue(
        self,
        services: NamedDependency[Services],
        standing: Annotated[FilingState | None, QueryParameter(name="state")] = None,
        tenant: TenantSlug = None,
        order: FromQuery[Order] = Order.NEWEST,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[FilingView]:
        """Newest first; `state=submitted` waits for a review, `state=reviewed` for another person's decision."""
        tenant_id = None
        if tenant is not None:
            async with services.database.transaction() as session:
                tenant_id = await _tenant_id(session, tenant)
        filters = repository.Filters(tenant_id=tenant_id, state=standing, oldest_first=order is Order.OLDEST)
        return await page_of(services, filters, cursor, limit)

    @post(summary="Draft a filing for a tenant", responses=problem_responses(404, 409, 422))
    async def draft(
        self,
        tenant: Annotated[str, QueryParameter(max_length=64)],
        data: JSONBody[NewFiling],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> FilingView:
        """The tenant submits it. Who drafted it cannot decide on it."""
        now = services.clock.now()
        async with services.database.transaction() as session:
            tenant_id = await _tenant_id(session, tenant)
            filing = Filing(id=new_id(), tenant_id=tenant_id, slug=data.slug, name=data.name, created_at=now)
            version = await service.open_filing(session, filing, data.content, caller.actor, now)
            await note(session, caller, "filing.draft", version)
        return filing_view(version, filing, now)

    @get("/{version_id:uuid}", summary="One filing", responses=problem_responses(404))
    async def show(
        self,
        version_id: FromPath[UUID],
        services: NamedDependency[Services],
        screens: NamedDependency[Screens],
    ) -> FilingDetail:
        """The whole package, its scripts screened by the lists in force."""
        async with services.database.transaction() as session:
            pair = await service.version_of(session, None, version_id, lock=False)
            return await desk.detail_of(session, pair, await screens.current(session), services.clock.now())

    @get(
        "/{version_id:uuid}/comparison",
        summary="Compare with the one in force",
        responses=problem_responses(404),
    )
    async def comparison(
        self, version_id: FromPath[UUID], services: NamedDependency[Services]
    ) -> FilingComparison:
        """Fields, and scripts word by word."""
        async with services.database.transaction() as session:
            pair = await service.version_of(session, None, version_id, lock=False)
            return await desk.comparison_of(session, pair.FilingVersion, services.clock.now())

    @get(
        "/{version_id:uuid}/attachments/{document_id:uuid}",
        summary="Download a filed document",
        responses=problem_responses(404, 410),
    )
    async def attachment(
        self,
        version_id: FromPath[UUID],
        document_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        documents: NamedDependency[DocumentStore],
    ) -> Stream:
        """What the tenant attached to this version, and nothing else of its documents. Who read it is put on record."""
        async with services.database.transaction() as session:
            version = (await service.version_of(session, None, version_id, lock=False)).FilingVersion
            if document_id not in service.content_of(version).attachments:
                raise DocumentNotFoundError
            row = await document_by_id(session, document_id, version.tenant_id)
            content = open_document(documents, row)
            subject = ("document", row.id)
            await look(session, caller.actor, kind="document", subject=subject, tenant_id=version.tenant_id)
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.file_name)}",
            "Content-Length": str(row.bytes),
            "X-Content-Type-Options": "nosniff",
        }
        return Stream(content, media_type=row.media_type, headers=headers)

    @post(
        "/{version_id:uuid}/review",
        summary="Review a filing",
        status_code=200,
        responses=problem_responses(403, 404, 409, 422),
    )
    async def pass_review(
        self,
        version_id: FromPath[UUID],
        data: JSONBody[ReviewRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> FilingView:
        """The first of two people finds it in order; another one approves."""
        now = services.clock.now()
        async with services.database.transaction() as session:
            pair = await service.version_of(session, None, version_id)
            await review.pass_review(session, pair.FilingVersion, caller.actor, data.remarks, now)
            await note(session, caller, "filing.review", pair.FilingVersion)
        return filing_view(pair.FilingVersion, pair.Filing, now)

    @post(
        "/{version_id:uuid}/approve",
        summary="Approve a filing",
        status_code=200,
        responses=problem_responses(403, 404, 409, 422),
    )
    async def approve(
        self,
        version_id: FromPath[UUID],
        data: JSONBody[ApprovalRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> FilingView:
        """By somebody who neither drafted, submitted nor reviewed it. The answer says from when to when it holds."""
        now = services.clock.now()
        validity = Validity(data.valid_from, data.valid_until)
        async with services.database.transaction() as session:
            pair = await service.version_of(session, None, version_id)
            await review.approve(session, pair.FilingVersion, caller.actor, validity, now)
            await note(session, caller, "filing.approve", pair.FilingVersion)
        return filing_view(pair.FilingVersion, pair.Filing, now)

    @post(
        "/{version_id:uuid}/return",
        summary="Return a filing with remarks",
        status_code=200,
        responses=problem_responses(403, 404, 409, 422),
    )
    async def send_back(
        self,
        version_id: FromPath[UUID],
        data: JSONBody[RemarksRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> FilingView:
        """The tenant changes it and submits it again."""
        now = services.clock.now()
        async with services.database.transaction() as session:
            pair = await service.version_of(session, None, version_id)
            await review.send_back(session, pair.FilingVersion, caller.actor, data.remarks, now)
            await note(session, caller, "filing.return", pair.FilingVersion)
        return filing_view(pair.FilingVersion, pair.Filing, now)


async def _tenant_id(session: AsyncSession, slug: str) -> UUID:
    tenant_id = await session.scalar(select(Tenant.id).where(Tenant.slug == slug))
    if tenant_id is None:
        raise FilingTenantUnknownError(tenant=slug)
    return tenant_id
