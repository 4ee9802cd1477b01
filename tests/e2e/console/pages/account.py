"""One's own account."""

from tests.support.console.pages import PageCase

PAGES = (PageCase(route="/account", role="tenant:agent", ready="text=127.0.0.1"),)
