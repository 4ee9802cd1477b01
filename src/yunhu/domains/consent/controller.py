"""HTTP endpoints for refusals, of a tenant and of the whole platform."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from yunhu.domains.audit.public import record
from yunhu.domains.consent import repository
from yunhu.domains.consent.errors import RefusalPhoneInvalidError
from yunhu.domains.consent.links import make_link, token_of, url_of
from yunhu.domains.consent.models import Refusal, RefusalSource
from yunhu.domains.consent.repository import RefusalFilter
from yunhu.domains.consent.schemas import (
    LinkRequest,
    LinkView,
    RefusalRequest,
    RefusalView,
    refusal_view,
)
from yunhu.domains.consent.service import lift, refuse
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.actor import ActorKind
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses
from yunhu.foundation.http.filters import aware
from yunhu.foundation.phone import InvalidPhoneError, Phone

_Phone = Annotated[str | None, QueryParameter(max_length=24)]
_Limit = Annotated[int, QueryParameter(ge=1, le=200)]


class RefusalController(Controller):
    """Persons who want no further calls and texts from the caller's own tenant."""

    path = "/refusals"
    tags = ("Refusals",)
    guards = (requires(Scope.REFUSALS_WRITE),)

    @post(summary="Record a refusal", responses=problem_responses(422))
    async def record(
        self,
        data: JSONBody[RefusalRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> RefusalView:
        """Honoured at once: what waits is dropped, what rings or talks is ended. Saying it again changes nothing."""
        source = RefusalSource.AGENT if caller.actor.kind is ActorKind.USER else RefusalSource.API
        return await _record(services, caller, caller.tenant_id, data, source)

    @get(summary="List refusals", responses=problem_responses(422))
    async def list_refusals(  # noqa: PLR0917 one parameter a filter of the API
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        phone: _Phone = None,
        source: FromQuery[RefusalSource | None] = None,
        standing: FromQuery[bool | None] = None,
        said_from: FromQuery[datetime | None] = None,
        said_to: FromQuery[datetime | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: _Limit = 50,
    ) -> Page[RefusalView]:
        """Newest first, lifted ones included; `standing` tells them apart. `said_to` itself is not included."""
        filters = RefusalFilter(
            index=services.vault.index_of(phone_of(phone)) if phone is not None else None,
            source=source,
            standing=standing,
            said_from=aware(said_from, "said_from"),
            said_to=aware(said_to, "said_to"),
        )
        return await _page(services, caller.tenant_id, filters, cursor, limit)

    @post(
        "/{refusal_id:uuid}/lift",
        summary="Lift a refusal",
        status_code=200,
        responses=problem_responses(404),
    )
    async def lift(
        self, refusal_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> RefusalView:
        """The person asked to be called again."""
        return await _lift(services, caller, caller.tenant_id, refusal_id)

    @post("/links", summary="Make a person's link", responses=problem_responses(409, 422))
    async def link(
        self,
        data: JSONBody[LinkRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> LinkView:
        """A page where this one person refuses, or takes it back, without signing in anywhere."""
        link = make_link(caller.tenant_id, phone_of(data.phone), data.valid_days, services.clock.now())
        url = url_of(services.settings.public_url, token_of(link, services.vault))
        return LinkView(url=url, last_day=link.day)


class OperatorRefusalController(Controller):
    """Persons who want no calls and texts of any tenant."""

    path = "/operator/refusals"
    tags = ("Refusals",)
    guards = (requires(Scope.OPERATOR_CONSENTS),)

    @post(summary="Record a refusal of every tenant", responses=problem_responses(422))
    async def record(
        self,
        data: JSONBody[RefusalRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> RefusalView:
        """Binds every tenant, and acts at once on what any of them has open. Saying it again changes nothing."""
        return await _record(services, caller, None, data, RefusalSource.OPERATOR)

    @get(summary="List refusals of every tenant", responses=problem_responses(422))
    async def list_refusals(
        self,
        services: NamedDependency[Services],
        phone: _Phone = None,
        standing: FromQuery[bool | None] = None,
        said_from: FromQuery[datetime | None] = None,
        said_to: FromQuery[datetime | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: _Limit = 50,
    ) -> Page[RefusalView]:
        """Newest first, lifted ones included; those of single tenants are not among them."""
        filters = RefusalFilter(
            index=services.vault.index_of(phone_of(phone)) if phone is not None else None,
            standing=standing,
            said_from=aware(said_from, "said_from"),
            said_to=aware(said_to, "said_to"),
        )
        return await _page(services, None, filters, cursor, limit)

    @post(
        "/{refusal_id:uuid}/lift",
        summary="Lift a refusal of every tenant",
        status_code=200,
        responses=problem_responses(404),
    )
    async def lift(
        self, refusal_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> RefusalView:
        """The person asked to be called again. Refusals of single tenants stand on."""
        return await _lift(services, caller, None, refusal_id)


def phone_of(text: str) -> Phone:
    """Raises `RefusalPhoneInvalidError`."""
    try:
        return Phone.parse(text)
    except InvalidPhoneError as error:
        raise RefusalPhoneInvalidError(str(error)) from None


async def _record(
    services: Services, caller: Caller, tenant_id: UUID | None, data: RefusalRequest, source: RefusalSource
) -> RefusalView:
    phone, now = phone_of(data.phone), services.clock.now()
    async with services.database.transaction() as session:
        known = await repository.standing(session, tenant_id, services.vault.index_of(phone))
        row = await refuse(
            session,
            services.vault,
            tenant_id=tenant_id,
            phone=phone,
            source=source,
            call_id=None,
            now=now,
            by=caller.actor.name,
        )
        if known is None:
            after = {"source": row.source}
            await record(session, caller.actor, action="refusal.record", subject=("refusal", row.id),
                         tenant_id=tenant_id, after=after, now=now)  # fmt: skip
    return refusal_view(row, services.vault)


async def _lift(services: Services, caller: Caller, tenant_id: UUID | None, refusal_id: UUID) -> RefusalView:
    now = services.clock.now()
    async with services.database.transaction() as session:
        row: Refusal = await lift(session, tenant_id, refusal_id, now, caller.actor.name)
        if row.lifted_at == now:
            after = {"lifted_at": row.lifted_at}
            await record(session, caller.actor, action="refusal.lift", subject=("refusal", row.id),
                         tenant_id=tenant_id, after=after, now=now)  # fmt: skip
    return refusal_view(row, services.vault)


async def _page(
    services: Services, tenant_id: UUID | None, filters: RefusalFilter, cursor: str | None, limit: int
) -> Page[RefusalView]:
    before = decode_cursor(cursor, UUID) if cursor is not None else None
    async with services.database.transaction() as session:
        rows = await repository.refusals_of(session, tenant_id, filters, before=before, limit=limit + 1)
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page([refusal_view(row, services.vault) for row in rows[:limit]], more)
