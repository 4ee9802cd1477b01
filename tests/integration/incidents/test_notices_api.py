"""Notices over HTTP: lead times, audience, acknowledgement, amendment, end; told to tenants once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from tests.support.hall.builders import build_hall
from tests.support.hall.plugin import client_of

from yunhu.domains.incidents.jobs import turn_notices

NOTICES = "/api/v1/operator/notices"


def notice(now: datetime, *, in_hours: float = 200, **more: Any) -> dict[str, Any]:
    starts_at = now + timedelta(hours=in_hours)
    return {
        "reference": "M-1",
        "kind": "maintenance",
        "title": "线路检修",
        "body": "检修期间语音通知暂停",
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
        **more,
    }


@pytest.fixture
async def told(database):
    async def read() -> list[tuple[str, str]]:
        query = text(
            "SELECT o.type, t.slug FROM outbox AS o JOIN tenants AS t ON t.id = o.tenant_id "
            "WHERE o.type LIKE 'notice.%' ORDER BY o.id"
        )
        async with database.transaction() as session:
            return [(row.type, row.slug) for row in await session.execute(query)]

    return read


async def turned(database, clock) -> int:
    steps = 0
    while True:
        async with database.transaction() as session:
            if not await turn_notices(session, clock.now()):
                return steps
        steps += 1


@pytest.mark.parametrize(("urgency", "hours", "status"), [
    ("urgent", 23.99, 422), ("urgent", 24, 201), ("planned", 167.99, 422), ("planned", 168, 201),
])  # fmt: skip
async def test_given_a_lead_when_published_then_a_shorter_one_is_refused(
    operator_client, hall, clock, urgency, hours, status
):
    answer = await operator_client.post(NOTICES, json=notice(clock.now(), in_hours=hours, urgency=urgency))

    assert answer.status_code == status, answer.text
    if status == 422:
        assert answer.json()["id"] == "incidents.lead_too_short"
        assert "earliest_start" in answer.json()["details"]


async def test_given_a_notice_to_all_when_one_acknowledges_then_the_operator_sees_who_has_not(
    client, operator_client, app, database, vault, hall, clock, told
):
    other = await build_hall(database, vault, clock.now(), slug="beilin")
    id_ = (await operator_client.post(NOTICES, json=notice(clock.now()))).json()["id"]
    listed = (await client.get("/api/v1/notices")).json()["items"]
    assert [(item["id"], item["acknowledged"]) for item in listed] == [(id_, False)]

    answer = await client.post(f"/api/v1/notices/{id_}/acknowledge", json={"revision": 1})

    assert answer.status_code == 200, answer.text
    assert answer.json()["acknowledged"] is True
    left = (
        await operator_client.get(f"{NOTICES}/{id_}/recipients", params={"unacknowledged": "true"})
    ).json()
    assert [item["tenant"] for item in left] == ["beilin"]
    assert sorted(await told()) == [("notice.published", "beilin"), ("notice.published", "yanta")]
    async with client_of(app, other.token) as others:
        assert (await others.get(f"/api/v1/notices/{id_}")).json()["acknowledged"] is False


async def test_given_an_amendment_when_the_old_text_is_acknowledged_then_refused_until_the_new_is_read(
    client, operator_client, hall, clock, told
):
    body = notice(clock.now())
    id_ = (await operator_client.post(NOTICES, json=body)).json()["id"]
    await client.post(f"/api/v1/notices/{id_}/acknowledge", json={"revision": 1})
    new = {key: body[key] for key in ("title", "body", "starts_at", "ends_at")} | {"body": "改为夜间"}

    answer = await operator_client.put(f"{NOTICES}/{id_}", json=new)

    assert (answer.json()["state"], answer.json()["revision"]) == ("amended", 2)
    assert (await client.get(f"/api/v1/notices/{id_}")).json()["acknowledged"] is False
    stale = await client.post(f"/api/v1/notices/{id_}/acknowledge", json={"revision": 1})
    assert (stale.status_code, stale.json()["details"]) == (409, {"revision": 2})
    assert (await client.post(f"/api/v1/notices/{id_}/acknowledge", json={"revision": 2})).status_code == 200
    assert [type_ for type_, _ in await told()] == ["notice.published", "notice.amended"]


async def test_given_an_audience_when_published_then_others_do_not_see_it(
    client, operator_client, database, vault, hall, clock
):
    await build_hall(database, vault, clock.now(), slug="beilin")
    answer = await operator_client.post(NOTICES, json=notice(clock.now(), tenants=["beilin"]))
    assert answer.status_code == 201, answer.text

    assert (await client.get("/api/v1/notices")).json()["items"] == []
    assert (await client.get(f"/api/v1/notices/{answer.json()['id']}")).status_code == 404
    unknown = await operator_client.post(
        NOTICES, json=notice(clock.now(), reference="M-2", tenants=["nobody"])
    )
    assert (unknown.status_code, unknown.json()["details"]) == (422, {"unknown": ["nobody"]})
    again = await operator_client.post(NOTICES, json=notice(clock.now()))
    assert (again.status_code, again.json()["details"]["id"]) == (409, answer.json()["id"])


async def test_given_a_standing_notice_when_a_tenant_comes_and_time_passes_then_told_and_ended_once(
    operator_client, database, vault, hall, clock, told
):
    id_ = (await operator_client.post(NOTICES, json=notice(clock.now()))).json()["id"]
    await build_hall(database, vault, clock.now(), slug="beilin")
    assert await turned(database, clock) == 1
    assert await turned(database, clock) == 0
    clock.advance(timedelta(hours=203))

    assert await turned(database, clock) == 1

    assert (await operator_client.get(NOTICES)).json()["items"][0]["state"] == "ended"
    assert sorted(await told()) == [
        (type_, slug) for type_ in ("notice.ended", "notice.published") for slug in ("beilin", "yanta")
    ]
    late = await operator_client.post(f"{NOTICES}/{id_}/withdraw", json={"reason": "x"})
    assert (late.status_code, late.json()["id"]) == (409, "incidents.notice_state")
    history = await operator_client.get(
        "/api/v1/operator/history", params={"subject_kind": "notice", "subject_id": id_}
    )
    assert [entry["action"] for entry in history.json()["items"]] == ["notice.end", "notice.publish"], (
        history.text
    )
