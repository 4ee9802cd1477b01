"""Money over HTTP: what a finance person reads, closes, downloads and compares."""

import asyncio
import csv
import io
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from prometheus_client import CollectorRegistry
from tests.support.billing.builders import reserved_call
from tests.support.billing.workbook import sheets_of
from tests.support.contracts.builders import bare_tenant, contract_wish, serve
from tests.support.hall.builders import Hall
from tests.support.hall.plugin import client_of

from yunhu.domains.billing.jobs import (
    accrue,
    compare_yesterday,
    follow_contracts,
    post_yesterday,
    tell_alarms,
)
from yunhu.domains.billing.public import hold, settle_call
from yunhu.domains.billing.verification import verify
from yunhu.domains.calls.public import Facts, end_call
from yunhu.domains.contracts.jobs import turn_clock
from yunhu.domains.contracts.wishes import ItemWish
from yunhu.domains.contracts.words import ItemKind
from yunhu.domains.tasks.public import TaskWorker
from yunhu.entrypoints.chores import all_handlers
from yunhu.foundation.clock import ManualClock, natural_day
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.http import Services
from yunhu.foundation.ids import new_id
from yunhu.foundation.settings import Settings
from yunhu.telephony.port import EndedBy, ResultClass, Termination

VOICE, CARD = ItemKind.VOICE_NOTIFICATION, ItemKind.CALL_CARD
MINE, OURS = "/api/v1/billing", "/api/v1/operator/billing"


@pytest.fixture
async def hall(database: Database, vault: Vault, clock: ManualClock) -> Hall:
    """A tenant with nothing but a key, in the place of the hall that has a contract already."""
    clock.set(datetime.fromisoformat("2026-01-05T02:00:00+00:00"))
    return await bare_tenant(database, vault, clock.now())


@pytest.fixture
async def contract_id(database: Database, hall: Hall, clock: ManualClock) -> UUID:
    """Section B's prices over quotas of a handful of calls."""
    items = (
        ItemWish(kind=ItemKind.ROBOT, name="变量语音机器人", unit="个", quota=2, price=4_400_000),
        ItemWish(kind=VOICE, name="语音通知", unit="条", quota=5, price=50),
        ItemWish(kind=CARD, name="来电名片", unit="张", quota=5, price=24),
    )
    wish = contract_wish(date(2026, 1, 5), number="B-1", items=items, prepayment=4_400_074)
    async with database.transaction() as session:
        return await serve(session, hall.tenant_id, clock.now(), wish=wish)


@pytest.fixture
def services(settings: Settings, database: Database, vault: Vault, clock: ManualClock) -> Services:
    return Services(settings, database, vault, clock, CollectorRegistry())


async def called(database: Database, hall: Hall, clock: ManualClock, *, answered: bool = True) -> UUID:
    """One call from its commit to its end, metered as dispatch meters it."""
    call_id, now = new_id(), clock.now()
    async with database.transaction() as session:
        await reserved_call(session, hall.tenant_id, call_id, now)
        assert await hold(session, call_id=call_id, tenant_id=hall.tenant_id, kind=VOICE, now=now)
    ended = now + timedelta(seconds=20)
    result = ResultClass.ANSWERED if answered else ResultClass.NO_ANSWER
    facts = Facts(
        answered_at=now + timedelta(seconds=8) if answered else None,
        ended_at=ended,
        termination=Termination(result=result, ended_by=EndedBy.CALLEE, reason="done"),
    )
    async with database.transaction() as session:
        await end_call(session, call_id, facts)
        await settle_call(session, call_id=call_id, answered=answered, now=ended)
    return call_id


async def jobs(database: Database, clock: ManualClock) -> None:
    for step in (turn_clock, follow_contracts, post_yesterday, accrue, tell_alarms, compare_yesterday):
        more = True
        while more:
            async with database.transaction() as session:
                more = await step(session, clock.now())


async def ok(answer: Any, status: int = 200) -> Any:
    got: httpx.Response = await answer
    assert got.status_code == status, got.text
    return got.json()


async def test_given_a_month_when_closed_then_its_papers_ledger_and_usage_tell_the_same(
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    database: Database,
    hall: Hall,
    clock: ManualClock,
    contract_id: UUID,
) -> None:
    for answered in (True, True, True, False):
        await called(database, hall, clock, answered=answered)
    await jobs(database, clock)
    usage = await ok(client.get(f"{MINE}/usage"))
    voice = next(quota for quota in usage["quotas"] if quota["kind"] == "voice_notification")
    assert (voice["used"], voice["held"], voice["left"], voice["amount"]) == (3, 0, 2, 30)
    assert usage["balances"][0]["used"] == 30
    early = await operator_client.post(
        f"{OURS}/statements", json={"contract_id": str(contract_id), "month": "2026-01-31"}
    )
    assert (early.status_code, early.json()["id"]) == (409, "billing.month_not_over")
    clock.set(datetime.fromisoformat("2026-02-01T01:00:00+00:00"))
    await jobs(database, clock)
    await called(database, hall, clock)  # of February: no business of January's statement
    row = await ok(
        operator_client.post(
            f"{OURS}/statements", json={"contract_id": str(contract_id), "month": "2026-01-31"}
        ),
        201,
    )
    # 27 of 365 days of the robots, and three answered calls.
    robots = 325_479
    assert (row["number"], row["gross"]) == ("DZ2026-000001", robots + 30)
    assert row["net"] + row["vat"] == row["gross"]
    again = await operator_client.post(
        f"{OURS}/statements", json={"contract_id": str(contract_id), "month": "2026-01-01"}
    )
    assert (again.status_code, again.json()["details"]) == (409, {"statement_id": row["id"]})
    listed = await ok(client.get(f"{MINE}/statements"))
    assert [item["id"] for item in listed["items"]] == [row["id"]]
    whole = await ok(client.get(f"{MINE}/statements/{row['id']}"))
    line = next(line for line in whole["content"]["lines"] if line["kind"] == "voice_notification")
    assert (line["pieces"], line["used"], line["left"], line["amount"]) == (3, 3, 2, 30)
    balance = whole["content"]["balance"]
    assert balance == 4_400_074 - robots - 30
    await _papers(client, row)
    await _ledger(operator_client, contract_id, robots, balance)
    await _the_same_for_both(client, operator_client)


async def _the_same_for_both(client: httpx.AsyncClient, operator_client: httpx.AsyncClient) -> None:
    days = {"first_day": "2026-01-01", "last_day": "2026-01-31"}
    for path, query, expected in (("meter", days, 1), ("accounts", {}, 4), ("entries", {"limit": "200"}, 3)):
        own = await ok(client.get(f"{MINE}/{path}", params=query))
        seen = await ok(operator_client.get(f"{OURS}/{path}", params={**query, "tenant": "yanta"}))
        assert own == seen
        assert len(own["items"] if path == "entries" else own) >= expected
    both = {"first_day": "2026-01-01", "last_day": "2026-02-28"}
    newest = [row["day"] for row in await ok(client.get(f"{MINE}/meter", params=both))]
    oldest = [row["day"] for row in await ok(client.get(f"{MINE}/meter", params={**both, "order": "oldest"}))]
    assert newest == oldest[::-1] == sorted(oldest, reverse=True)
    assert len(set(newest)) > 1
    named = {account["item"] for account in await ok(client.get(f"{MINE}/accounts"))}
    assert named >= {None, "变量语音机器人", "语音通知"}


async def _papers(client: httpx.AsyncClient, row: dict[str, Any]) -> None:
    page = await client.get(f"{MINE}/statements/{row['id']}/content")
    assert (page.status_code, page.headers["content-type"]) == (200, "application/pdf")
    assert page.content.startswith(b"%PDF-")
    book = await client.get(f"{MINE}/statements/{row['id']}/content", params={"form": "xlsx"})
    sheets = sheets_of(book.content)
    summary, details = sheets["服务费用对账单"], sheets["明细1"]
    assert ["人民币大写", "叁仟贰佰伍拾伍元零玖分"] in [cells[:2] for cells in summary]
    assert ["价税合计（元）", 3255.09] in [cells[:2] for cells in summary]
    assert ["语音通知", "语音通知", "条", 5.0, 3.0, 3.0, 2.0, 0.3] in summary
    assert details[0] == ["日期", "项目", "结算时间", "通话编号", "金额（元）"]
    assert [(cells[0], cells[1], cells[2], cells[4]) for cells in details[1:]] == [
        ("2026-01-05", "语音通知", "2026-01-05 10:00:20", 0.1)
    ] * 3


async def _ledger(operator_client: httpx.AsyncClient, contract_id: UUID, robots: int, balance: int) -> None:
    accounts = await ok(operator_client.get(f"{OURS}/accounts", params={"tenant": "yanta"}))
    assert sum(account["balance"] for account in accounts) == 0
    prepaid = [account["balance"] for account in accounts if account["account"] == "prepayment"]
    assert sum(prepaid) == -balance
    query = {"tenant": "yanta", "contract_id": str(contract_id), "limit": "2"}
    first = await ok(operator_client.get(f"{OURS}/entries", params=query))
    query["cursor"] = first["next_cursor"]
    second = await ok(operator_client.get(f"{OURS}/entries", params=query))
    assert second["next_cursor"] is None
    kinds = [entry["kind"] for entry in first["items"] + second["items"]]
    assert sorted(kinds) == ["accrual", "payment", "usage"]
    accruals = await ok(operator_client.get(f"{OURS}/entries", params={"tenant": "yanta", "kind": "accrual"}))
    lines = {line["account"]: line["amount"] for line in accruals["items"][0]["lines"]}
    assert lines["prepayment"] == robots == -lines["revenue"] - lines["vat"]


async def test_given_a_quota_and_money_that_run_out_when_read_then_alarms_come_in_pages(
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    database: Database,
    hall: Hall,
    clock: ManualClock,
    contract_id: UUID,
) -> None:
    for _ in range(5):
        await called(database, hall, clock)
        await jobs(database, clock)
        clock.advance(timedelta(minutes=1))
    clock.set(datetime.fromisoformat("2026-12-01T01:00:00+00:00"))
    await jobs(database, clock)
    seen: list[tuple[str, int]] = []
    query: dict[str, str] = {"limit": "3"}
    while True:
        page = await ok(client.get(f"{MINE}/alarms", params=query))
        seen += [(alarm["kind"], alarm["percent"]) for alarm in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    # Eleven twelfths of the robots' year are used by December.
    assert seen == [
        ("balance", 80),
        ("voice_notification", 100),
        ("voice_notification", 95),
        ("voice_notification", 80),
    ]
    theirs = await ok(operator_client.get(f"{OURS}/alarms", params={"tenant": "yanta"}))
    assert [alarm["contract_id"] for alarm in theirs["items"]] == [str(contract_id)] * 4
    assert (await ok(operator_client.get(f"{OURS}/alarms")))["items"] == theirs["items"]


async def test_given_a_carriers_file_when_compared_as_a_task_then_its_differences_can_be_read(
    operator_client: httpx.AsyncClient,
    database: Database,
    hall: Hall,
    clock: ManualClock,
    contract_id: UUID,
    services: Services,
) -> None:
    call_id = await called(database, hall, clock)
    content = "caller,callee,start,duration\r\n02988880000,13812345678,2026-01-05 10:00:03,12\r\n"
    document = await ok(
        operator_client.post("/api/v1/operator/documents", files={"file": ("cdr.csv", content, "text/csv")}),
        201,
    )
    wish = {"first_day": "2026-01-01", "last_day": "2026-01-31"}
    accepted = await ok(
        operator_client.post(
            f"{OURS}/reconciliations",
            params={"tenant": "yanta"},
            json={"document_id": document["id"], "wish": wish},
        ),
        202,
    )
    worker = TaskWorker(database, clock, all_handlers(services))
    assert await worker.run_one()
    task = await ok(operator_client.get(f"/api/v1/operator/tasks/{accepted['task_id']}"))
    assert task["state"] == "done", task
    run_id = task["report"]["reconciliation_id"]
    run = await ok(operator_client.get(f"{OURS}/reconciliations/{run_id}"))
    assert (run["kind"], run["ours"], run["theirs"]) == ("carrier", 1, 1)
    assert run["counts"] == {"missing_here": 1, "missing_there": 1}
    found = await ok(operator_client.get(f"{OURS}/reconciliations/{run_id}/differences"))
    assert [(row["cause"], row["cause_zh"], row["row"], row["call_id"]) for row in found["items"]] == [
        ("missing_here", "本方无此通话", 2, None),
        ("missing_there", "对方话单缺失", None, str(call_id)),
    ]
    one = await ok(
        operator_client.get(f"{OURS}/reconciliations/{run_id}/differences", params={"cause": "missing_there"})
    )
    assert len(one["items"]) == 1


async def test_given_calls_that_were_not_metered_right_when_compared_then_each_has_its_cause(
    operator_client: httpx.AsyncClient,
    database: Database,
    hall: Hall,
    clock: ManualClock,
    contract_id: UUID,
    services: Services,
) -> None:
    now = clock.now()
    await called(database, hall, clock)
    lost, ghost, wrong = new_id(), new_id(), new_id()
    ended = Facts(
        ended_at=now,
        termination=Termination(result=ResultClass.NO_ANSWER, ended_by=EndedBy.CALLEE, reason="done"),
    )
    async with database.transaction() as session:
        for call_id in (lost, wrong):
            await reserved_call(session, hall.tenant_id, call_id, now)
        for call_id in (ghost, wrong):
            assert await hold(session, call_id=call_id, tenant_id=hall.tenant_id, kind=VOICE, now=now)
    async with database.transaction() as session:
        for call_id in (lost, wrong):
            await end_call(session, call_id, ended)
        for call_id in (ghost, wrong):
            await settle_call(session, call_id=call_id, answered=True, now=now)
    await ok(
        operator_client.post(
            f"{OURS}/reconciliations",
            params={"tenant": "yanta"},
            json={"wish": {"first_day": "2026-01-05", "last_day": "2026-01-05"}},
        ),
        202,
    )
    assert await TaskWorker(database, clock, all_handlers(services)).run_one()
    runs = await ok(
        operator_client.get(f"{OURS}/reconciliations", params={"tenant": "yanta", "kind": "records"})
    )
    assert runs["items"][0]["counts"] == {
        "not_metered": 1,
        "metered_without_call": 1,
        "charged_unanswered": 1,
    }
    run_id = runs["items"][0]["id"]
    found = await ok(operator_client.get(f"{OURS}/reconciliations/{run_id}/differences"))
    assert {row["cause"]: row["call_id"] for row in found["items"]} == {
        "not_metered": str(lost),
        "metered_without_call": str(ghost),
        "charged_unanswered": str(wrong),
    }


async def test_given_a_new_day_when_jobs_run_then_yesterdays_records_are_compared_once(
    operator_client: httpx.AsyncClient,
    database: Database,
    hall: Hall,
    clock: ManualClock,
    contract_id: UUID,
) -> None:
    await called(database, hall, clock)
    for _ in range(4):
        clock.advance(timedelta(hours=12))
        await jobs(database, clock)
    runs = await ok(operator_client.get(f"{OURS}/reconciliations", params={"tenant": "yanta"}))
    assert [(run["first_day"], run["ours"], run["counts"]) for run in runs["items"]] == [
        ("2026-01-06", 0, {}),
        ("2026-01-05", 1, {}),
    ]


async def test_given_contracts_when_invoices_are_exported_then_claims_stand_there_until_they_are_invoiced(
    operator_client: httpx.AsyncClient, hall: Hall, contract_id: UUID
) -> None:
    async def rows(**query: str) -> list[list[str]]:
        answer = await operator_client.get(f"{OURS}/invoices", params=query)
        assert answer.status_code == 200, answer.text
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    head, row = await rows(tenant="yanta")
    told = dict(zip(head, row, strict=True))
    assert (told["合同编号"], told["税率"], told["价税合计"]) == ("B-1", "6%", "44000.74")
    assert (told["不含税金额"], told["税额"], told["发票号码"]) == ("41510.13", "2490.61", "")
    whole = await ok(operator_client.get(f"/api/v1/operator/contracts/{contract_id}"))
    invoice = {"claim_id": whole["claims"][0]["id"], "invoice_number": "FP-1", "invoiced_on": "2026-01-05"}
    await ok(operator_client.post(f"/api/v1/operator/contracts/{contract_id}/invoices", json=invoice))
    assert (await rows())[1][-2:] == ["FP-1", "2026-01-05"]
    assert len(await rows(pending="true")) == 1


async def test_given_an_end_in_the_middle_of_a_month_when_settled_then_nothing_of_the_prepayment_is_left(
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    database: Database,
    hall: Hall,
    clock: ManualClock,
    contract_id: UUID,
) -> None:
    path = f"/api/v1/operator/contracts/{contract_id}"
    await called(database, hall, clock)
    in_the_air = new_id()
    async with database.transaction() as session:
        assert await hold(session, call_id=in_the_air, tenant_id=hall.tenant_id, kind=VOICE, now=clock.now())
    assert (await client.get(f"{MINE}/settlements/{contract_id}/content")).status_code == 404
    clock.advance(timedelta(days=10))
    await ok(operator_client.post(f"{path}/terminate", json={"ground": "agreement", "reason": "moved"}))
    waits = await operator_client.post(f"{path}/settle")
    assert (waits.status_code, waits.json()["id"]) == (409, "contracts.calls_in_the_air")
    async with database.transaction() as session:
        await settle_call(session, call_id=in_the_air, answered=False, now=clock.now())
    settled = await ok(operator_client.post(f"{path}/settle"))
    await jobs(database, clock)
    # 11 of 365 days of the robots and one call.
    assert settled["account"]["used"] == 132_603 + 10
    accounts = await ok(operator_client.get(f"{OURS}/accounts", params={"tenant": "yanta"}))
    sums: dict[str, int] = {}
    for account in accounts:
        sums[account["account"]] = sums.get(account["account"], 0) + account["balance"]
    assert sums["prepayment"] == 0
    assert sums["bank"] == 4_400_074 - settled["account"]["returned"] == -sums["revenue"] - sums["vat"]
    async with database.transaction() as session:
        assert {found.check for found in await verify(session)} <= {"pieces_equal_calls"}
    page = await client.get(f"{MINE}/settlements/{contract_id}/content")
    assert page.content.startswith(b"%PDF-")
    book = await operator_client.get(f"{OURS}/settlements/{contract_id}/content", params={"form": "xlsx"})
    rows = [cells[:2] for cells in sheets_of(book.content)["合同结算单"]]
    assert ["服务费用合计（元，含税）", 1326.13] in rows
    assert ["人民币大写", "壹仟叁佰贰拾陆元壹角叁分"] in rows
    assert ["应退还甲方（元）", 42674.61] in rows


async def test_given_another_tenant_when_it_reads_money_then_nothing_is_there(
    app: Litestar, database: Database, vault: Vault, hall: Hall, clock: ManualClock, contract_id: UUID
) -> None:
    await called(database, hall, clock)
    other = await bare_tenant(database, vault, clock.now(), slug="other")
    async with client_of(app, other.token) as stranger:
        assert await ok(stranger.get(f"{MINE}/usage")) == {"quotas": [], "balances": []}
        days = {"first_day": "2026-01-01", "last_day": "2026-12-31"}
        assert await ok(stranger.get(f"{MINE}/meter", params=days)) == []
        assert (await stranger.get(f"{MINE}/settlements/{contract_id}/content")).status_code == 404
        assert (await stranger.get(f"{OURS}/usage", params={"tenant": "yanta"})).status_code == 403


async def test_given_a_card_outcome_and_a_call_with_card_at_once_when_metered_then_neither_waits_for_ever(
    database: Database, hall: Hall, clock: ManualClock, contract_id: UUID
) -> None:
    async def both(call_id: UUID) -> None:
        async with database.transaction() as session:
            for kind in (VOICE, CARD):
                await hold(session, call_id=call_id, tenant_id=hall.tenant_id, kind=kind, now=clock.now())
                await asyncio.sleep(0.01)

    async def card_back(call_id: UUID) -> None:
        async with database.transaction() as session:
            await settle_call(session, call_id=call_id, kind=CARD, answered=False, now=clock.now())

    calls = [new_id() for _ in range(4)]
    for call_id in calls:
        await both(call_id)
    await asyncio.gather(*(card_back(call_id) for call_id in calls), *(both(new_id()) for _ in range(4)))
    async with database.transaction() as session:
        assert {found.check for found in await verify(session)} <= {"pieces_equal_calls"}


async def test_given_a_contract_that_was_ended_when_the_next_one_serves_then_the_next_one_is_charged(
    operator_client: httpx.AsyncClient,
    client: httpx.AsyncClient,
    database: Database,
    hall: Hall,
    clock: ManualClock,
    contract_id: UUID,
) -> None:
    await called(database, hall, clock)
    path = f"/api/v1/operator/contracts/{contract_id}"
    await ok(operator_client.post(f"{path}/terminate", json={"ground": "agreement", "reason": "renewed"}))
    clock.advance(timedelta(days=1))
    wish = contract_wish(
        natural_day(clock.now()),
        number="B-2",
        items=(ItemWish(kind=VOICE, name="语音通知", unit="条", quota=3, price=30),),
        prepayment=30,
    )
    async with database.transaction() as session:
        following = await serve(session, hall.tenant_id, clock.now(), wish=wish)
    await called(database, hall, clock)
    usage = await ok(client.get(f"{MINE}/usage"))
    voice = [quota["used"] for quota in usage["quotas"] if quota["kind"] == "voice_notification"]
    assert voice == [1, 1]
    assert {row["contract_id"]: row["used"] for row in usage["balances"]}[str(following)] == 10
