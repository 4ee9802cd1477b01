"""The operator's stock of numbers, and what a tenant sees of its own."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.support.hall.builders import Hall
from tests.support.hall.equipment import equip_hall

from yunhu.domains.numbers.jobs import judge_pools
from yunhu.foundation.clock import ManualClock, natural_day
from yunhu.foundation.db import Database

STOCK = "/api/v1/operator/caller-numbers"


def card(number: str, **more: Any) -> dict[str, Any]:
    return {
        "number": number,
        "trunk": "sandbox",
        "registered_to": "yanta",
        "valid_from": "2026-01-01",
        "per_minute": 5,
        **more,
    }


@pytest.fixture
async def equipped(database: Database, hall: Hall, clock: ManualClock) -> UUID:
    async with database.transaction() as session:
        return await equip_hall(session, hall.tenant_id, clock.now(), numbers=6)


async def first_number(client: httpx.AsyncClient) -> dict[str, Any]:
    listed = await client.get("/api/v1/caller-numbers", params={"limit": 1})
    found: dict[str, Any] = listed.json()["items"][0]
    return found


async def test_given_numbers_in_stock_when_allocated_then_the_tenant_has_them_with_their_region(
    operator_client: httpx.AsyncClient, client: httpx.AsyncClient, equipped: UUID, hall: Hall
) -> None:
    imported = await operator_client.post(
        STOCK, json={"numbers": [card("010-88880001"), card("010-88880002", valid_until="2026-12-31")]}
    )
    assert imported.status_code == 201, imported.text
    assert {number["state"] for number in imported.json()} == {"available"}
    answer = await operator_client.post(f"{STOCK}/allocations", json={"tenant": "yanta", "count": 2})
    assert answer.status_code == 201, answer.text
    regions = await operator_client.get("/api/v1/operator/number-regions/yanta")
    assert regions.json() == {"regions": ["10", "29"]}
    own = (await client.get("/api/v1/caller-numbers")).json()["items"]
    assert {number["number"] for number in own} >= {"01088880001", "01088880002"}
    few = await operator_client.post(f"{STOCK}/allocations", json={"tenant": "yanta", "count": 1})
    assert (few.status_code, few.json()["id"]) == (409, "numbers.too_few_available")


@pytest.mark.parametrize(
    ("numbers", "status", "problem"),
    [
        ([card("010-88880001"), card("nonsense")], 422, "numbers.invalid"),
        ([card("010-88880001", trunk="nowhere")], 422, "numbers.trunk_unknown"),
        ([card("010-88880001", valid_until="2025-01-01")], 422, "numbers.invalid"),
        ([card("029-88880000"), card("010-88880001")], 409, "numbers.known"),
        ([card("010-88880001"), card("010 8888 0001")], 409, "numbers.known"),
    ],
)
async def test_given_a_wrong_row_when_imported_then_none_is_taken(
    operator_client: httpx.AsyncClient,
    equipped: UUID,
    database: Database,
    numbers: list[dict[str, Any]],
    status: int,
    problem: str,
) -> None:
    answer = await operator_client.post(STOCK, json={"numbers": numbers})
    assert (answer.status_code, answer.json()["id"]) == (status, problem), answer.text
    async with database.transaction() as session:
        assert (
            await session.scalar(text("SELECT count(*) FROM caller_numbers WHERE state = 'available'")) == 0
        )


async def test_given_rows_of_every_kind_when_checked_then_each_says_its_own_problem_and_nothing_is_taken(
    operator_client: httpx.AsyncClient, client: httpx.AsyncClient, equipped: UUID, database: Database
) -> None:
    numbers = [
        card("010-88880001"),
        card("nonsense"),
        card("029-88880000"),
        card("01088880001"),
        card("010-88880002", trunk="nowhere"),
    ]
    answer = await operator_client.post(f"{STOCK}/checks", json={"numbers": numbers})
    assert answer.status_code == 200, answer.text
    assert [(row["row"], row["region"], row["problem"]) for row in answer.json()] == [
        (1, "10", None),
        (2, None, "numbers.invalid"),
        (3, "29", "numbers.known"),
        (4, "10", "numbers.known"),
        (5, None, "numbers.trunk_unknown"),
    ]
    assert (await operator_client.get(f"{STOCK}/trunks")).json() == ["sandbox"]
    for refused in (await client.post(f"{STOCK}/checks", json={}), await client.get(f"{STOCK}/trunks")):
        assert refused.status_code == 403
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM caller_numbers")) == 6


async def test_given_counters_when_their_minute_hour_and_day_are_over_then_nothing_is_used(
    client: httpx.AsyncClient, equipped: UUID, database: Database, clock: ManualClock
) -> None:
    now = clock.now()
    async with database.transaction() as session:
        await session.execute(
            text(
                "UPDATE caller_numbers SET minute = :minute, hour = :hour, day = :day, calls_this_minute = 1,"
                " calls_this_hour = 2, calls_this_day = 3"
            ),
            {
                "minute": now.replace(second=0, microsecond=0),
                "hour": now.replace(minute=0, second=0, microsecond=0),
                "day": natural_day(now),
            },
        )

    async def used() -> tuple[int, int, int]:
        number = await first_number(client)
        return number["used_minute"], number["used_hour"], number["used_day"]

    assert await used() == (1, 2, 3)
    clock.advance(timedelta(minutes=1))
    assert (await used())[0] == 0
    clock.advance(timedelta(days=1))
    assert await used() == (0, 0, 0)


async def test_given_a_number_when_held_and_restored_then_its_history_says_who_and_why(
    operator_client: httpx.AsyncClient, client: httpx.AsyncClient, equipped: UUID
) -> None:
    number = await first_number(client)
    path = f"{STOCK}/{number['id']}"
    held = await operator_client.post(f"{path}/hold", json={"reason": "投诉核查"})
    assert (held.json()["state"], held.json()["state_reason"]) == ("held", "投诉核查")
    again = await operator_client.post(f"{path}/hold", json={"reason": "x"})
    assert (again.status_code, again.json()["id"]) == (409, "numbers.step_refused")
    assert (await operator_client.post(f"{path}/restore", json={"reason": "已核实"})).json()[
        "state"
    ] == "allocated"
    await operator_client.put(f"{path}/cooling", json={"minutes": 30, "reason": "休息"})
    await operator_client.put(
        f"{path}/limits", json={"per_minute": 2, "per_hour": 20, "per_day": 100, "max_concurrent": 1}
    )
    shown = (await client.get(f"/api/v1/caller-numbers/{number['id']}")).json()
    assert [event["kind"] for event in shown["events"]] == ["limits", "cooled", "restored", "held"]
    assert shown["number"]["per_minute"] == 2


async def test_given_another_tenants_number_when_asked_for_then_it_is_not_there(
    client: httpx.AsyncClient, operator_client: httpx.AsyncClient, equipped: UUID
) -> None:
    (imported,) = (await operator_client.post(STOCK, json={"numbers": [card("010-88880009")]})).json()
    assert (await client.get(f"/api/v1/caller-numbers/{imported['id']}")).status_code == 404
    assert (await client.post(f"{STOCK}/{imported['id']}/hold", json={"reason": "x"})).status_code == 403


async def test_given_a_week_of_calls_when_judged_then_the_worst_rests_and_one_that_is_barred_again_is_quarantined(
    database: Database, hall: Hall, clock: ManualClock, equipped: UUID, client: httpx.AsyncClient
) -> None:
    days = [
        (0, 400, 240, 5, 0),
        (1, 400, 60, 5, 0),
        (2, 400, 250, 6, 3),
        (3, 400, 238, 4, 0),
        (4, 400, 244, 5, 0),
    ]
    async with database.transaction() as session:
        for index, reached, answered, refused, flagged in days:
            await session.execute(
                text(
                    "INSERT INTO number_days SELECT id, :day, tenant_id, :reached, :reached, :answered, :refused, "
                    ":flagged, 0 FROM caller_numbers WHERE e164 = :e164"
                ),
                {
                    "day": natural_day(clock.now()),
                    "reached": reached,
                    "answered": answered,
                    "refused": refused,
                    "flagged": flagged,
                    "e164": f"+86298888{index:04d}",
                },
            )
        await judge_pools(session, clock.now())
    listed = (await client.get("/api/v1/caller-numbers")).json()["items"]
    seen = {number["number"][-4:]: number for number in listed}
    assert seen["0001"]["health"] == 0
    assert seen["0001"]["cooling_until"] is not None
    assert (seen["0002"]["state"], seen["0002"]["state_reason"]) == ("quarantined", "flagged")
    assert {seen[name]["health"] for name in ("0000", "0003", "0004", "0005")} == {100}
    resting = (await client.get(f"/api/v1/caller-numbers/{seen['0001']['id']}")).json()
    assert [(event["kind"], event["reason"]) for event in resting["events"]] == [("cooled", "answer_rate")]
    assert resting["days"][0]["answered"] == 60
    rest = {"reached": 1600, "answered": 240 + 250 + 238 + 244, "refused": 5 + 6 + 4 + 5}
    assert resting["pool"] == [{"day": str(natural_day(clock.now())), **rest}]
    clock.advance(timedelta(hours=1))
