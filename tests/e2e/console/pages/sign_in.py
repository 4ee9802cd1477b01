"""In front of the sign-in."""

from tests.support.console.pages import PageCase
from tests.support.console.people import Cast


async def _welcome(_: Cast) -> str:
    return "/welcome#token=a-token-that-is-looked-at-when-it-is-sent"


PAGES = (
    PageCase(route="/sign-in", role=None, ready="input[name=login]"),
    PageCase(route="/welcome", role=None, ready="input[name=password]", prepare=_welcome),
)
