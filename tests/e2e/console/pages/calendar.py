"""China's working days."""

from tests.support.console.pages import PageCase

PAGES = (
    PageCase(
        route="/operator/calendar",
        api="/operator/calendar/standing",
        role="operator:administrator",
        ready="[role=img]",
    ),
)
