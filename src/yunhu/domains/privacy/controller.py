"""HTTP endpoints of retention: a tenant's terms, the operator's minima."""

from typing import Annotated

import msgspec
from litestar import Controller, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.privacy.kinds import LONGEST, DataKind
from yunhu.domains.privacy.schemas import Reason
from yunhu.domains.privacy.terms import TermView, set_term, tenant_by_slug, terms_of
from yunhu.foundation.http import Services, problem_responses


class TermRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long, and why."""

    days: Annotated[int, Meta(ge=1, le=LONGEST)]
    reason: Reason


class RetentionController(Controller):
    """Terms of the caller's own tenant."""

    path = "/retention"
    tags = ("Retention",)
    guards = (requires(Scope.GRANTS_MANAGE),)

    @get(summary="Show how long data is kept", responses=problem_responses())
    async def show(
        self, caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> list[TermView]:
        """One entry a kind of data, in days, with how much has been removed."""
        async with services.database.transaction() as session:  # the operator's minima are no tenant's rows
            return await terms_of(session, caller.tenant_id)

    @put("/{kind:str}", summary="Set how long a kind of data is kept", responses=problem_responses(422))
    async def change(
        self,
        kind: FromPath[DataKind],
        data: JSONBody[TermRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> TermView:
        """Not below the operator's minimum. Holds from the next look on, within a day."""
        async with services.database.transaction() as session:
            return await set_term(
                session,
                caller.actor,
                tenant_id=caller.tenant_id,
                kind=kind,
                days=data.days,
                reason=data.reason,
                now=services.clock.now(),
            )


class OperatorRetentionController(Controller):
    """The least that every tenant has to keep, and what a tenant keeps."""

    path = "/operator/retention"
    tags = ("Retention",)
    guards = (requires(Scope.OPERATOR_TENANTS),)

    @get(summary="Show minima, or a tenant's terms", responses=problem_responses(404))
    async def show(
        self,
        services: NamedDependency[Services],
        tenant: Annotated[str | None, QueryParameter(max_length=64)] = None,
    ) -> list[TermView]:
        """One entry a kind of data, in days."""
        async with services.database.transaction() as session:
            tenant_id = None if tenant is None else await tenant_by_slug(session, tenant)
            return await terms_of(session, tenant_id)

    @put("/{kind:str}", summary="Set a minimum", responses=problem_responses(422))
    async def change(
        self,
        kind: FromPath[DataKind],
        data: JSONBody[TermRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> TermView:
        """Never below the product's own floor: recordings 30 days, audit 183."""
        async with services.database.transaction() as session:
            return await set_term(
                session,
                caller.actor,
                tenant_id=None,
                kind=kind,
                days=data.days,
                reason=data.reason,
                now=services.clock.now(),
            )
