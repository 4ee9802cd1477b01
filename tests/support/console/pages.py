"""What is to be known of a page so that it is visited by itself."""

from collections.abc import Awaitable, Callable

import msgspec
from tests.support.console.people import Cast


class PageCase(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the console."""

    route: str
    """As `console/src/features/*/index.ts` names it."""
    role: str | None
    """Who opens it: `tenant:administrator`, `operator:support`, …; None: somebody who has not signed in."""
    ready: str = "main h1"
    """What shows that the page is there."""
    api: str | None = None
    """The list behind it, below `/api/v1`: whoever may read that finds the page in the navigation, and nobody else."""
    follows: bool = False
    """It asks again and again, or holds a stream open: the network never rests."""
    prepare: Callable[[Cast], Awaitable[str]] | None = None
    """Makes what the page shows, and returns the path to open. Left out: the route itself, as it is."""

    @property
    def name(self) -> str:
        """For pictures and test ids."""
        return self.route.strip("/").replace("/", "_").replace(":", "") or "start"
