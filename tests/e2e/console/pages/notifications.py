"""Notifications, visits and calls: one visitor of the sandbox who was texted and called."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.support.console.pages import PageCase
from tests.support.console.people import Cast

_ROLE = "tenant:supervisor"
PHONE = "13877018010"
_SECONDS = 300.0
"""The voice of a first call is loaded and its sentence rendered, beside everything else that tests do."""
_played: dict[str, str] = {}


async def played(cast: Cast) -> dict[str, Any]:
    """What happened to the visitor, once the call is over. Played once for all pages of a product."""
    base = str(cast.http.base_url)
    if base not in _played:
        taken = await cast.call(_ROLE, "POST", "/sandbox/visits", {"phone": PHONE, "ahead": 5})
        _played[base] = str(taken["journey_id"])
        steps = f"/sandbox/visits/{taken['journey_id']}/steps"
        await cast.call(_ROLE, "POST", steps, {"event": "progress", "ahead": 2})
        # The call would supersede a text that has not left.
        await _story(cast, lambda story: bool(story["messages"]))
        await cast.call(_ROLE, "POST", steps, {"event": "called", "window": "3"})
    return await _story(
        cast, lambda story: any(call["recording"] and call["ended_at"] for call in story["calls"])
    )


async def _story(cast: Cast, is_far_enough: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async with asyncio.timeout(_SECONDS):
        while True:
            story: dict[str, Any] = await cast.call(
                _ROLE, "GET", f"/journeys/{_played[str(cast.http.base_url)]}/timeline"
            )
            if is_far_enough(story):
                return story
            await asyncio.sleep(0.3)


async def _list(cast: Cast) -> str:
    await played(cast)
    return "/notifications"


async def _journeys(cast: Cast) -> str:
    await played(cast)
    return "/journeys"


async def _calls(cast: Cast) -> str:
    await played(cast)
    return "/calls"


async def _journey(cast: Cast) -> str:
    return f"/journeys/{(await played(cast))['journey_id']}"


async def _notification(cast: Cast) -> str:
    return f"/notifications/{(await played(cast))['calls'][0]['notification_id']}"


async def _call(cast: Cast) -> str:
    return f"/calls/{(await played(cast))['calls'][0]['id']}"


async def _messages(cast: Cast) -> str:
    await played(cast)
    return "/messages"


async def message_id(cast: Cast) -> str:
    """The visitor's text."""
    return str((await played(cast))["messages"][0]["id"])


async def _message(cast: Cast) -> str:
    return f"/messages/{await message_id(cast)}"


async def _operator_call(cast: Cast) -> str:
    return f"/operator{await _call(cast)}"


async def _operator_notification(cast: Cast) -> str:
    return f"/operator{await _notification(cast)}"


async def _operator_message(cast: Cast) -> str:
    return f"/operator{await _message(cast)}"


_LOOKER = "operator:support"
PAGES = (
    PageCase(route="/notifications", api="/notifications", role=_ROLE, ready="tbody tr", prepare=_list),
    PageCase(route="/notifications/:id", role=_ROLE, ready="main blockquote", prepare=_notification),
    PageCase(route="/journeys", api="/journeys", role=_ROLE, ready="tbody tr", prepare=_journeys),
    PageCase(route="/journeys/:id", role=_ROLE, ready="main blockquote", prepare=_journey),
    PageCase(route="/calls", api="/calls", role=_ROLE, ready="tbody tr", prepare=_calls),
    PageCase(route="/calls/:id", role=_ROLE, ready="main audio", prepare=_call),
    PageCase(route="/messages", api="/messages", role=_ROLE, ready="tbody tr", prepare=_messages),
    PageCase(route="/messages/:id", role=_ROLE, ready="main blockquote", prepare=_message),
    PageCase(
        route="/operator/notifications/:id",
        role=_LOOKER,
        ready="main tbody a",
        prepare=_operator_notification,
    ),
    PageCase(route="/operator/calls/:id", role=_LOOKER, ready="main dl", prepare=_operator_call),
    PageCase(route="/operator/messages/:id", role=_LOOKER, ready="main dl", prepare=_operator_message),
)
