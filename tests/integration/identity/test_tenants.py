"""Tenants: the list to switch by; made, renamed, disabled."""

from datetime import timedelta
from typing import Any

import httpx
from tests.support.dispatch.rig import rows
from tests.support.hall.builders import Hall, build_hall
from tests.support.identity.people import browser, make_user, sign_in

from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

TENANTS = "/api/v1/operator/tenants"


async def test_given_a_reviewer_when_tenants_are_listed_then_what_each_has_opened_is_told(
    client: httpx.AsyncClient, hall: Hall, database: Database, vault: Vault, clock: ManualClock, app: Any
) -> None:
    await build_hall(database, vault, clock.now(), slug="beilin")
    until = (clock.now() + timedelta(days=1)).isoformat()
    grant = {"kinds": ["calls", "scripts"], "purpose": "a complaint", "expires_at": until}
    assert (await client.post("/api/v1/grants", json=grant)).status_code == 201
    await make_user(database, vault, clock, None, "reviewer", presets=["compliance_reviewer"])
    await make_user(database, vault, clock, None, "helper", presets=["support"])
    async with browser(app) as reviewer, browser(app) as helper:
        await sign_in(reviewer, clock, "reviewer")
        await sign_in(helper, clock, "helper")
        seen = (await reviewer.get(TENANTS)).json()["items"]
        assert [(one["slug"], one["granted"]) for one in seen] == [
            ("beilin", []),
            ("yanta", ["calls", "scripts"]),
        ]
        shown = (await helper.get(TENANTS, params={"q": "YAN"})).json()["items"]
        assert [(one["slug"], one["granted"]) for one in shown] == [("yanta", [])]
        assert (await helper.post(TENANTS, json={"slug": "x", "name": "x"})).status_code == 403
        # The live monitor with content goes by the tenant's own door, under its grant.
        content = await reviewer.get("/api/v1/live", headers={"Yunhu-Tenant": "yanta"})
        assert content.status_code == 200
    assert (await client.get(TENANTS)).json()["id"] == "identity.operator_needed"


async def test_given_the_operator_when_a_tenant_is_added_and_renamed_then_both_are_on_record(
    operator_client: httpx.AsyncClient, database: Database
) -> None:
    made = await operator_client.post(TENANTS, json={"slug": "changan", "name": "长安区政务大厅"})
    assert made.status_code == 201, made.text
    twice = await operator_client.post(TENANTS, json={"slug": "changan", "name": "x"})
    assert (twice.status_code, twice.json()["id"]) == (409, "identity.tenant_exists")
    patch = {"name": "长安区政务服务中心", "reason": "renamed by the district"}
    renamed = await operator_client.patch(f"{TENANTS}/changan", json=patch)
    assert renamed.json()["name"] == "长安区政务服务中心"
    missing = await operator_client.patch(f"{TENANTS}/nobody", json=patch)
    assert missing.json()["id"] == "identity.tenant_unknown"
    entries = await rows(
        database,
        "SELECT action, tenant_id IS NULL AS operators FROM audit_entries WHERE action ~ '^tenant' ORDER BY 1, 2",
    )
    assert [(entry.action, entry.operators) for entry in entries] == [
        ("tenant.change", False),
        ("tenant.change", True),
        ("tenant.create", True),
    ]


async def test_given_a_disabled_tenant_when_its_key_or_user_comes_then_refused_until_it_is_enabled(
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    hall: Hall,
    database: Database,
    vault: Vault,
    clock: ManualClock,
    app: Any,
) -> None:
    await make_user(database, vault, clock, hall.tenant_id, "boss", presets=["supervisor"])
    async with browser(app) as person:
        await sign_in(person, clock, "boss")
        assert (await person.get("/api/v1/live")).status_code == 200
        off = {"enabled": False, "reason": "the contract is over"}
        answer = await operator_client.patch(f"{TENANTS}/yanta", json=off)
        assert answer.json()["disabled_at"] is not None
        assert (await person.get("/api/v1/live")).status_code == 401
        assert (await client.get("/api/v1/live")).status_code == 401
        on = {"enabled": True, "reason": "a new contract"}
        assert (await operator_client.patch(f"{TENANTS}/yanta", json=on)).json()["disabled_at"] is None
        assert (await person.get("/api/v1/live")).status_code == 200
