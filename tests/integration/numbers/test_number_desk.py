"""Forty numbers with their papers: taken into stock, given to their owner, marked, judged, shown again to one person."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from tests.support.dispatch.rig import BUSY, Rig, equip, rows
from tests.support.hall.builders import Hall, build_hall, queue_event
from tests.support.hall.equipment import equip_hall
from tests.support.hall.plugin import client_of

from yunhu.domains.numbers.jobs import judge_pools
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

STOCK = "/api/v1/operator/caller-numbers"
PDF = b"%PDF-1.7\n" + b"registration" * 50


@pytest.fixture
async def trunk(database: Database, hall: Hall, clock: ManualClock) -> UUID:
    async with database.transaction() as session:
        return await equip_hall(session, hall.tenant_id, clock.now(), numbers=0)


async def paper(operator: httpx.AsyncClient) -> str:
    kept = await operator.post(
        "/api/v1/operator/documents?kind=number_paper", files={"file": ("登记.pdf", PDF)}
    )
    return str(kept.json()["id"])


def card(number: str, document_id: str, **more: Any) -> dict[str, Any]:
    return {
        "number": number,
        "trunk": "sandbox",
        "registered_to": "yanta",
        "valid_from": "2026-01-01",
        "papers": [
            {"kind": "实名登记证明", "document_id": document_id, "valid_until": "2026-12-31"},
            {"kind": "入网协议", "document_id": document_id},
        ],
        **more,
    }


async def test_given_forty_numbers_with_papers_when_imported_and_allocated_then_each_page_has_its_papers_and_region(
    client: httpx.AsyncClient, operator_client: httpx.AsyncClient, trunk: UUID
) -> None:
    document_id = await paper(operator_client)
    numbers = [card(f"029-8500{index:04d}", document_id) for index in range(38)]
    numbers += [card("13900001111", document_id, region="29"), card("13900002222", document_id)]
    imported = await operator_client.post(STOCK, json={"numbers": numbers})
    assert imported.status_code == 201, imported.text
    assert {number["valid_until"] for number in imported.json()} == {"2026-12-31"}, "the papers end it"
    answer = await operator_client.post(
        f"{STOCK}/allocations", json={"tenant": "yanta", "count": 39, "region": "29"}
    )
    assert answer.status_code == 201, answer.text
    named = await operator_client.post(
        f"{STOCK}/allocations", json={"tenant": "yanta", "numbers": ["13900002222"]}
    )
    assert [number["region"] for number in named.json()] == ["mobile"]
    first = (await client.get("/api/v1/caller-numbers", params={"limit": 25})).json()
    second = (
        await client.get("/api/v1/caller-numbers", params={"limit": 25, "cursor": first["next_cursor"]})
    ).json()
    own = [*first["items"], *second["items"]]
    assert len({number["number"] for number in own}) == 40
    assert sorted({number["region"] for number in own}) == ["29", "mobile"]
    page = (await client.get(f"/api/v1/caller-numbers/{own[0]['id']}")).json()
    assert sorted(paper["kind"] for paper in page["papers"]) == ["入网协议", "实名登记证明"]
    assert [event["kind"] for event in page["events"]] == ["allocated"], "what came before is the operator's"


@pytest.mark.parametrize(
    ("change", "status", "problem"),
    [
        ({"papers": [{"kind": "x", "document_id": str(UUID(int=7))}]}, 404, "documents.not_found"),
        ({"region": "10"}, 422, "numbers.invalid"),
    ],
)
async def test_given_papers_or_a_region_that_are_wrong_when_imported_then_no_number_is_taken(
    operator_client: httpx.AsyncClient,
    trunk: UUID,
    database: Database,
    change: dict[str, Any],
    status: int,
    problem: str,
) -> None:
    document_id = await paper(operator_client)
    numbers = [card("029-85000001", document_id), card("029-85000002", document_id) | change]
    answer = await operator_client.post(STOCK, json={"numbers": numbers})
    assert (answer.status_code, answer.json()["id"]) == (status, problem), answer.text
    assert await rows(database, "SELECT id FROM caller_numbers") == []


async def test_given_numbers_of_others_when_allocated_then_nobody_gets_them(
    operator_client: httpx.AsyncClient,
    trunk: UUID,
    app: Litestar,
    database: Database,
    vault: Vault,
    clock: ManualClock,
) -> None:
    document_id = await paper(operator_client)
    numbers = [
        card("029-85000001", document_id),
        card("029-85000002", document_id, registered_to="别家公司"),
    ]
    await operator_client.post(STOCK, json={"numbers": numbers})

    async def wanted(**wish: Any) -> tuple[int, Any]:
        answer = await operator_client.post(f"{STOCK}/allocations", json={"tenant": "yanta", **wish})
        return answer.status_code, answer.json()["id"] if answer.is_error else len(answer.json())

    assert await wanted(count=2) == (409, "numbers.too_few_available")
    assert await wanted(numbers=["02985000002"]) == (409, "numbers.not_registered")
    assert await wanted(numbers=["02985000009"]) == (404, "numbers.not_found")
    assert await wanted(count=1, numbers=["02985000001"]) == (422, "numbers.invalid")
    assert await wanted() == (422, "numbers.invalid")
    assert await wanted(numbers=["02985000001"]) == (201, 1)
    await build_hall(database, vault, clock.now(), slug="other")
    taken = await operator_client.post(
        f"{STOCK}/allocations",
        json={"tenant": "other", "numbers": ["02985000001"], "registered_to": "yanta"},
    )
    assert (taken.status_code, taken.json()["id"]) == (409, "numbers.taken")


async def test_given_a_paper_of_another_tenant_when_filed_for_a_number_then_there_is_no_such_document(
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    app: Litestar,
    database: Database,
    vault: Vault,
    clock: ManualClock,
    trunk: UUID,
) -> None:
    await operator_client.post(
        STOCK, json={"numbers": [card("029-85000001", await paper(operator_client), papers=[])]}
    )
    (number,) = (
        await operator_client.post(f"{STOCK}/allocations", json={"tenant": "yanta", "count": 1})
    ).json()
    other = await build_hall(database, vault, clock.now(), slug="other")
    async with client_of(app, other.token) as stranger:
        foreign = (await stranger.post("/api/v1/documents", files={"file": ("a.pdf", PDF)})).json()["id"]
    own = (await client.post("/api/v1/documents", files={"file": ("a.pdf", PDF)})).json()["id"]
    path = f"{STOCK}/{number['id']}/papers"
    refused = await operator_client.post(path, json={"kind": "授权书", "document_id": foreign})
    assert (refused.status_code, refused.json()["id"]) == (404, "documents.not_found")
    filed = await operator_client.post(
        path, json={"kind": "授权书", "document_id": own, "valid_until": "2026-06-30"}
    )
    assert filed.json()["valid_until"] == "2026-06-30"


async def test_given_marks_from_outside_when_judged_by_the_hour_then_the_number_rests_and_its_curve_falls(
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    database: Database,
    hall: Hall,
    clock: ManualClock,
) -> None:
    await equip(database, hall.tenant_id, clock.now(), numbers=6)
    number = (await client.get("/api/v1/caller-numbers")).json()["items"][0]
    async with database.transaction() as session:
        await judge_pools(session, clock.now())
    clock.advance(timedelta(days=1))
    path = f"{STOCK}/{number['id']}/flags"
    marked = await operator_client.post(path, json={"source": "360手机卫士", "mark": "骚扰电话"})
    assert marked.status_code == 201, marked.text
    async with database.transaction() as session:
        await judge_pools(session, clock.now())
    page = (await client.get(f"/api/v1/caller-numbers/{number['id']}")).json()
    assert page["number"]["cooling_until"] is not None
    assert [(day["day"], day["health"], day["flagged"]) for day in page["days"]] == [
        ("2026-02-09", 100, 0),
        ("2026-02-10", 80, 1),
    ]
    assert [(event["kind"], event["reason"]) for event in page["events"]] == [
        ("cooled", "flagged"),
        ("flagged", "360手机卫士: 骚扰电话"),
    ]


async def test_given_a_person_called_before_on_a_day_when_called_again_then_the_same_number_is_shown(
    client: httpx.AsyncClient,
    database: Database,
    vault: Vault,
    hall: Hall,
    clock: ManualClock,
    tmp_path: Path,
) -> None:
    trunk_id = await equip(database, hall.tenant_id, clock.now(), numbers=4)
    async with Rig(database, vault, clock, trunk_id, tmp_path) as rig:

        async def called(name: str, phone: str) -> str:
            event = queue_event(name, "called", clock.now(), number=name, window="3", phone=phone)
            assert (await client.post("/api/v1/queue-events", json=event)).status_code == 202
            await rig.wait_for("SELECT count(*) FROM calls WHERE state = 'ended'", len(shown) + 1)
            newest = await rows(database, "SELECT caller_number FROM calls ORDER BY id DESC LIMIT 1")
            shown.append(newest[0].caller_number)
            return str(newest[0].caller_number)

        shown: list[str] = []
        first = await called("A001", BUSY)
        others = [await called(f"A01{index}", f"1380000310{index}") for index in range(2)]
        assert first not in others, "turns are taken"
        await execute(database, "UPDATE caller_numbers SET last_used_at = now() WHERE e164 = :shown", first)
        assert await called("A002", BUSY) == first
        await execute(database, "UPDATE caller_numbers SET state = 'held' WHERE e164 = :shown", first)
        assert await called("A003", BUSY) != first, "a number on hold is shown to nobody, known or not"


async def execute(database: Database, statement: str, shown: str) -> None:
    async with database.transaction() as session:
        await session.execute(text(statement), {"shown": shown})
