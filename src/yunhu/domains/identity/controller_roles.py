"""HTTP endpoints for roles and for what a side demands at sign-in."""

from typing import ClassVar
from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from yunhu.domains.identity import repository_users, role_service
from yunhu.domains.identity.caller import Caller
from yunhu.domains.identity.guard import requires
from yunhu.domains.identity.managing import manager_of, owner_of
from yunhu.domains.identity.roles import Side, presets_of
from yunhu.domains.identity.schemas_users import (
    PolicyBody,
    RoleRequest,
    RoleView,
    preset_view,
    role_view,
)
from yunhu.domains.identity.scopes import Scope
from yunhu.foundation.http import Services, problem_responses


class _Roles(Controller):
    """Presets, and the roles that a side made beside them."""

    side: ClassVar[Side]

    @get(summary="List roles", responses=problem_responses())
    async def list_roles(
        self, caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> list[RoleView]:
        """Presets first, then one's own by name."""
        async with services.database.transaction() as session:
            rows = await repository_users.roles_of_side(session, owner_of(self.side, caller))
        return [preset_view(preset) for preset in presets_of(self.side)] + [role_view(row) for row in rows]

    @post(summary="Make a role", responses=problem_responses(409, 422))
    async def create(
        self,
        data: JSONBody[RoleRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> RoleView:
        """Of permissions that the caller holds."""
        async with services.database.transaction() as session:
            owner, now = owner_of(self.side, caller), services.clock.now()
            role = await role_service.create_role(
                session, manager_of(caller), owner, data.name, data.scopes, now
            )
        return role_view(role)

    @put("/{role_id:uuid}", summary="Change a role", responses=problem_responses(404, 409, 422))
    async def change(
        self,
        role_id: FromPath[UUID],
        data: JSONBody[RoleRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> RoleView:
        """Holds for its users from their next request on."""
        async with services.database.transaction() as session:
            owner = owner_of(self.side, caller)
            role = await role_service.change_role(
                session, manager_of(caller), owner, role_id, data.name, data.scopes
            )
        return role_view(role)

    @delete("/{role_id:uuid}", summary="Delete a role", responses=problem_responses(404, 409))
    async def remove(
        self, role_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> None:
        """Refused while somebody has it."""
        async with services.database.transaction() as session:
            owner = owner_of(self.side, caller)
            await role_service.delete_role(session, manager_of(caller), owner, role_id)


class TenantRoleController(_Roles):
    """Roles of the caller's own tenant."""

    path = "/roles"
    tags = ("Roles",)
    guards = (requires(Scope.USERS_MANAGE),)
    side = Side.TENANT


class OperatorRoleController(_Roles):
    """Roles of the operator."""

    path = "/operator/roles"
    tags = ("Operator: roles",)
    guards = (requires(Scope.OPERATOR_USERS),)
    side = Side.OPERATOR


class _Policy(Controller):
    """What a side demands beyond the product's own rules."""

    side: ClassVar[Side]

    @get(summary="Show the sign-in policy", responses=problem_responses())
    async def show(self, caller: NamedDependency[Caller], services: NamedDependency[Services]) -> PolicyBody:
        """The product's own rules hold in any case."""
        async with services.database.transaction() as session:
            owner = owner_of(self.side, caller)
            wanted = await repository_users.second_factor_for_all(session, owner)
        return PolicyBody(second_factor_for_all=wanted)

    @put(summary="Change the sign-in policy", responses=problem_responses())
    async def change(
        self, data: JSONBody[PolicyBody], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> PolicyBody:
        """Holds from everybody's next sign-in on."""
        async with services.database.transaction() as session:
            owner, now = owner_of(self.side, caller), services.clock.now()
            await role_service.demand_second_factor(
                session, manager_of(caller), owner, data.second_factor_for_all, now
            )
        return data


class TenantPolicyController(_Policy):
    """The caller's own tenant's."""

    path = "/sign-in-policy"
    tags = ("Users",)
    guards = (requires(Scope.USERS_MANAGE),)
    side = Side.TENANT


class OperatorPolicyController(_Policy):
    """The operator's own."""

    path = "/operator/sign-in-policy"
    tags = ("Operator: users",)
    guards = (requires(Scope.OPERATOR_USERS),)
    side = Side.OPERATOR
