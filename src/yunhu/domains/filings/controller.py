"""HTTP endpoints for filings of the caller's own tenant."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.filings import desk, repository, service
from yunhu.domains.filings.errors import FilingNotFoundError, TenantSubmitsError
from yunhu.domains.filings.models import Filing, FilingVersion
from yunhu.domains.filings.plan import MOST_ATTACHMENTS
from yunhu.domains.filings.schemas import (
    AttachmentRequest,
    ContentRequest,
    FilingComparison,
    FilingDetail,
    FilingView,
    NewFiling,
    filing_view,
)
from yunhu.domains.filings.states import FilingState
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.screening.public import Screens
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses
from yunhu.foundation.http.filters import Order
from yunhu.foundation.ids import new_id

_read = requires(Scope.FILINGS_READ)
_write = requires(Scope.FILINGS_SUBMIT)


class FilingController(Controller):
    """备案: what the tenant has filed."""

    path = "/filings"
    tags = ("Filings",)

    @post(summary="Draft a filing", guards=(_write,), responses=problem_responses(409, 422))
    async def create(
        self,
        data: JSONBody[NewFiling],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> FilingView:
        """Scope, purpose, exact script versions, call plan. Nothing may be called on it before it is approved."""
        now = services.clock.now()
        filing = Filing(
            id=new_id(), tenant_id=caller.tenant_id, slug=data.slug, name=data.name, created_at=now
        )
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            version = await service.open_filing(session, filing, data.content, caller.actor, now)
            await note(session, caller, "filing.draft", version)
        return filing_view(version, filing, now)

    @get(summary="List filings", guards=(_read,), responses=problem_responses(422))
    async def list_filings(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        standing: Annotated[FilingState | None, QueryParameter(name="state")] = None,
        filing: Annotated[str | None, QueryParameter(max_length=64)] = None,
        order: FromQuery[Order] = Order.NEWEST,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[FilingView]:
        """Every version, newest first; of one filing with `filing` (its slug)."""
        filters = repository.Filters(
            tenant_id=caller.tenant_id, state=standing, filing=filing, oldest_first=order is Order.OLDEST
        )
        return await page_of(services, filters, cursor, limit)

    @post(
        "/{slug:str}/versions",
        summary="Draft a change",
        guards=(_write,),
        responses=problem_responses(404, 409, 422),
    )
    async def change(
        self,
        slug: FromPath[str],
        data: JSONBody[ContentRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> FilingView:
        """What is in force stays so until the change is approved and 2 working days have passed."""
        now = services.clock.now()
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            filing = await repository.filing_by_slug(session, caller.tenant_id, slug)
            if filing is None:
                raise FilingNotFoundError
            version = await service.open_change(session, filing, data.content, caller.actor, now)
            await note(session, caller, "filing.draft", version)
        return filing_view(version, filing, now)

    @get("/{version_id:uuid}", summary="One filing", guards=(_read,), responses=problem_responses(404))
    async def show(
        self,
        version_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        screens: NamedDependency[Screens],
    ) -> FilingDetail:
        """The whole package of one version."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            pair = await service.version_of(session, caller.tenant_id, version_id, lock=False)
            return await desk.detail_of(session, pair, await screens.current(session), services.clock.now())

    @get(
        "/{version_id:uuid}/comparison",
        summary="Compare with the one in force",
        guards=(_read,),
        responses=problem_responses(404),
    )
    async def comparison(
        self, version_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> FilingComparison:
        """Fields, and scripts word by word."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            pair = await service.version_of(session, caller.tenant_id, version_id, lock=False)
            return await desk.comparison_of(session, pair.FilingVersion, services.clock.now())

    @put(
        "/{version_id:uuid}",
        summary="Change a draft",
        guards=(_write,),
        responses=problem_responses(404, 409, 422),
    )
    async def edit(
        self,
        version_id: FromPath[UUID],
        data: JSONBody[ContentRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> FilingView:
        """A draft, or what was returned with remarks."""
        now = services.clock.now()
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            pair = await service.version_of(session, caller.tenant_id, version_id)
            await service.edit(session, pair.FilingVersion, data.content, caller.actor, now)
            await note(session, caller, "filing.edit", pair.FilingVersion)
        return filing_view(pair.FilingVersion, pair.Filing, now)

    @post(
        "/{version_id:uuid}/attachments",
        summary="Attach a document",
        guards=(_write,),
        status_code=200,
        responses=problem_responses(404, 409, 422),
    )
    async def attach(
        self,
        version_id: FromPath[UUID],
        data: JSONBody[AttachmentRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> FilingView:
        """To a draft; a second time changes nothing."""
        now = services.clock.now()
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            pair = await service.version_of(session, caller.tenant_id, version_id)
            content = service.content_of(pair.FilingVersion)
            attachments = tuple(dict.fromkeys((*content.attachments, data.document_id)))
            content = msgspec.structs.replace(content, attachments=attachments[:MOST_ATTACHMENTS])
            await service.edit(session, pair.FilingVersion, content, caller.actor, now)
            await note(session, caller, "filing.attach", pair.FilingVersion)
        return filing_view(pair.FilingVersion, pair.Filing, now)

    @post(
        "/{version_id:uuid}/submit",
        summary="Submit a filing",
        guards=(_write,),
        status_code=200,
        responses=problem_responses(403, 404, 409, 422),
    )
    async def submit(
        self,
        version_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        screens: NamedDependency[Screens],
    ) -> FilingView:
        """Its scripts are screened first. From here on it cannot be changed, only withdrawn or returned."""
        if caller.of_operator:
            raise TenantSubmitsError
        now = services.clock.now()
        async with services.database.transaction() as session:
            pair = await service.version_of(session, caller.tenant_id, version_id)
            screen = await screens.current(session)
            await service.submit(session, pair.FilingVersion, caller.actor, screen, now)
            await note(session, caller, "filing.submit", pair.FilingVersion)
        return filing_view(pair.FilingVersion, pair.Filing, now)

    @post(
        "/{version_id:uuid}/withdraw",
        summary="Withdraw a filing",
        guards=(_write,),
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def withdraw(
        self, version_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> FilingView:
        """At any time; one that is in force ends at once, and nothing more is called on it."""
        now = services.clock.now()
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            pair = await service.version_of(session, caller.tenant_id, version_id)
            await service.withdraw(session, pair.FilingVersion, now)
            await note(session, caller, "filing.withdraw", pair.FilingVersion)
        return filing_view(pair.FilingVersion, pair.Filing, now)


async def page_of(
    services: Services, filters: repository.Filters, cursor: str | None, limit: int
) -> Page[FilingView]:
    """One page of a list."""
    if cursor is not None:
        filters = msgspec.structs.replace(filters, before=decode_cursor(cursor, UUID))
    now = services.clock.now()
    async with services.database.transaction() as session:
        rows = await repository.page(session, filters, limit + 1)
    more = encode_cursor(rows[limit - 1].FilingVersion.id) if len(rows) > limit else None
    return Page([filing_view(row.FilingVersion, row.Filing, now) for row in rows[:limit]], more)


async def note(session: AsyncSession, caller: Caller, action: str, version: FilingVersion) -> None:
    """Put a step into the history; last in the transaction."""
    after = {"number": version.number, "state": version.state, "content_hash": version.content_hash}
    if version.in_force is not None:
        after |= {"holds_from": str(version.in_force.lower), "holds_until": str(version.in_force.upper)}
    await record(
        session,
        caller.actor,
        action=action,
        subject=("filing", version.filing_id),
        tenant_id=version.tenant_id,
        after=after,
        reason=version.remarks if action in {"filing.review", "filing.return"} else "",
    )
