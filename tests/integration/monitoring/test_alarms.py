"""Alarms: raised once a cause, acknowledged, cleared when the cause is gone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text
from tests.support.dispatch.rig import Rig, equip, rows
from tests.support.hall.builders import Hall, build_hall
from tests.support.hall.plugin import client_of

from yunhu.domains.monitoring.alarms import follow_events, look_at_states
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id
from yunhu.foundation.outbox import Event, publish

ALARMS, OPERATOR = "/api/v1/alarms", "/api/v1/operator/alarms"


async def tell(
    database: Database, clock: ManualClock, *events: tuple[UUID, str, UUID, dict[str, Any]]
) -> None:
    async with database.transaction() as session:
        await publish(session, [Event(*event, clock.now()) for event in events])
    async with database.transaction() as session:
        await follow_events(session, clock.now())


async def look(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        await look_at_states(session, clock.now())


async def listed(client: httpx.AsyncClient, path: str = ALARMS, **query: Any) -> Any:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_given_a_fact_told_twice_when_listed_then_one_alarm_until_it_is_acknowledged_and_cleared(
    client: httpx.AsyncClient, hall: Hall, database: Database, clock: ManualClock
) -> None:
    fault = new_id()
    overdue = (hall.tenant_id, "fault.overdue", fault, {"reference": "F-1", "title": "no calls"})
    await tell(database, clock, overdue, overdue)
    (alarm,) = await listed(client)
    assert (alarm["kind"], alarm["severity"], alarm["state"], alarm["times"]) == (
        "fault_overdue",
        "critical",
        "open",
        2,
    )
    path = f"{ALARMS}/{alarm['id']}/acknowledge"
    seen = (await client.post(path, json={"note": "calling the carrier"})).json()
    assert (seen["state"], seen["acknowledged_by"], seen["note"]) == (
        "acknowledged",
        "test",
        "calling the carrier",
    )
    assert [one["state"] for one in await listed(client)] == ["acknowledged"]
    await tell(database, clock, (hall.tenant_id, "fault.answered", fault, {}))
    assert await listed(client) == []
    assert [one["state"] for one in await listed(client, standing="false")] == ["cleared"]
    late = await client.post(path, json={})
    assert (late.status_code, late.json()["id"]) == (409, "monitoring.alarm_cleared")
    (entry,) = await rows(database, "SELECT reason FROM audit_entries WHERE action = 'alarm.acknowledge'")
    assert entry.reason == "calling the carrier"
    await tell(database, clock, overdue)
    assert len(await listed(client)) == 1


async def test_given_another_tenants_alarm_when_listed_then_only_the_operator_sees_both(
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    hall: Hall,
    database: Database,
    vault: Vault,
    clock: ManualClock,
    app: Any,
) -> None:
    other = await build_hall(database, vault, clock.now(), slug="beilin")
    quota = {"kind": "robot", "percent": 80, "used": 8, "quota": 10}
    await tell(
        database,
        clock,
        (hall.tenant_id, "quota.alarm", new_id(), quota),
        (other.tenant_id, "quota.alarm", new_id(), quota),
    )
    (mine,) = await listed(client)
    async with client_of(app, other.token) as stranger:
        answer = await stranger.post(f"{ALARMS}/{mine['id']}/acknowledge", json={})
        assert answer.json()["id"] == "monitoring.alarm_not_found"
    assert len(await listed(operator_client, OPERATOR)) == 2
    assert [one["id"] for one in await listed(operator_client, OPERATOR, tenant="yanta")] == [mine["id"]]
    cleared = await operator_client.post(f"{OPERATOR}/{mine['id']}/clear", json={"note": "a supplement came"})
    assert cleared.json()["state"] == "cleared"
    assert await listed(client) == []


async def test_given_a_trunk_that_no_node_can_use_when_looked_at_then_an_alarm_until_it_is_back(
    operator_client: httpx.AsyncClient, rig: Rig, database: Database, clock: ManualClock
) -> None:
    await rig.wait_for("SELECT count(*) FROM trunk_states", 1)
    await look(database, clock)
    assert await listed(operator_client, OPERATOR) == []
    assert rig.board is not None
    rig.looks[:] = [type(rig.looks[0])(rig.looks[0].trunk_id, usable=False, detail="no answer to OPTIONS")]
    await rig.wait_for("SELECT usable FROM trunk_states", False)
    await look(database, clock)
    assert await listed(operator_client, OPERATOR) == [], "half a minute of trouble is no alarm"
    clock.advance(timedelta(seconds=31))
    for _ in range(2):
        await look(database, clock)
    (alarm,) = await listed(operator_client, OPERATOR)
    assert (alarm["kind"], alarm["times"]) == ("trunk_down", 1)
    assert alarm["detail"] == {"trunk": "sandbox", "detail": "no answer to OPTIONS"}
    rig.looks[:] = [type(rig.looks[0])(rig.looks[0].trunk_id, usable=True, detail="sandbox")]
    await rig.wait_for("SELECT usable FROM trunk_states", True)
    await look(database, clock)
    assert await listed(operator_client, OPERATOR) == []


async def test_given_lost_nodes_and_a_quarantined_number_when_looked_at_then_each_is_told_to_whom_it_concerns(
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    hall: Hall,
    database: Database,
    clock: ManualClock,
) -> None:
    await equip(database, hall.tenant_id, clock.now())
    async with database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO nodes (id, name, state, started_at, heartbeat_at) "
                "VALUES (gen_random_uuid(), 'n1', 'lost', now(), now())"
            )
        )
        await session.execute(
            text(
                "UPDATE caller_numbers SET state = 'quarantined' "
                "WHERE id = (SELECT id FROM caller_numbers ORDER BY e164 LIMIT 1)"
            )
        )
    await look(database, clock)
    kinds = sorted(one["kind"] for one in await listed(operator_client, OPERATOR))
    assert kinds == ["no_node", "node_lost", "number_quarantined"]
    assert [one["kind"] for one in await listed(client)] == ["number_quarantined"]
