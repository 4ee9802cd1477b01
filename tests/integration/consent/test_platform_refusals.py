"""The operator's list binds every tenant; a person's own link refuses and takes it back."""

from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from tests.support.dispatch.rig import PRESSES_2, Rig, equip, rows
from tests.support.hall.builders import CONSENT, build_hall, queue_event
from tests.support.hall.plugin import client_of, open_app
from tests.support.identity.people import browser, make_user, sign_in

OPERATOR = "/api/v1/operator/refusals"
PHONE = "13812345678"
NOTICE = {"script": "your-turn", "phone": PHONE, "parameters": {"window": "3"}, "consent": CONSENT}


@pytest.fixture
async def other(app, database, vault, clock):
    hall = await build_hall(database, vault, clock.now(), slug="other")
    async with client_of(app, hall.token) as opened:
        yield opened


@pytest.fixture
def public_app(settings, database, vault, clock):
    public = msgspec.structs.replace(settings, public_url="https://hall.example.cn/")
    return open_app(public, database, vault, clock)


@pytest.fixture
async def page(public_app):
    async with client_of(public_app, None) as opened:
        yield opened


@pytest.fixture
async def tenant(public_app, hall):
    async with client_of(public_app, hall.token) as opened:
        yield opened


async def test_given_work_of_two_tenants_when_a_person_refuses_all_then_it_ends_everywhere_at_once(
    client, other, operator_client, database, hall, clock
):
    await equip(database, hall.tenant_id, clock.now())
    ids = [(await one.post("/api/v1/notifications", json=NOTICE)).json()["id"] for one in (client, other)]
    made = await operator_client.post(OPERATOR, json={"phone": PHONE})
    assert (made.status_code, made.json()["source"]) == (201, "operator")
    for one, id_ in zip((client, other), ids, strict=True):
        shown = (await one.get(f"/api/v1/notifications/{id_}")).json()
        assert (shown["state"], shown["result"]) == ("refused", "refused")
        answer = await one.post("/api/v1/notifications", json=NOTICE)
        assert answer.json()["id"] == "notifications.refused_by_callee"
        assert (await one.get("/api/v1/refusals")).json()["items"] == []
    said = (await client.post("/api/v1/notifications/check", json=NOTICE)).json()
    assert (said["outcome"], said["reason"]) == ("refused", "platform_refusal")
    taken = queue_event("e1", "called", clock.now(), phone=PHONE, window="3")
    answer = (await client.post("/api/v1/queue-events", json=taken)).json()
    assert answer["not_created"][0]["reason"] == "refused_by_callee"
    assert await rows(database, "SELECT 1 FROM outbox WHERE type = 'callee.refused'") == []

    again = await operator_client.post(OPERATOR, json={"phone": PHONE})
    assert again.json()["id"] == made.json()["id"]
    listed = (await operator_client.get(OPERATOR, params={"standing": True, "phone": PHONE})).json()["items"]
    assert [item["id"] for item in listed] == [made.json()["id"]]
    assert (await client.post(f"/api/v1/refusals/{made.json()['id']}/lift")).status_code == 404
    lifted = await operator_client.post(f"{OPERATOR}/{made.json()['id']}/lift")
    assert lifted.json()["lifted_at"] is not None
    assert (await client.post("/api/v1/notifications", json=NOTICE)).status_code == 201
    actions = await rows(
        database, "SELECT action FROM audit_entries WHERE action LIKE 'refusal.%' ORDER BY sequence"
    )
    assert [row.action for row in actions] == ["refusal.record", "refusal.lift"]


async def test_given_a_call_in_the_air_when_the_person_refuses_all_then_it_is_ended(
    client, operator_client, database, vault, hall, clock, tmp_path
):
    trunk_id = await equip(database, hall.tenant_id, clock.now())
    async with Rig(database, vault, clock, trunk_id, tmp_path, speed=1) as rig:
        wanted = {**NOTICE, "phone": PRESSES_2}
        id_ = (await client.post("/api/v1/notifications", json=wanted)).json()["id"]
        rig.dispatcher.wake(hall.tenant_id)
        state = "SELECT state FROM notifications WHERE id = CAST(:id AS uuid)"
        await rig.wait_for(state, "active", id=id_)
        await operator_client.post(OPERATOR, json={"phone": PRESSES_2})
        [row] = await rows(database, "SELECT stop_reason FROM notifications WHERE state = 'active'")
        assert row.stop_reason == "refused"
        rig.attempts.stop_call(next(iter(rig.attempts.notification_ids)), "refused")
        await rig.wait_for(state, "refused", id=id_)


async def test_given_an_agent_when_it_records_a_refusal_then_it_is_the_agents(
    app, client, database, vault, hall, clock
):
    await make_user(database, vault, clock, hall.tenant_id, "anna", presets=["agent"])
    async with browser(app) as opened:
        agent = await sign_in(opened, clock, "anna")
        headers = {"Yunhu-CSRF": agent.csrf}
        answer = await opened.post("/api/v1/refusals", json={"phone": PHONE}, headers=headers)
        assert (answer.json()["source"], answer.json()["recorded_by"]) == ("agent", "anna")
    await client.post("/api/v1/refusals", json={"phone": "13900000002"})

    async def sources(**query) -> list[str]:
        return [
            item["source"] for item in (await client.get("/api/v1/refusals", params=query)).json()["items"]
        ]

    assert await sources() == ["api", "agent"]
    assert await sources(source="agent") == ["agent"]
    assert await sources(standing=False) == []
    assert await sources(said_from=(clock.now() + timedelta(hours=1)).isoformat()) == []
    assert (
        await client.get("/api/v1/refusals", params={"said_from": "2026-02-09T00:00:00"})
    ).status_code in {400, 422}


async def link_of(client: httpx.AsyncClient, **more: int) -> str:
    answer = await client.post("/api/v1/refusals/links", json={"phone": PHONE, **more})
    assert answer.status_code == 201, answer.text
    assert answer.json()["url"].startswith("https://hall.example.cn/r/")
    assert PHONE not in answer.json()["url"]
    return urlsplit(answer.json()["url"]).path


async def test_given_a_persons_link_when_the_button_is_pressed_then_refused_and_taken_back(
    client, tenant, page, database
):
    id_ = (await client.post("/api/v1/notifications", json=NOTICE)).json()["id"]
    path = await link_of(tenant)
    shown = await page.get(path)
    assert shown.status_code == 200
    assert "138****5678" in shown.text
    assert PHONE not in shown.text
    assert "<script" not in shown.text
    assert 'lang="zh-CN"' in shown.text
    assert "Refuse calls and texts" in shown.text
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["referrer-policy"] == "no-referrer"

    gone = await page.post(f"{path}/refuse")
    assert (gone.status_code, gone.headers["location"]) == (303, path)
    assert "您已拒绝接收来电和短信" in (await page.get(path)).text
    state = (await client.get(f"/api/v1/notifications/{id_}")).json()["state"]
    assert state == "refused"
    [listed] = (await client.get("/api/v1/refusals", params={"source": "web"})).json()["items"]
    assert listed["lifted_at"] is None
    assert (await page.post(f"{path}/refuse")).status_code == 303
    assert (await page.post(f"{path}/lift")).status_code == 303
    assert "您目前可以收到" in (await page.get(path)).text
    actions = await rows(
        database, "SELECT action FROM audit_entries WHERE actor_name = 'refusal link' ORDER BY sequence"
    )
    assert [row.action for row in actions] == ["refusal.record", "refusal.lift"]


async def test_given_a_wrong_or_old_link_when_opened_then_nothing_is_told(tenant, page, clock, database):
    for method, path in (("GET", "/r/abc"), ("POST", "/r/abc/refuse"), ("POST", "/r/abc/lift")):
        answer = await page.request(method, path)
        assert answer.status_code == 404
        assert "链接无效" in answer.text
    path = await link_of(tenant, valid_days=1)
    clock.advance(timedelta(days=2))
    assert (await page.get(path)).status_code == 410
    assert (await page.post(f"{path}/refuse")).status_code == 410
    assert await rows(database, "SELECT 1 FROM refusals") == []


async def test_given_one_address_when_it_tries_again_and_again_then_it_has_to_wait(page):
    statuses = [(await page.get("/r/abc")).status_code for _ in range(40)]
    assert statuses[0] == 404
    assert statuses[-1] == 429


async def test_given_no_public_address_when_a_link_is_wanted_then_it_is_said(
    client,
):
    answer = await client.post("/api/v1/refusals/links", json={"phone": PHONE})
    assert (answer.status_code, answer.json()["id"]) == (409, "consent.public_url_unset")
