"""Every endpoint of the OpenAPI document against every preset role. New endpoints are covered by themselves."""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from tests.support.hall.builders import Hall
from tests.support.hall.plugin import client_of
from tests.support.identity.people import browser

from yunhu.domains.identity import repository_users
from yunhu.domains.identity.cookies import CSRF_HEADER, PLAIN_NAME
from yunhu.domains.identity.guard import (
    ANONYMOUS,
    RequiresScope,
    any_caller,
    anybody,
    operator_staff,
    signed_in,
)
from yunhu.domains.identity.links import add_new_user
from yunhu.domains.identity.models_users import UserState
from yunhu.domains.identity.roles import PRESETS, Preset, Side
from yunhu.domains.identity.sessions import Place, begin_session
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

NOBODY = UUID(int=0)
_METHODS = ("get", "post", "put", "patch", "delete")
_EXAMPLES: Mapping[Any, str] = {UUID: str(NOBODY), int: "1", str: "none", date: "2026-02-09"}
"""Identifiers that nothing has, by the type of a path's parameter."""


class Endpoint(msgspec.Struct, frozen=True):
    """One operation of the document and what guards it."""

    method: str
    path: str
    request_path: str
    guards: tuple[Any, ...]
    anonymous: bool

    @property
    def scopes(self) -> set[str]:
        """The permissions that it demands."""
        return {guard.scope for guard in self.guards if isinstance(guard, RequiresScope)}

    def named(self) -> str:
        """For people."""
        return f"{self.method.upper()} {self.path}"


def endpoints_of(app: Litestar) -> list[Endpoint]:
    """Every operation below `/api/v1`, each with its handler's guards."""
    handlers: dict[tuple[str, str], tuple[HTTPRoute, HTTPRouteHandler]] = {}
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path.startswith("/api/v1"):
            for handler in route.route_handlers:
                for method in handler.http_methods:
                    handlers[route.path_format, str(method).lower()] = route, handler
    found = []
    for path, item in (app.openapi_schema.paths or {}).items():
        for method in _METHODS:
            if getattr(item, method) is not None and path.startswith("/api/v1"):
                route, handler = handlers.pop((path, method))
                anonymous = bool(handler.opt.get("exclude_from_auth"))
                guards = tuple(handler.resolve_guards())
                found.append(Endpoint(method, path, filled(route), guards, anonymous))
    hidden = {key for key in handlers if key[1] in _METHODS}
    assert not hidden, f"below /api/v1 but not in the OpenAPI document: {hidden}"
    return found


def filled(route: HTTPRoute) -> str:
    """The path with identifiers that nothing has."""
    parts = [part if isinstance(part, str) else _EXAMPLES[part.type] for part in route.path_components]
    return "/" + "/".join(parts)


async def ask(client: httpx.AsyncClient, endpoint: Endpoint) -> httpx.Response:
    """A request that no handler accepts, so that nothing is changed where the guard lets it through."""
    body = None if endpoint.method == "get" else {"no_endpoint_has_this_field": True}
    # A stream's answer would not end.
    query = {"no_endpoint_has_this_parameter": "1"} if endpoint.path.endswith("/stream") else None
    return await client.request(endpoint.method, endpoint.request_path, json=body, params=query)


@pytest.fixture
async def role_clients(
    app: Litestar, database: Database, vault: Vault, clock: ManualClock, hall: Hall
) -> AsyncIterator[Mapping[tuple[Side, str], httpx.AsyncClient]]:
    """A browser with a session for each preset role."""
    clients = {}
    for key, preset in PRESETS.items():
        clients[key] = browser(app)
        async with database.transaction() as session:
            owner = hall.tenant_id if preset.side is Side.TENANT else None
            login = f"{preset.side}.{preset.name}"
            user = await add_new_user(
                session, owner, login=login, display_name=login, mail=None, now=clock.now()
            )
            user.state = UserState.ACTIVE.value
            await repository_users.replace_roles(session, user.id, [preset.name], [])
            begun = await begin_session(session, vault, user, Place("127.0.0.1", "test"), clock.now())
        clients[key].cookies.set(PLAIN_NAME, begun.token)
        clients[key].headers[CSRF_HEADER] = begun.csrf
    yield clients
    for client in clients.values():
        await client.aclose()


def test_given_every_endpoint_when_looked_at_then_it_declares_who_may_call_it(app: Litestar) -> None:
    endpoints = endpoints_of(app)
    assert len(endpoints) > 50
    unguarded = [one.named() for one in endpoints if not _is_declared(one)]
    assert unguarded == []
    for one in endpoints:
        assert one.anonymous == (anybody in one.guards), f"{one.named()}: {ANONYMOUS} goes with `anybody`"
        operators = one.path.startswith("/api/v1/operator/")
        for scope in one.scopes:
            assert operators == scope.startswith("operator:"), f"{one.named()} demands {scope}"


def _is_declared(endpoint: Endpoint) -> bool:
    others = [guard for guard in (signed_in, any_caller, anybody, operator_staff) if guard in endpoint.guards]
    return bool(endpoint.scopes) or bool(others)


@pytest.mark.parametrize("key", PRESETS, ids=lambda key: f"{key[0]}-{key[1]}")
async def test_given_a_preset_role_when_it_calls_every_endpoint_then_exactly_its_permissions_open_them(
    app: Litestar, role_clients: Mapping[tuple[Side, str], httpx.AsyncClient], key: tuple[Side, str]
) -> None:
    preset, client, wrong = PRESETS[key], role_clients[key], []
    for endpoint in endpoints_of(app):
        if endpoint.anonymous or signed_in in endpoint.guards:
            continue
        answer = await ask(client, endpoint)
        assert answer.status_code < 500, f"{endpoint.named()}: {answer.text}"
        assert answer.status_code != 401, endpoint.named()
        if _is_refused(answer) == _may(preset, endpoint):
            wrong.append(f"{endpoint.named()} {sorted(endpoint.scopes)}: {answer.status_code}")
    assert wrong == []


def _is_refused(answer: httpx.Response) -> bool:
    return answer.status_code == 403 and answer.json()["id"] == "identity.scope_missing"


def _may(preset: Preset, endpoint: Endpoint) -> bool:
    return endpoint.scopes <= set(preset.scopes)


async def test_given_no_sign_in_when_every_endpoint_is_called_then_only_the_doors_answer(
    app: Litestar, hall: Hall
) -> None:
    async with browser(app) as client:
        for endpoint in endpoints_of(app):
            answer = await ask(client, endpoint)
            expected = {400, 422} if endpoint.anonymous else {401}
            assert answer.status_code in expected, f"{endpoint.named()}: {answer.text}"


async def test_given_a_key_when_it_calls_what_is_about_a_person_then_it_is_refused(
    app: Litestar, hall: Hall, operator_token: str
) -> None:
    personal = [endpoint for endpoint in endpoints_of(app) if signed_in in endpoint.guards]
    assert personal
    for token in (hall.token, operator_token):
        async with client_of(app, token) as client:
            for endpoint in personal:
                answer = await ask(client, endpoint)
                assert answer.json()["id"] == "identity.session_needed", endpoint.named()


async def test_given_a_session_when_it_changes_anything_without_its_csrf_token_then_it_is_refused(
    app: Litestar, role_clients: Mapping[tuple[Side, str], httpx.AsyncClient]
) -> None:
    for key in ((Side.TENANT, "administrator"), (Side.OPERATOR, "administrator")):
        client = role_clients[key]
        del client.headers[CSRF_HEADER]
        for endpoint in endpoints_of(app):
            if endpoint.method != "get" and not endpoint.anonymous:
                answer = await ask(client, endpoint)
                assert answer.json()["id"] == "identity.csrf", endpoint.named()
