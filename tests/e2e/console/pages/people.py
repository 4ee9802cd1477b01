"""Users and roles."""

from tests.support.console.pages import PageCase
from tests.support.console.people import Cast


async def _one_of_ours(cast: Cast) -> str:
    await cast.person("tenant:supervisor")
    users = await cast.call("tenant:administrator", "GET", "/users")
    return "/users/" + next(user["id"] for user in users["items"] if user["login"] == "tenant-supervisor")


async def _one_of_the_operators(cast: Cast) -> str:
    await cast.person("operator:support")
    users = await cast.call("operator:administrator", "GET", "/operator/users")
    return "/operator/users/" + next(
        user["id"] for user in users["items"] if user["login"] == "operator-support"
    )


PAGES = (
    PageCase(route="/users", api="/users", role="tenant:administrator", ready="tbody tr"),
    PageCase(route="/operator/users", api="/operator/users", role="operator:administrator", ready="tbody tr"),
    PageCase(route="/users/:id", role="tenant:administrator", ready="form", prepare=_one_of_ours),
    PageCase(
        route="/operator/users/:id",
        role="operator:administrator",
        ready="form",
        prepare=_one_of_the_operators,
    ),
    PageCase(route="/roles", api="/roles", role="tenant:administrator", ready=".cards .panel"),
    PageCase(
        route="/operator/roles", api="/operator/roles", role="operator:administrator", ready=".cards .panel"
    ),
)
