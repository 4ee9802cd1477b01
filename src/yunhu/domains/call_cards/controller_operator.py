"""HTTP endpoints of call cards for the operator: the review desk, and the ways by which cards go out."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.call_cards import repository
from yunhu.domains.call_cards.controller import note_profile, profile_page
from yunhu.domains.call_cards.errors import CarrierInvalidError, ProfileNotFoundError, TenantUnknownError
from yunhu.domains.call_cards.models import ProfileState
from yunhu.domains.call_cards.schemas import (
    CarrierRequest,
    CarrierView,
    ProfileView,
    ReviewRequest,
    TenantCarrierView,
    carrier_view,
    profile_view,
)
from yunhu.domains.call_cards.service import Review, find_profile, review_profile, set_carrier
from yunhu.domains.documents.public import DocumentStore, document_by_id, open_document
from yunhu.domains.identity.public import Caller, Scope, Tenant, requires
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses


class CardReviewController(Controller):
    """Profiles that wait for a decision, and all others."""

    path = "/operator/card-profiles"
    tags = ("Call cards",)
    guards = (requires(Scope.OPERATOR_CARDS),)

    @get(summary="List card profiles of all tenants", responses=problem_responses(404, 422))
    async def list_profiles(
        self,
        services: NamedDependency[Services],
        tenant: Annotated[str | None, QueryParameter(max_length=64)] = None,
        in_state: Annotated[ProfileState | None, QueryParameter(name="state")] = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[ProfileView]:
        """Newest first; `state=submitted` is the review desk's queue."""
        tenant_id = None
        if tenant is not None:
            async with services.database.transaction() as session:
                tenant_id = await tenant_id_of(session, tenant)
        return await profile_page(services, tenant_id, in_state, cursor, limit)

    @get("/{profile_id:uuid}/logo", summary="The logo under review", responses=problem_responses(404, 410))
    async def logo(
        self,
        profile_id: FromPath[UUID],
        services: NamedDependency[Services],
        documents: NamedDependency[DocumentStore],
    ) -> Response[bytes]:
        """PNG or JPEG, also before it is approved."""
        async with services.database.transaction() as session:
            row = await find_profile(session, profile_id, None)
            if row.logo_document_id is None:
                raise ProfileNotFoundError("the card has no logo")
            document = await document_by_id(session, row.logo_document_id, row.tenant_id)
            content = open_document(documents, document)
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
        body = b"".join([piece async for piece in content])
        return Response(body, media_type=document.media_type, headers=headers)

    @post(
        "/{profile_id:uuid}/review",
        summary="Approve or return a card profile",
        status_code=200,
        responses=problem_responses(404, 409, 422),
    )
    async def review(
        self,
        profile_id: FromPath[UUID],
        data: JSONBody[ReviewRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ProfileView:
        """Approval takes the place of the profile that is shown now. Who submitted does not approve."""
        review = Review(approved=data.approved, remarks=data.remarks, valid_until=data.valid_until)
        async with services.database.transaction() as session:
            row = await find_profile(session, profile_id, None)
            await review_profile(session, row, review, caller.actor, services.clock.now())
            await note_profile(session, caller, "card_profile.review", row)
        return profile_view(row)


class CardCarriersController(Controller):
    """The ways of all tenants' cards."""

    path = "/operator/card-carriers"
    tags = ("Call cards",)
    guards = (requires(Scope.OPERATOR_CARDS),)

    @get(summary="By which way every tenant's cards go out", responses=problem_responses())
    async def list_carriers(
        self,
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[TenantCarrierView]:
        """By slug. Secrets are shown by their place."""
        after = decode_cursor(cursor, str) if cursor is not None else None
        async with services.database.transaction() as session:
            rows = await repository.carriers_by_tenant(session, after=after, limit=limit + 1)
        more = encode_cursor(rows[limit - 1][0].slug) if len(rows) > limit else None
        views = [
            TenantCarrierView(
                tenant=tenant.slug, name=tenant.name, carrier=carrier_view(row) if row else None
            )
            for tenant, row in rows[:limit]
        ]
        return Page(views, more)


class CardCarrierController(Controller):
    """The way of one tenant's cards."""

    path = "/operator/card-carriers/{tenant:str}"
    tags = ("Call cards",)
    guards = (requires(Scope.OPERATOR_CARDS),)

    @get(summary="By which way a tenant's cards go out", responses=problem_responses(404))
    async def show(self, tenant: FromPath[str], services: NamedDependency[Services]) -> CarrierView:
        """Secrets are shown by their place."""
        async with services.database.transaction() as session:
            row = await repository.carrier_of(session, await tenant_id_of(session, tenant))
        if row is None:
            raise TenantUnknownError("no way is set for this tenant", tenant=tenant)
        return carrier_view(row)

    @put(summary="Set by which way a tenant's cards go out", responses=problem_responses(404, 422))
    async def set(
        self,
        tenant: FromPath[str],
        data: JSONBody[CarrierRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> CarrierView:
        """Call nodes take it up within a second."""
        lead = timedelta(milliseconds=data.lead_ms) if data.lead_ms is not None else None
        if any("\x00" in str(value) for value in data.config.values()):
            raise CarrierInvalidError("a NUL character", field="config")
        async with services.database.transaction() as session:
            tenant_id = await tenant_id_of(session, tenant)
            row = await set_carrier(session, tenant_id, data.kind, data.config, lead, enabled=data.enabled)
            await record(
                session,
                caller.actor,
                action="card_carrier.set",
                subject=("card_carrier", row.id),
                tenant_id=tenant_id,
                after={"kind": row.kind, "lead_ms": row.lead_ms, "enabled": row.enabled},
            )
        return carrier_view(row)


async def tenant_id_of(session: AsyncSession, slug: str) -> UUID:
    """Raises `TenantUnknownError`."""
    tenant_id = await session.scalar(select(Tenant.id).where(Tenant.slug == slug))
    if tenant_id is None:
        raise TenantUnknownError(tenant=slug)
    return tenant_id
