"""HTTP endpoint of the search box."""

from typing import Annotated

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from yunhu.domains.identity.public import Caller, any_caller
from yunhu.domains.monitoring.search import OF_OPERATOR, OF_TENANT, Found, read_words, search
from yunhu.foundation.http import Services, problem_responses

Typed = Annotated[
    str,
    QueryParameter(
        min_length=2, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
    ),
]


class FoundList(msgspec.Struct, frozen=True):
    """What was found, the likeliest kinds first."""

    items: list[Found]


class SearchController(Controller):
    """Finds what the caller may see."""

    path = "/search"
    tags = ("Search",)
    guards = (any_caller,)

    @get(summary="Search", responses=problem_responses())
    async def find(
        self, q: Typed, caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> FoundList:
        """By whole phone number (through its keyed index; shown masked), queue number, id of a call, notification,
        message or visit, client reference, caller number, or part of the name of a script, scenario or contract. Each
        kind needs its own permission. For the operator: tenants, contracts, caller numbers, and ids
        without content; that of a notification finds its calls and messages too."""
        values = read_words(q, services.vault)
        if caller.tenant is None:
            async with services.database.transaction() as session:
                found = await search(session, services.vault, OF_OPERATOR, caller.scopes, values, None)
        else:
            async with services.database.tenant_transaction(caller.tenant) as session:
                found = await search(session, services.vault, OF_TENANT, caller.scopes, values, caller.tenant)
        return FoundList(found)
