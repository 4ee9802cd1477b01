"""HTTP endpoints that test by which way a tenant's cards go out."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yunhu.domains.call_cards import repository
from yunhu.domains.call_cards.carriers import CARD_TEST
from yunhu.domains.call_cards.controller_operator import tenant_id_of
from yunhu.domains.call_cards.errors import TenantUnknownError
from yunhu.domains.equipment.public import TestView, find_test, run_test
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.http import Services, problem_responses


class CardCarrierTestController(Controller):
    """Tests of the ways by which cards go out."""

    path = "/operator/card-carriers/{tenant:str}"
    tags = ("Call cards",)
    guards = (requires(Scope.OPERATOR_CARDS),)

    @post(
        "/test",
        summary="Test by which way a tenant's cards go out",
        status_code=200,
        responses=problem_responses(404),
    )
    async def test(
        self,
        tenant: FromPath[str],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> TestView:
        """A call node does it, as far as it goes without ringing a phone: no card leaves, nothing is metered."""
        return await run_test(services, CARD_TEST, await _way_of(services, tenant), caller.actor)

    @get("/tests/{test_id:uuid}", summary="A test's result", responses=problem_responses(404))
    async def show_test(
        self, tenant: FromPath[str], test_id: FromPath[UUID], services: NamedDependency[Services]
    ) -> TestView:
        """As far as it is."""
        return await find_test(services, test_id, {CARD_TEST}, subject_id=await _way_of(services, tenant))


async def _way_of(services: Services, tenant: str) -> UUID:
    """Raises `TenantUnknownError`."""
    async with services.database.transaction() as session:
        row = await repository.carrier_of(session, await tenant_id_of(session, tenant))
    if row is None:
        raise TenantUnknownError("no way is set for this tenant", tenant=tenant)
    return row.id
