"""HTTP endpoints of equipment, for the operator."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from yunhu.domains.equipment import repository
from yunhu.domains.equipment.errors import AccountNotFoundError, TrunkNotFoundError
from yunhu.domains.equipment.probing import SMSC_TEST, TRUNK_TEST, find_test, run_test
from yunhu.domains.equipment.schemas import (
    AccountRequest,
    EquippedAccount,
    EquippedTrunk,
    NodeState,
    TestView,
    TrunkRequest,
    shown_settings,
)
from yunhu.domains.equipment.service import save_account, save_trunk
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses

Most = Annotated[int, QueryParameter(ge=1, le=200)]


class TrunkController(Controller):
    """Ways into carriers' networks."""

    path = "/operator/trunks"
    tags = ("Operator: equipment",)
    guards = (requires(Scope.OPERATOR_EQUIPMENT),)

    @get(summary="List trunks", responses=problem_responses())
    async def list_trunks(
        self,
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[EquippedTrunk]:
        """By name; with what each node says of it."""
        after = decode_cursor(cursor, str) if cursor is not None else None
        async with services.database.transaction() as session:
            rows = await repository.trunks(session, after, limit + 1)
        more = encode_cursor(rows[limit - 1].name) if len(rows) > limit else None
        return Page([_trunk_view(row) for row in rows[:limit]], more)

    @post(summary="Add a trunk", responses=problem_responses(409, 422))
    async def add(
        self,
        data: JSONBody[TrunkRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> EquippedTrunk:
        """Nodes open it within a second. Audited."""
        return await _save_trunk(services, caller, None, data)

    @get("/{trunk_id:uuid}", summary="One trunk", responses=problem_responses(404))
    async def show(self, trunk_id: FromPath[UUID], services: NamedDependency[Services]) -> EquippedTrunk:
        """With what each node says of it."""
        return await _show_trunk(services, trunk_id)

    @put("/{trunk_id:uuid}", summary="Change a trunk", responses=problem_responses(404, 409, 422))
    async def change(
        self,
        trunk_id: FromPath[UUID],
        data: JSONBody[TrunkRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> EquippedTrunk:
        """Running calls go on. Without `password` and `settings.secret` the secret stays. Audited."""
        return await _save_trunk(services, caller, trunk_id, data)

    @post("/{trunk_id:uuid}/test", summary="Test a trunk", status_code=200, responses=problem_responses(404))
    async def test(
        self, trunk_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> TestView:
        """A call node connects, sends OPTIONS, and where the trunk registers asks the registrar by a REGISTER that
        changes nothing. Calls and registrations go on."""
        await _show_trunk(services, trunk_id)
        return await run_test(services, TRUNK_TEST, trunk_id, caller.actor)


class SmscAccountController(Controller):
    """Accounts at SMS centres, one a tenant."""

    path = "/operator/smsc-accounts"
    tags = ("Operator: equipment",)
    guards = (requires(Scope.OPERATOR_EQUIPMENT),)

    @get(summary="List SMSC accounts", responses=problem_responses())
    async def list_accounts(
        self,
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[EquippedAccount]:
        """By name."""
        after = decode_cursor(cursor, str) if cursor is not None else None
        async with services.database.transaction() as session:
            rows = await repository.accounts(session, after, limit + 1)
        more = encode_cursor(rows[limit - 1].name) if len(rows) > limit else None
        return Page([_account_view(row) for row in rows[:limit]], more)

    @post(summary="Add an SMSC account", responses=problem_responses(404, 409, 422))
    async def add(
        self,
        data: JSONBody[AccountRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> EquippedAccount:
        """Nodes bind within a second. Audited."""
        return await _save_account(services, caller, None, data)

    @put("/{account_id:uuid}", summary="Change an SMSC account", responses=problem_responses(404, 409, 422))
    async def change(
        self,
        account_id: FromPath[UUID],
        data: JSONBody[AccountRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> EquippedAccount:
        """Without `password` and `settings.secret` the secret stays. Audited."""
        return await _save_account(services, caller, account_id, data)

    @post(
        "/{account_id:uuid}/test",
        summary="Test an SMSC account",
        status_code=200,
        responses=problem_responses(404),
    )
    async def test(
        self, account_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> TestView:
        """A call node connects, binds, asks by enquire_link, and unbinds. No text leaves."""
        await _show_account(services, account_id)
        return await run_test(services, SMSC_TEST, account_id, caller.actor)


class EquipmentTestController(Controller):
    """Tests whose answer took longer."""

    path = "/operator/equipment-tests"
    tags = ("Operator: equipment",)
    guards = (requires(Scope.OPERATOR_EQUIPMENT),)

    @get("/{test_id:uuid}", summary="A test's result", responses=problem_responses(404))
    async def show(self, test_id: FromPath[UUID], services: NamedDependency[Services]) -> TestView:
        """As far as it is."""
        return await find_test(services, test_id)


async def _save_trunk(
    services: Services, caller: Caller, trunk_id: UUID | None, data: TrunkRequest
) -> EquippedTrunk:
    async with services.database.transaction() as session:
        row = await save_trunk(session, services.vault, caller.actor, trunk_id, data, services.clock.now())
    return await _show_trunk(services, row.id)


async def _save_account(
    services: Services, caller: Caller, account_id: UUID | None, data: AccountRequest
) -> EquippedAccount:
    async with services.database.transaction() as session:
        row = await save_account(
            session, services.vault, caller.actor, account_id, data, services.clock.now()
        )
    return await _show_account(services, row.id)


async def _show_trunk(services: Services, trunk_id: UUID) -> EquippedTrunk:
    async with services.database.transaction() as session:
        row = await repository.trunk(session, trunk_id)
    if row is None:
        raise TrunkNotFoundError
    return _trunk_view(row)


async def _show_account(services: Services, account_id: UUID) -> EquippedAccount:
    async with services.database.transaction() as session:
        row = await repository.account(session, account_id)
    if row is None:
        raise AccountNotFoundError
    return _account_view(row)


def _trunk_view(row: Any) -> EquippedTrunk:
    settings, secret = shown_settings(row.config)
    return EquippedTrunk(
        id=row.id,
        name=row.name,
        kind=row.kind,
        enabled=row.enabled,
        settings=settings,
        secret=secret,
        numbers=row.numbers,
        tenants=list(row.tenants),
        states=msgspec.convert(row.states, list[NodeState]),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _account_view(row: Any) -> EquippedAccount:
    settings, secret = shown_settings(row.config)
    return EquippedAccount(
        id=row.id,
        tenant=row.tenant,
        name=row.name,
        kind=row.kind,
        enabled=row.enabled,
        settings=settings,
        secret=secret,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
