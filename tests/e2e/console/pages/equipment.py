"""Trunks, SMS accounts and nodes."""

from tests.support.console.pages import PageCase

PAGES = (
    PageCase(
        route="/operator/equipment",
        api="/operator/trunks",
        role="operator:administrator",
        ready="[data-test=test-trunk]",
    ),
)
