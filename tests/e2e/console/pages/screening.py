"""Words by which contents are screened."""

from tests.support.console.pages import PageCase

PAGES = (
    PageCase(
        route="/operator/screening",
        api="/operator/screening/versions",
        role="operator:compliance_reviewer",
        ready="[data-test=category]",
    ),
)
