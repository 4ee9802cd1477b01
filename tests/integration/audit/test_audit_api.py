"""The audit log over HTTP: histories, searches, grants, reveals; each side sees its own."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from tests.support.hall.builders import DEFAULT_PLAN, Hall, build_hall
from tests.support.hall.plugin import client_of

from yunhu.domains.audit.public import (
    ContentKind,
    GrantNeededError,
    granted_scopes,
    record,
    require_grant,
)
from yunhu.domains.identity.public import Scope
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import Phone

ANN = Actor(ActorKind.USER, "ann", UUID(int=7))
PHONE = Phone.parse("13812345678")


async def _record(database: Database, tenant_id: UUID | None, subject: str = "1", **more: Any) -> None:
    async with database.transaction() as session:
        wish = {"action": "thing.change", "before": {"a": 1}, "after": {"a": 2}} | more
        await record(session, ANN, subject=("thing", subject), tenant_id=tenant_id, **wish)


async def _add_refusal(database: Database, vault: Vault, hall: Hall, now: datetime) -> UUID:
    sealed, refusal_id = vault.seal_phone(PHONE), new_id()
    async with database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO refusals (id, tenant_id, callee_cipher, callee_index, source, at) "
                "VALUES (:id, :tenant_id, :cipher, :index, 'api', :now)"
            ),
            {
                "id": refusal_id,
                "tenant_id": hall.tenant_id,
                "cipher": sealed.cipher,
                "index": sealed.index,
                "now": now,
            },
        )
    return refusal_id


async def test_given_changes_of_two_tenants_when_history_is_read_then_each_sees_its_own(
    client: httpx.AsyncClient, operator_client: httpx.AsyncClient, database: Database, hall: Hall
) -> None:
    for tenant_id in (hall.tenant_id, new_id(), None):
        await _record(database, tenant_id)
    query = {"subject_kind": "thing", "subject_id": "1"}
    mine = (await client.get("/api/v1/history", params=query)).json()["items"]
    assert [entry["changes"] for entry in mine] == [[{"name": "a", "before": "1", "after": "2"}]]
    assert mine[0]["actor_name"] == "ann"
    own = (await operator_client.get("/api/v1/operator/history", params=query)).json()["items"]
    theirs = await operator_client.get("/api/v1/operator/history", params=query | {"tenant": "yanta"})
    assert len(own) == 1
    assert theirs.json()["items"][0]["hash"] == mine[0]["hash"] != own[0]["hash"]
    unknown = await operator_client.get("/api/v1/operator/audit", params={"tenant": "nobody"})
    assert unknown.json()["id"] == "audit.tenant_unknown"


async def test_given_many_entries_when_listed_then_pages_and_filters_hold(
    client: httpx.AsyncClient, database: Database, hall: Hall, clock: ManualClock
) -> None:
    start = clock.now()
    for number in range(5):
        await _record(database, hall.tenant_id, str(number), action=f"thing.{number % 2}", now=clock.now())
        clock.advance(timedelta(minutes=1))

    async def listed(**params: Any) -> list[str]:
        answer = await client.get("/api/v1/audit", params=params)
        assert answer.status_code == 200, answer.text
        return [entry["subject_id"] for entry in answer.json()["items"]]

    query = {"limit": 3, "subject": "thing"}
    first = (await client.get("/api/v1/audit", params=query)).json()
    assert [entry["subject_id"] for entry in first["items"]] == ["4", "3", "2"]
    rest = await client.get("/api/v1/audit", params=query | {"cursor": first["next_cursor"]})
    assert [entry["subject_id"] for entry in rest.json()["items"]] == ["1", "0"]
    assert rest.json()["next_cursor"] is None
    assert await listed(action="thing.1") == ["3", "1"]
    assert len(await listed(action="thing", actor="ann")) == 5
    assert await listed(action="thin") == []
    assert await listed(actor="bob") == []
    assert await listed(subject="thing:2") == ["2"]
    assert len(await listed(subject="thing")) == 5
    window = {
        "since": (start + timedelta(minutes=1)).isoformat(),
        "until": (start + timedelta(minutes=3)).isoformat(),
    }
    assert await listed(subject="thing", **window) == ["2", "1"]
    bad = await client.get("/api/v1/audit", params={"cursor": "bnVsbA"})
    assert bad.json()["id"] == "request.cursor_invalid"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"subject": "a\0b"}, 400),
        ({"nonsense": "1"}, 400),
        ({"since": "2026-02-09T08:00:00"}, 422),
        ({"since": "0"}, 400),
    ],
)
async def test_given_a_query_that_cannot_be_meant_when_sent_then_it_is_refused(
    client: httpx.AsyncClient, query: dict[str, str], status: int
) -> None:
    answer = await client.get("/api/v1/audit", params=query)
    assert answer.status_code == status, answer.text


async def test_given_the_operator_when_it_reads_a_tenants_log_then_the_tenant_sees_that(
    client: httpx.AsyncClient, operator_client: httpx.AsyncClient, hall: Hall
) -> None:
    for _ in range(2):
        assert (
            await operator_client.get("/api/v1/operator/audit", params={"tenant": "yanta"})
        ).status_code == 200
    looks = (await client.get("/api/v1/audit", params={"action": "look.audit"})).json()["items"]
    assert [look["actor_name"] for look in looks] == ["operator test"]


async def test_given_a_refusal_when_its_phone_is_revealed_then_the_look_is_on_record_first(
    client: httpx.AsyncClient, database: Database, vault: Vault, hall: Hall, clock: ManualClock
) -> None:
    refusal = await _add_refusal(database, vault, hall, clock.now())
    body = {"kind": "refusal", "id": str(refusal), "reason": "the person asks to be called"}
    answer = await client.post("/api/v1/reveals", json=body)
    assert (answer.status_code, answer.json()) == (200, {"phone": "+8613812345678"})
    assert answer.headers["cache-control"] == "no-store"
    query = {"subject_kind": "refusal", "subject_id": str(refusal)}
    [entry] = (await client.get("/api/v1/history", params=query)).json()["items"]
    assert (entry["action"], entry["kind"], entry["reason"]) == (
        "look.phone",
        "look",
        "the person asks to be called",
    )
    assert "12345678" not in str(entry)


@pytest.mark.parametrize("reason", ["", "   ", "x", None])
async def test_given_no_reason_when_a_phone_is_wanted_then_it_stays_masked(
    client: httpx.AsyncClient, reason: str | None
) -> None:
    body = {"kind": "call", "id": str(new_id()), "reason": reason}
    assert (await client.post("/api/v1/reveals", json=body)).status_code == 400


async def test_given_somebody_elses_object_when_its_phone_is_wanted_then_404_and_no_entry(
    app: Litestar, client: httpx.AsyncClient, database: Database, vault: Vault, hall: Hall, clock: ManualClock
) -> None:
    refusal = await _add_refusal(database, vault, hall, clock.now())
    other = await build_hall(database, vault, clock.now(), slug="other", plan=DEFAULT_PLAN)
    body = {"kind": "refusal", "id": str(refusal), "reason": "curiosity"}
    async with client_of(app, other.token) as stranger:
        answer = await stranger.post("/api/v1/reveals", json=body)
    assert (answer.status_code, answer.json()["id"]) == (404, "audit.reveal_not_found")
    assert (await client.get("/api/v1/audit", params={"action": "look"})).json()["items"] == []


async def test_given_many_reveals_when_one_more_is_wanted_then_it_must_wait(
    client: httpx.AsyncClient, database: Database, vault: Vault, hall: Hall, clock: ManualClock
) -> None:
    refusal = await _add_refusal(database, vault, hall, clock.now())
    body = {"kind": "refusal", "id": str(refusal), "reason": "copying the register"}
    statuses = [(await client.post("/api/v1/reveals", json=body)).status_code for _ in range(25)]
    assert statuses[:20] == [200] * 20
    assert 429 in statuses[20:]


async def test_given_a_grant_when_asked_then_it_opens_exactly_its_kinds_until_it_ends(
    client: httpx.AsyncClient, database: Database, hall: Hall, clock: ManualClock
) -> None:
    now = clock.now()
    body = {
        "kinds": ["calls", "phones"],
        "purpose": "complaint 12 of 2026",
        "expires_at": (now + timedelta(days=1)).isoformat(),
    }
    made = await client.post("/api/v1/grants", json=body)
    assert made.status_code == 201, made.text
    async with database.transaction() as session:
        scopes = await granted_scopes(session, hall.tenant_id, None, now)
        assert scopes == {Scope.CALLS_READ, Scope.MONITOR_READ, Scope.PHONES_REVEAL}
        assert await granted_scopes(session, hall.tenant_id, None, now + timedelta(days=1)) == frozenset()
        assert await granted_scopes(session, new_id(), None, now) == frozenset()
        await require_grant(session, hall.tenant_id, new_id(), ContentKind.CALLS, now)
        with pytest.raises(GrantNeededError):
            await require_grant(session, hall.tenant_id, new_id(), ContentKind.RECORDINGS, now)
    revoked = await client.post(f"/api/v1/grants/{made.json()['id']}/revoke")
    assert revoked.json()["revoked_by"] == "test"
    again = await client.post(f"/api/v1/grants/{made.json()['id']}/revoke")
    assert again.json() == revoked.json()
    async with database.transaction() as session:
        assert await granted_scopes(session, hall.tenant_id, None, now) == frozenset()
    kept = (await client.get("/api/v1/audit", params={"action": "grant"})).json()["items"]
    actions = [entry["action"] for entry in kept]
    assert actions == ["grant.revoke", "grant.give"]


async def test_given_wrong_grants_when_given_then_they_are_refused(
    client: httpx.AsyncClient, hall: Hall, clock: ManualClock
) -> None:
    async def problem(**more: Any) -> str:
        body = {
            "kinds": ["calls"],
            "purpose": "complaint",
            "expires_at": (clock.now() + timedelta(days=1)).isoformat(),
        } | more
        return str((await client.post("/api/v1/grants", json=body)).json()["id"])

    assert await problem(expires_at=clock.now().isoformat()) == "audit.grant_term"
    assert await problem(expires_at=(clock.now() + timedelta(days=400)).isoformat()) == "audit.grant_term"
    assert await problem(user_id=str(new_id())) == "audit.grantee_unknown"
    assert await problem(kinds=[]) == "request.invalid"
    missing = await client.post(f"/api/v1/grants/{new_id()}/revoke")
    assert missing.json()["id"] == "audit.grant_not_found"


async def test_given_grants_when_listed_then_both_sides_see_them(
    client: httpx.AsyncClient, operator_client: httpx.AsyncClient, hall: Hall, clock: ManualClock
) -> None:
    for days in (1, 2, 3):
        body = {
            "kinds": ["recordings"],
            "purpose": "training",
            "expires_at": (clock.now() + timedelta(days=days)).isoformat(),
        }
        assert (await client.post("/api/v1/grants", json=body)).status_code == 201
    page = (await client.get("/api/v1/grants", params={"limit": 2})).json()
    rest = (await client.get("/api/v1/grants", params={"limit": 2, "cursor": page["next_cursor"]})).json()
    assert (len(page["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    clock.advance(timedelta(days=1, hours=1))
    query = {"tenant": "yanta", "standing": "true"}
    seen = (await operator_client.get("/api/v1/operator/grants", params=query)).json()["items"]
    assert [grant["id"] for grant in seen] == [grant["id"] for grant in page["items"]]
    assert (await operator_client.get("/api/v1/grants")).status_code == 403


async def test_given_a_log_when_checked_then_it_is_sound_until_somebody_alters_an_entry(
    client: httpx.AsyncClient, operator_client: httpx.AsyncClient, database: Database, hall: Hall
) -> None:
    for number in range(3):
        await _record(database, hall.tenant_id, str(number))
    sound = (await client.get("/api/v1/audit/chain")).json()
    newest = (await client.get("/api/v1/audit", params={"limit": 1})).json()["items"][0]
    assert (sound["entries"], sound["checked"], sound["broken_at"]) == (newest["sequence"],) * 2 + (None,)
    assert sound["head"] == newest["hash"]
    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
        await session.execute(
            text("UPDATE audit_entries SET reason = 'other' WHERE chain = :chain AND sequence = :sequence"),
            {"chain": hall.tenant_id, "sequence": newest["sequence"] - 1},
        )
        await session.execute(text("ALTER TABLE audit_entries ENABLE TRIGGER USER"))
    broken = (await client.get("/api/v1/audit/chain")).json()
    assert broken["broken_at"] == newest["sequence"] - 1
    theirs = await operator_client.get("/api/v1/operator/audit/chain", params={"tenant": "yanta"})
    own = await operator_client.get("/api/v1/operator/audit/chain")
    assert theirs.json()["broken_at"] == broken["broken_at"]
    assert own.json()["broken_at"] is None


async def test_given_grants_when_the_operator_lists_open_tenants_then_only_standing_ones_count(
    client: httpx.AsyncClient, operator_client: httpx.AsyncClient, hall: Hall, clock: ManualClock
) -> None:
    path = "/api/v1/operator/open-tenants"
    assert (await operator_client.get(path)).json() == []
    for kinds, days in ((["calls", "scripts"], 2), (["calls"], 5)):
        expires_at = (clock.now() + timedelta(days=days)).isoformat()
        body = {"kinds": kinds, "purpose": "looking into a fault", "expires_at": expires_at}
        assert (await client.post("/api/v1/grants", json=body)).status_code == 201
    [both] = (await operator_client.get(path)).json()
    assert (both["tenant"], both["kinds"]) == ("yanta", ["calls", "scripts"])
    assert datetime.fromisoformat(both["until"]) == clock.now() + timedelta(days=5)
    clock.advance(timedelta(days=3))
    [one] = (await operator_client.get(path)).json()
    assert one["kinds"] == ["calls"]
    granted = (await client.get("/api/v1/grants")).json()["items"]
    for grant in granted:
        await client.post(f"/api/v1/grants/{grant['id']}/revoke")
    assert (await operator_client.get(path)).json() == []
