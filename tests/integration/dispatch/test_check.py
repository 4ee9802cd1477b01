"""The gate, asked without doing."""

from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
from tests.support.dispatch.rig import ANSWERS, equip, rows
from tests.support.hall.builders import CONSENT, DEFAULT_PLAN, Hall, build_hall

from yunhu.domains.notifications.plans import TimeWindow
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

BODY = {"script": "your-turn", "phone": ANSWERS, "parameters": {"window": "3"}, "consent": CONSENT}
OFFICE = msgspec.structs.replace(
    DEFAULT_PLAN, windows=(TimeWindow(days=(1, 2, 3, 4, 5), start="08:30", end="18:00"),)
)


@pytest.fixture
async def hall(database: Database, vault: Vault, clock: ManualClock) -> Hall:
    return await build_hall(database, vault, clock.now(), plan=OFFICE)


async def verdict(client: httpx.AsyncClient, **changes: Any) -> Any:
    answer = await client.post("/api/v1/notifications/check", json={**BODY, **changes})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_given_everything_in_order_when_checked_then_allowed_and_nothing_is_created(
    client: httpx.AsyncClient, hall: Hall, database: Database, clock: ManualClock
) -> None:
    await equip(database, hall.tenant_id, clock.now())
    assert (await verdict(client))["outcome"] == "allowed"
    assert await rows(database, "SELECT 1 FROM notifications") == []


async def test_given_a_refusal_when_checked_then_the_rule_is_named(
    client: httpx.AsyncClient, hall: Hall, database: Database, clock: ManualClock
) -> None:
    await equip(database, hall.tenant_id, clock.now())
    assert (await client.post("/api/v1/refusals", json={"phone": ANSWERS})).status_code == 201
    said = await verdict(client)
    assert (said["outcome"], said["reason"]) == ("refused", "callee_refusal")


async def test_given_a_night_when_checked_then_the_opening_is_told(
    client: httpx.AsyncClient, hall: Hall, database: Database, clock: ManualClock
) -> None:
    await equip(database, hall.tenant_id, clock.now())
    clock.advance(timedelta(hours=12))
    said = await verdict(client, valid_seconds=86_400)
    assert (said["outcome"], said["reason"]) == ("deferred", "time_window")
    assert said["until"].startswith("2026-02-10T00:30:00")


async def test_given_no_robot_when_checked_then_it_says_so(client: httpx.AsyncClient, hall: Hall) -> None:
    said = await verdict(client)
    assert (said["outcome"], said["reason"]) == ("refused", "robot_free")


async def test_given_a_bad_parameter_when_checked_then_it_is_a_422_as_for_creating(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("/api/v1/notifications/check", json={**BODY, "parameters": {}})
    assert answer.status_code == 422
