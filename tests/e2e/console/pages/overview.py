"""Today at a glance."""

from tests.support.console.pages import PageCase

PAGES = (
    PageCase(route="/overview", role="tenant:supervisor", ready=".tiles", api="/reports/overview"),
    PageCase(
        route="/operator/overview", role="operator:support", ready=".tiles", api="/operator/reports/overview"
    ),
)
