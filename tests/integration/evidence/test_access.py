"""Who may have a pack, and what of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from tests.support.evidence.packs import PACKS, REASON, Desk, open_desk
from tests.support.hall.builders import Hall, build_hall
from tests.support.hall.plugin import client_of
from tests.support.identity.people import browser, make_user, sign_in

from yunhu.domains.identity.cookies import CSRF_HEADER, TENANT_HEADER
from yunhu.domains.identity.public import KeyWish, Scope, create_api_key
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.settings import Settings

PHONE = "13800000000"


@pytest.fixture
def desk(
    client: httpx.AsyncClient, database: Database, vault: Vault, clock: ManualClock, settings: Settings
) -> Desk:
    return open_desk(client, database, vault, clock, settings)


@pytest.fixture
async def reader(
    app: Litestar, database: Database, vault: Vault, clock: ManualClock, hall: Hall
) -> AsyncIterator[httpx.AsyncClient]:
    """A key of the tenant that may have packs, and documents, but neither whole numbers nor recordings."""
    wish = KeyWish(name="reader", scopes=[Scope.EVIDENCE_READ, Scope.DOCUMENTS_READ], rate_per_minute=100_000)
    async with database.transaction() as session:
        token, _ = await create_api_key(session, vault, hall.tenant_id, wish, clock.now())
    async with client_of(app, token) as opened:
        yield opened


async def test_given_no_permission_for_whole_numbers_or_recordings_when_asked_then_neither_made_nor_handed_out(
    desk: Desk, reader: httpx.AsyncClient
) -> None:
    for flag, error in (
        ("whole_phones", "evidence.phones_not_allowed"),
        ("with_recordings", "evidence.recordings_not_allowed"),
    ):
        wish = {"reason": REASON, "phone": PHONE, flag: True}
        assert (await reader.post(PACKS, json=wish)).json()["id"] == error
        pack = await desk.request(phone=PHONE, **{flag: True})
        assert (await reader.get(f"{PACKS}/{pack['id']}/content")).json()["id"] == error
    plain = await desk.request(phone=PHONE)
    assert (await reader.get(f"{PACKS}/{plain['id']}/content")).status_code == 200


async def test_given_a_pack_when_documents_are_asked_for_then_it_is_not_among_them(
    desk: Desk, reader: httpx.AsyncClient, database: Database
) -> None:
    await desk.request(phone=PHONE, whole_phones=True)
    async with database.transaction() as session:
        document_id = await session.scalar(text("SELECT document_id FROM evidence_packs"))
    assert (await reader.get("/api/v1/documents")).json()["items"] == []
    assert (await reader.get(f"/api/v1/documents/{document_id}/content")).status_code == 404


async def test_given_a_pack_that_is_not_made_yet_when_fetched_then_conflict(desk: Desk) -> None:
    asked = (await desk.client.post(PACKS, json={"reason": REASON, "phone": PHONE})).json()
    assert asked["state"] == "queued"
    assert (await desk.client.get(f"{PACKS}/{asked['id']}/content")).json()["id"] == "evidence.not_ready"
    cancelled = await desk.client.post(f"/api/v1/tasks/{asked['task_id']}/cancel")
    assert cancelled.status_code == 200
    assert (await desk.client.get(f"{PACKS}/{asked['id']}")).json()["state"] == "cancelled"


async def test_given_another_tenants_pack_when_asked_for_then_there_is_none(
    desk: Desk, app: Litestar, database: Database, vault: Vault, clock: ManualClock
) -> None:
    pack = await desk.request(phone=PHONE)
    other = await build_hall(database, vault, clock.now(), slug="other")
    async with client_of(app, other.token) as stranger:
        assert (await stranger.get(f"{PACKS}/{pack['id']}")).status_code == 404
        assert (await stranger.get(f"{PACKS}/{pack['id']}/content")).status_code == 404
        assert (await stranger.get(PACKS)).json()["items"] == []


async def test_given_packs_when_listed_then_pages_and_filters_hold_and_the_operator_sees_who_asked(
    desk: Desk, operator_client: httpx.AsyncClient
) -> None:
    made = [(await desk.request(phone=PHONE))["id"] for _ in range(3)]
    first = (await desk.client.get(PACKS, params={"limit": 2})).json()
    second = (await desk.client.get(PACKS, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [pack["id"] for pack in first["items"] + second["items"]] == made[::-1]
    assert (await desk.client.get(PACKS, params={"kind": "period"})).json()["items"] == []
    seen = (await operator_client.get("/api/v1/operator/evidence-packs", params={"tenant": "yanta"})).json()
    assert [(pack["id"], pack["reason"], pack["requested_by"]) for pack in seen["items"]] == [
        (id_, REASON, "test") for id_ in made[::-1]
    ]
    unknown = await operator_client.get("/api/v1/operator/evidence-packs", params={"tenant": "nobody"})
    assert unknown.json()["id"] == "evidence.tenant_unknown"
    assert (await operator_client.get(PACKS)).status_code == 403


@asynccontextmanager
async def _reviewer(
    app: Litestar, database: Database, vault: Vault, clock: ManualClock
) -> AsyncIterator[Any]:
    await make_user(database, vault, clock, None, "lin", presets=("compliance_reviewer",))
    async with browser(app) as client:
        signed = await sign_in(client, clock, "lin")
        client.headers.update({CSRF_HEADER: signed.csrf, TENANT_HEADER: "yanta"})
        yield client


async def test_given_the_operators_reviewer_when_the_tenant_grants_and_revokes_then_packs_open_and_close(
    desk: Desk, app: Litestar, database: Database, vault: Vault, clock: ManualClock
) -> None:
    wish = {"reason": REASON, "phone": PHONE}
    async with _reviewer(app, database, vault, clock) as reviewer:
        assert (await reviewer.post(PACKS, json=wish)).status_code == 403
        grant = await desk.client.post(
            "/api/v1/grants",
            json={
                "kinds": ["evidence", "calls"],
                "purpose": "complaint",
                "expires_at": (clock.now() + timedelta(days=1)).isoformat(),
            },
        )
        assert grant.is_success, grant.text
        asked = await reviewer.post(PACKS, json=wish)
        assert asked.status_code == 202, asked.text
        assert asked.json()["of_operator"] is True
        assert await desk.worker.run_one()
        content = f"{PACKS}/{asked.json()['id']}/content"
        assert (await reviewer.get(content)).status_code == 200
        # The grant is for calls and evidence: neither for recordings nor for whole numbers.
        heard = await reviewer.post(PACKS, json={**wish, "with_recordings": True})
        assert heard.json()["id"] == "audit.grant_needed"
        shown = await reviewer.post(PACKS, json={**wish, "whole_phones": True})
        assert shown.json()["id"] == "audit.grant_needed"
        await desk.client.post(f"/api/v1/grants/{grant.json()['id']}/revoke")
        assert (await reviewer.get(content)).status_code == 403
    history = await desk.client.get("/api/v1/audit", params={"actor": "lin", "action": "look"})
    assert [entry["action"] for entry in history.json()["items"]] == ["look.evidence"] * 2


async def test_given_a_node_that_died_in_the_middle_when_another_takes_the_task_up_then_one_pack_comes_out(
    desk: Desk, database: Database, clock: ManualClock
) -> None:
    asked = (await desk.client.post(PACKS, json={"reason": REASON, "phone": PHONE})).json()
    assert await desk.worker.run_one()
    first = (await desk.client.get(f"{PACKS}/{asked['id']}")).json()
    async with database.transaction() as session:
        await session.execute(text("UPDATE tasks SET state = 'queued', finished_at = NULL"))
    assert await desk.worker.run_one()
    again = (await desk.client.get(f"{PACKS}/{asked['id']}")).json()
    assert (again["finished_at"], again["content_sha256"]) == (first["finished_at"], first["content_sha256"])
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM documents WHERE kind = 'evidence_pack'")) == 1


async def test_given_a_store_that_cannot_be_written_when_a_pack_is_made_then_the_task_fails_and_nothing_is_left(
    desk: Desk, settings: Settings, database: Database
) -> None:
    settings.documents_dir.parent.mkdir(parents=True, exist_ok=True)
    settings.documents_dir.write_text("not a folder")
    asked = (await desk.client.post(PACKS, json={"reason": REASON, "phone": PHONE})).json()
    assert await desk.worker.run_one()
    assert (await desk.client.get(f"{PACKS}/{asked['id']}")).json()["state"] == "failed"
    settings.documents_dir.unlink()
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM documents WHERE kind = 'evidence_pack'")) == 0
