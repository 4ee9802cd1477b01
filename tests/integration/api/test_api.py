"""The edge: keys, limits, problems, operations, documentation."""

import re
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar
from tests.support.hall.builders import Hall, build_hall, queue_event
from tests.support.hall.plugin import client_of

from yunhu.domains.identity.public import Scope
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.http.console import CONTENT_SECURITY_POLICY

KEYS = "/api/v1/api-keys"


async def test_given_no_or_a_wrong_key_when_asked_then_it_is_401_with_a_challenge(
    app: Litestar, hall: Hall
) -> None:
    for token in (None, "nonsense", "yh_aaaaaaaa_" + "a" * 43):
        async with client_of(app, token) as client:
            answer = await client.get("/api/v1/notifications")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["id"] == "identity.unauthenticated"


async def test_given_a_key_when_made_rotated_and_revoked_then_each_step_holds(
    client: httpx.AsyncClient, app: Litestar, clock: ManualClock
) -> None:
    made = await client.post(KEYS, json={"name": "queue", "scopes": ["events:write", "keys:manage"]})
    assert made.status_code == 201, made.text
    old_token, old_id = made.json()["token"], made.json()["key"]["id"]
    rotated = await client.post(f"{KEYS}/{old_id}/rotate", json={"grace_seconds": 60})
    assert rotated.status_code == 201, rotated.text
    new_id = rotated.json()["key"]["id"]
    async with client_of(app, old_token) as old, client_of(app, rotated.json()["token"]) as new:
        assert (await old.get(KEYS)).status_code == 200
        assert (await new.get(KEYS)).status_code == 200
        clock.advance(timedelta(seconds=61))
        assert (await old.get(KEYS)).status_code == 401
        assert (await client.delete(f"{KEYS}/{new_id}")).status_code == 204
        assert (await new.get(KEYS)).status_code == 401
    assert (await client.post(f"{KEYS}/{new_id}/rotate", json={})).status_code == 409
    assert old_token not in (await client.get(KEYS)).text


async def test_given_a_narrow_key_when_it_reaches_further_then_it_is_403(
    app: Litestar, database: Database, vault: Vault, clock: ManualClock, hall: Hall
) -> None:
    narrow = await build_hall(database, vault, clock.now(), slug="b", scopes=[Scope.KEYS_MANAGE])
    async with client_of(app, narrow.token) as client:
        event = await client.post("/api/v1/queue-events", json=queue_event("e1", "taken", clock.now()))
        grant = await client.post(KEYS, json={"name": "more", "scopes": ["events:write"]})
    assert (event.status_code, event.json()["id"]) == (403, "identity.scope_missing")
    assert (grant.status_code, grant.json()["id"]) == (403, "identity.scope_not_grantable")


async def test_given_an_allow_list_when_used_from_elsewhere_then_it_is_403(
    client: httpx.AsyncClient, app: Litestar
) -> None:
    wish = {"name": "n", "scopes": ["keys:manage"], "allowed_networks": ["10.1.0.0/16"]}
    token = (await client.post(KEYS, json=wish)).json()["token"]
    async with client_of(app, token, address="10.1.2.3") as inside, client_of(app, token) as outside:
        assert (await inside.get(KEYS)).status_code == 200
        forged = await outside.get(KEYS, headers={"X-Forwarded-For": "10.1.2.3"})
    assert (forged.status_code, forged.json()["id"]) == (403, "identity.address_not_allowed")


async def test_given_another_tenant_when_it_looks_then_nothing_is_there(
    client: httpx.AsyncClient, app: Litestar, database: Database, vault: Vault, clock: ManualClock
) -> None:
    event = queue_event("e1", "called", clock.now(), window="3", phone="13800138000")
    created = (await client.post("/api/v1/queue-events", json=event)).json()
    other = await build_hall(database, vault, clock.now(), slug="other")
    async with client_of(app, other.token) as stranger:
        for path in (f"notifications/{created['created'][0]['id']}", f"journeys/{created['journey_id']}"):
            assert (await stranger.get(f"/api/v1/{path}")).status_code == 404
        cancel = await stranger.post(f"/api/v1/notifications/{created['created'][0]['id']}/cancel")
        assert cancel.status_code == 404
        assert (await stranger.get("/api/v1/notifications")).json()["items"] == []
        repeated = await stranger.post("/api/v1/queue-events", json=event)
    assert repeated.json()["journey_id"] != created["journey_id"]


async def test_given_a_low_limit_when_exceeded_then_it_is_429_with_headers(
    app: Litestar, database: Database, vault: Vault, clock: ManualClock
) -> None:
    slow = await build_hall(database, vault, clock.now(), slug="slow", rate_per_minute=2)
    async with client_of(app, slow.token) as client:
        answers = [await client.get(KEYS) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert int(answers[2].headers["retry-after"]) >= 1
    assert answers[0].headers["x-ratelimit-limit"] == "2"


async def test_given_odd_requests_when_sent_then_each_is_a_problem(client: httpx.AsyncClient) -> None:
    unknown = await client.get("/api/v1/nothing", headers={"X-Request-Id": "abc-1"})
    method = await client.put("/api/v1/queue-events", json={})
    large = await client.post("/api/v1/queue-events", content=b" " * (2 * 1024 * 1024 + 1))
    cursor = await client.get("/api/v1/notifications", params={"cursor": "%%%"})
    query = await client.get("/api/v1/notifications", params={"limit": "0"})
    fields = await client.post(KEYS, json={"name": 5, "scopes": [], "more": 1})
    assert [a.status_code for a in (unknown, method, large, cursor, query, fields)] == [
        404,
        405,
        413,
        400,
        400,
        400,
    ]
    assert unknown.headers["x-request-id"] == unknown.json()["request_id"] == "abc-1"
    assert cursor.json()["id"] == "request.cursor_invalid"
    assert query.json()["details"]["errors"][0]["pointer"] == "limit"
    assert {e["pointer"] for e in fields.json()["details"]["errors"]} == {"/name", "/scopes", "/more"}
    for answer in (unknown, method, large, cursor, query, fields):
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == f"urn:yunhu:error:{answer.json()['id']}"


async def test_given_a_request_when_notified_then_it_is_idempotent_listed_and_cancelled(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    path = "/api/v1/notifications"
    body = {
        "script": "your-turn",
        "phone": "13800138000",
        "parameters": {"window": "3"},
        "client_reference": "r1",
    }
    first = await client.post(path, json=body)
    assert first.status_code == 201, first.text
    again = await client.post(path, json=body)
    other = await client.post(path, json={**body, "priority": 9})
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert (other.status_code, other.json()["id"]) == (409, "notifications.reference_conflict")
    bad = await client.post(path, json={**body, "client_reference": "r2", "parameters": {"window": "<>"}})
    assert (bad.status_code, bad.json()["details"]["errors"][0]["pointer"]) == (422, "/parameters/window")
    missing = await client.post(path, json={**body, "client_reference": "r3", "script": "none"})
    assert missing.status_code == 404
    by_phone = await client.get(path, params={"phone": "138-0013-8000", "state": "pending"})
    assert [item["client_reference"] for item in by_phone.json()["items"]] == ["r1"]
    assert "13800138000" not in by_phone.text
    assert (await client.get(path, params={"phone": "13800138001"})).json()["items"] == []
    cancel = f"{path}/{first.json()['id']}/cancel"
    assert [(await client.post(cancel)).json()["state"] for _ in range(2)] == ["cancelled", "cancelled"]


async def test_given_many_rows_when_paged_then_each_is_seen_once(client: httpx.AsyncClient) -> None:
    for number in range(5):
        body = {"script": "menu", "phone": "13800138000", "client_reference": f"r{number}"}
        assert (await client.post("/api/v1/notifications", json=body)).status_code == 201
    seen, cursor = [], None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/api/v1/notifications", params=params)).json()
        seen += [item["client_reference"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["r4", "r3", "r2", "r1", "r0"]


@pytest.mark.parametrize(("path", "text"), [("/healthz", "ok"), ("/readyz", "ready")])
async def test_given_a_migrated_database_when_probed_then_it_is_well(
    client: httpx.AsyncClient, path: str, text: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.text) == (200, text)


async def test_given_requests_when_measured_then_names_carry_units(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    await client.post("/api/v1/queue-events", json=queue_event("e1", "taken", clock.now()))
    metrics = (await client.get("/metrics")).text
    assert 'yunhu_queue_events_total{event="taken",status="accepted"} 1.0' in metrics
    assert 'yunhu_http_request_duration_seconds_count{method="POST",route="/api/v1/queue-events"' in metrics


async def test_given_the_docs_page_when_loaded_then_it_asks_no_other_host_and_nothing_stands_inline(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert not re.search(r"(src|href)=.(https?:)?//", page.text)
    assert not re.search(r"<style|<script(?! src=)| style=| on[a-z]+=", page.text)
    for path, media_type in re.findall(r"\"(/docs/page\.(css|js))\"", page.text):
        file = await client.get(path)
        assert (file.status_code, media_type in {"css", "js"}) == (200, True)
        assert file.headers["content-type"].startswith("text/")
    document = (await client.get("/docs/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    body = document["paths"]["/api/v1/queue-events"]["post"]["requestBody"]
    assert "queue_number" in str(body)
