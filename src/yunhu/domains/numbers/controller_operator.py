"""HTTP endpoints of caller numbers for the operator: stock, allocation, states, limits, papers, regions."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.identity.public import Caller, Scope, Tenant, requires
from yunhu.domains.numbers import repository
from yunhu.domains.numbers.controller import detail_of, page_of
from yunhu.domains.numbers.errors import (
    NumberInvalidError,
    NumberNotFoundError,
    TenantUnknownError,
)
from yunhu.domains.numbers.models import CallerNumber, NumberState
from yunhu.domains.numbers.schemas import (
    Allocation,
    CoolingRequest,
    FlagRequest,
    LimitsRequest,
    NumberCheck,
    NumberDetail,
    NumberImport,
    NumberView,
    PaperRequest,
    RegionsRequest,
    RegionsView,
    StaffStep,
    StepRequest,
    ValidityRequest,
    number_view,
)
from yunhu.domains.numbers.service import (
    PaperCard,
    Wanted,
    add_paper,
    allocate_numbers,
    change_limits,
    cool_number,
    flag_number,
    import_numbers,
    set_tenant_regions,
    set_validity,
    take_step,
)
from yunhu.domains.numbers.states import Step
from yunhu.domains.numbers.stock import cards_of, checks_of, phone_of, trunks_by_name
from yunhu.foundation.http import Page, Services, problem_responses
from yunhu.foundation.phone import Phone


class OperatorNumberController(Controller):
    """The stock of numbers, and every tenant's pool."""

    path = "/operator/caller-numbers"
    tags = ("Caller numbers",)
    guards = (requires(Scope.OPERATOR_NUMBERS),)

    @get(summary="List numbers of all tenants", responses=problem_responses(404, 422))
    async def list_numbers(
        self,
        services: NamedDependency[Services],
        tenant: Annotated[str | None, QueryParameter(max_length=64)] = None,
        in_state: Annotated[NumberState | None, QueryParameter(name="state")] = None,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[NumberView]:
        """Newest first; `available` ones are nobody's yet."""
        tenant_id = None
        if tenant is not None:
            async with services.database.transaction() as session:
                tenant_id = await _tenant_id(session, tenant)
        return await page_of(
            services, repository.NumberFilters(tenant_id=tenant_id, state=in_state), cursor, limit
        )

    @post(summary="Import numbers", responses=problem_responses(409, 422))
    async def import_(
        self,
        data: JSONBody[NumberImport],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> list[NumberView]:
        """Real-name numbers into the operator's stock: all of them or, when one is wrong, none."""
        async with services.database.transaction() as session:
            cards = await cards_of(session, data.numbers)
            rows = await import_numbers(session, cards, caller.actor, services.clock.now())
            for row in rows:
                await _record(session, caller, "number.import", row, {"registered_to": row.registered_to})
        return [number_view(row, services.clock.now()) for row in rows]

    @post("/checks", summary="What an import would do", status_code=200, responses=problem_responses(422))
    async def check(
        self, data: JSONBody[NumberImport], services: NamedDependency[Services]
    ) -> list[NumberCheck]:
        """Each row with its region, or the id of the error that would stop the import. Nothing is taken."""
        async with services.database.transaction() as session:
            return await checks_of(session, data.numbers)

    @get("/trunks", summary="Trunks that numbers can be bound to", responses=problem_responses())
    async def trunks(self, services: NamedDependency[Services]) -> list[str]:
        """By name."""
        async with services.database.transaction() as session:
            return sorted(await trunks_by_name(session))

    @post("/allocations", summary="Allocate numbers to a tenant", responses=problem_responses(404, 409, 422))
    async def allocate(
        self,
        data: JSONBody[Allocation],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> list[NumberView]:
        """Out of the stock, registered to the tenant, with the right to call from their regions."""
        async with services.database.transaction() as session:
            tenant = await _tenant(session, data.tenant)
            wanted = _wanted(data, tenant.name)
            rows = await allocate_numbers(session, tenant.id, wanted, caller.actor, services.clock.now())
            for row in rows:
                await _record(session, caller, "number.allocate", row, {"state": row.state})
        return [number_view(row, services.clock.now()) for row in rows]

    @get("/{number_id:uuid}", summary="One number", responses=problem_responses(404))
    async def show(self, number_id: FromPath[UUID], services: NamedDependency[Services]) -> NumberDetail:
        """Use, health curve, whole history and papers."""
        async with services.database.transaction() as session:
            row = await session.get(CallerNumber, number_id)
            if row is None:
                raise NumberNotFoundError
            return await detail_of(session, row, services.clock, tenant_id=None)

    @post(
        "/{number_id:uuid}/{step:str}",
        summary="Hold, quarantine, restore or release a number",
        status_code=200,
        responses=problem_responses(404, 409, 422),
    )
    async def step(
        self,
        number_id: FromPath[UUID],
        step: FromPath[StaffStep],
        data: JSONBody[StepRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> NumberView:
        """`hold`, `quarantine`, `restore` or `release`. Nodes stop showing a held number within a second."""
        async with services.database.transaction() as session:
            row = await take_step(
                session, number_id, Step(step), data.reason, caller.actor, services.clock.now()
            )
            await _record(session, caller, f"number.{step}", row, {"state": row.state}, data.reason)
        return number_view(row, services.clock.now())

    @put("/{number_id:uuid}/cooling", summary="Let a number rest", responses=problem_responses(404, 422))
    async def cool(
        self,
        number_id: FromPath[UUID],
        data: JSONBody[CoolingRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> NumberView:
        """For some minutes; 0 ends a rest."""
        now = services.clock.now()
        async with services.database.transaction() as session:
            until = now + timedelta(minutes=data.minutes)
            row = await cool_number(session, number_id, until, data.reason, caller.actor, now)
            await _record(
                session, caller, "number.cool", row, {"cooling_until": until.isoformat()}, data.reason
            )
        return number_view(row, services.clock.now())

    @put(
        "/{number_id:uuid}/limits", summary="Set frequency limits", responses=problem_responses(404, 409, 422)
    )
    async def limits(
        self,
        number_id: FromPath[UUID],
        data: JSONBody[LimitsRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> NumberView:
        """Per minute, hour and day, and calls at once."""
        limits = msgspec.structs.asdict(data)
        async with services.database.transaction() as session:
            row = await change_limits(session, number_id, limits, caller.actor, services.clock.now())
            await _record(session, caller, "number.limits", row, limits)
        return number_view(row, services.clock.now())

    @put("/{number_id:uuid}/validity", summary="Set the days of use", responses=problem_responses(404, 422))
    async def validity(
        self,
        number_id: FromPath[UUID],
        data: JSONBody[ValidityRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> NumberView:
        """Natural days on which the number may be shown, as its papers say."""
        if data.valid_until is not None and data.valid_until < data.valid_from:
            raise NumberInvalidError("the last day lies before the first")
        async with services.database.transaction() as session:
            row = await set_validity(
                session, number_id, data.valid_from, data.valid_until, caller.actor, services.clock.now()
            )
            await _record(session, caller, "number.validity", row, msgspec.to_builtins(data))
        return number_view(row, services.clock.now())

    @post("/{number_id:uuid}/papers", summary="File a document", responses=problem_responses(404, 422))
    async def papers(
        self,
        number_id: FromPath[UUID],
        data: JSONBody[PaperRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> NumberView:
        """Its end becomes the number's own when it comes first."""
        paper = PaperCard(kind=data.kind, document_id=data.document_id, valid_until=data.valid_until)
        async with services.database.transaction() as session:
            row = await add_paper(session, number_id, paper, caller.actor, services.clock.now())
            await _record(session, caller, "number.paper", row, {"kind": data.kind})
        return number_view(row, services.clock.now())

    @post(
        "/{number_id:uuid}/flags",
        summary="Note that somebody marked a number",
        responses=problem_responses(404, 409, 422),
    )
    async def flag(
        self,
        number_id: FromPath[UUID],
        data: JSONBody[FlagRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> NumberView:
        """As a nuisance, by a phone's guard or a hotline. It counts against the number's health within the hour."""
        reason = f"{data.source}: {data.mark}"
        async with services.database.transaction() as session:
            row = await flag_number(session, number_id, reason, caller.actor, services.clock.now())
            await _record(session, caller, "number.flag", row, {"source": data.source}, reason)
        return number_view(row, services.clock.now())


class OperatorRegionController(Controller):
    """Where tenants may call from."""

    path = "/operator/number-regions/{tenant:str}"
    tags = ("Caller numbers",)
    guards = (requires(Scope.OPERATOR_NUMBERS),)

    @get(summary="Regions of a tenant", responses=problem_responses(404))
    async def show(self, tenant: FromPath[str], services: NamedDependency[Services]) -> RegionsView:
        """Area codes without the trunk prefix, `mobile`, `service`."""
        async with services.database.transaction() as session:
            return RegionsView(
                regions=await repository.regions_of(session, await _tenant_id(session, tenant))
            )

    @put(summary="Set the regions of a tenant", responses=problem_responses(404, 422))
    async def set(
        self,
        tenant: FromPath[str],
        data: JSONBody[RegionsRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> RegionsView:
        """Numbers of other regions are never shown for the tenant, though they are its own."""
        async with services.database.transaction() as session:
            tenant_id = await _tenant_id(session, tenant)
            before = await repository.regions_of(session, tenant_id)
            await set_tenant_regions(session, tenant_id, data.regions)
            await record(
                session,
                caller.actor,
                action="number.regions",
                subject=("tenant", tenant_id),
                tenant_id=tenant_id,
                before={"regions": before},
                after={"regions": sorted(set(data.regions))},
            )
        return RegionsView(regions=sorted(set(data.regions)))


def _wanted(data: Allocation, tenant_name: str) -> Wanted:
    if (data.count is None) == (data.numbers is None):
        raise NumberInvalidError("either a count or the numbers themselves", number="", row=0)
    return Wanted(
        registered_to=data.registered_to or tenant_name,
        count=data.count or 0,
        region=data.region,
        numbers=tuple(phone_of(number, at) for at, number in enumerate(data.numbers or (), start=1)),
    )


async def _tenant(session: AsyncSession, slug: str) -> Tenant:
    tenant = await session.scalar(select(Tenant).where(Tenant.slug == slug))
    if tenant is None:
        raise TenantUnknownError(tenant=slug)
    return tenant


async def _tenant_id(session: AsyncSession, slug: str) -> UUID:
    return (await _tenant(session, slug)).id


async def _record(
    session: AsyncSession,
    caller: Caller,
    action: str,
    row: CallerNumber,
    after: dict[str, object],
    reason: str = "",
) -> None:
    await record(
        session,
        caller.actor,
        action=action,
        subject=("caller_number", row.id),
        tenant_id=row.tenant_id,
        after={"number": Phone(row.e164).dialled, **after},
        reason=reason,
    )
