"""HTTP endpoints for refusals."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from yunhu.domains.consent import repository
from yunhu.domains.consent.errors import RefusalPhoneInvalidError
from yunhu.domains.consent.models import RefusalSource
from yunhu.domains.consent.schemas import RefusalRequest, RefusalView, refusal_view
from yunhu.domains.consent.service import lift, refuse
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses
from yunhu.foundation.phone import InvalidPhoneError, Phone


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
        phone = _phone(data.phone)
        async with services.database.transaction() as session:
            row = await refuse(
                session,
                services.vault,
                tenant_id=caller.tenant_id,
                phone=phone,
                source=RefusalSource.API,
                call_id=None,
                now=services.clock.now(),
            )
            return refusal_view(row, services.vault)

    @get(summary="List refusals", responses=problem_responses(422))
    async def list_refusals(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        phone: Annotated[str | None, QueryParameter(max_length=24)] = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[RefusalView]:
        """Newest first, lifted ones included; of one person with `phone`."""
        before = decode_cursor(cursor, UUID) if cursor is not None else None
        index = services.vault.index_of(_phone(phone)) if phone is not None else None
        async with services.database.transaction() as session:
            rows = await repository.refusals_of(
                session, caller.tenant_id, index=index, before=before, limit=limit + 1
            )
        more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
        return Page([refusal_view(row, services.vault) for row in rows[:limit]], more)

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
        async with services.database.transaction() as session:
            row = await lift(session, caller.tenant_id, refusal_id, services.clock.now())
            return refusal_view(row, services.vault)


def _phone(text: str) -> Phone:
    try:
        return Phone.parse(text)
    except InvalidPhoneError as error:
        raise RefusalPhoneInvalidError(str(error)) from None
