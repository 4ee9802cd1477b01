"""Fault reports and support visits over HTTP, with their clocks."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from tests.support.hall.builders import build_hall
from tests.support.hall.plugin import client_of

from yunhu.domains.incidents.jobs import tell_overdue
from yunhu.domains.incidents.public import EVENT_TYPES, plan_support_visit
from yunhu.domains.incidents.visits import plan_due_visits
from yunhu.foundation.calendar import CalendarYearUnknownError, WorkingCalendar

FAULTS = "/api/v1/fault-reports"
DESK = "/api/v1/operator/fault-reports"
FAULT = {"reference": "F-1", "title": "无法外呼", "description": "全部呼叫失败", "severity": "major"}


@pytest.fixture
async def told(database):
    async def read() -> list[str]:
        async with database.transaction() as session:
            query = text("SELECT type FROM outbox WHERE type = ANY(:types) ORDER BY id")
            return list(await session.scalars(query, {"types": list(EVENT_TYPES)}))

    return read


async def overdue(database, clock) -> int:
    steps = 0
    while True:
        async with database.transaction() as session:
            if not await tell_overdue(session, clock.now()):
                return steps
        steps += 1


async def say(client, base: str, id_: str, step: str) -> Any:
    return await client.post(f"{base}/{id_}/{step}", json={"text": step})


async def test_given_a_report_when_answered_resolved_closed_and_reopened_then_history_and_events_tell(
    client, operator_client, hall, clock, told
):
    answer = await client.post(FAULTS, json=FAULT)
    assert answer.status_code == 201, answer.text
    id_ = answer.json()["id"]
    assert answer.json()["answer_due_at"] == (clock.now() + timedelta(hours=4)).isoformat().replace(
        "+00:00", "Z"
    )

    early = await say(operator_client, DESK, id_, "resolve")
    assert (early.status_code, early.json()["id"]) == (409, "incidents.fault_step")
    for step in ("answer", "resolve"):
        assert (await say(operator_client, DESK, id_, step)).status_code == 200
    for step in ("close", "reopen"):
        assert (await say(client, FAULTS, id_, step)).status_code == 200

    detail = (await client.get(f"{FAULTS}/{id_}")).json()
    assert (detail["state"], detail["answered_at"]) == ("reopened", None)
    assert [entry["step"] for entry in detail["history"]] == [
        "report",
        "answer",
        "resolve",
        "close",
        "reopen",
    ]
    assert [entry["side"] for entry in detail["history"]] == [
        "tenant",
        "operator",
        "operator",
        "tenant",
        "tenant",
    ]
    assert await told() == [
        "fault.reported", "fault.answered", "fault.resolved", "fault.closed", "fault.reopened",
    ]  # fmt: skip


async def test_given_no_answer_when_the_clock_has_run_then_told_once_and_listed(
    client, operator_client, database, hall, clock, told
):
    id_ = (await client.post(FAULTS, json=FAULT)).json()["id"]
    clock.advance(timedelta(hours=4))
    assert await overdue(database, clock) == 0
    clock.advance(timedelta(seconds=1))

    assert await overdue(database, clock) == 1
    assert await overdue(database, clock) == 0

    assert await told() == ["fault.reported", "fault.overdue"]
    late = (await operator_client.get(DESK, params={"overdue": "true"})).json()["items"]
    assert [(item["id"], item["overdue"]) for item in late] == [(id_, True)]
    await say(operator_client, DESK, id_, "answer")
    assert (await operator_client.get(DESK, params={"overdue": "true"})).json()["items"] == []


async def test_given_another_severity_when_reclassified_then_the_clock_keeps_its_beginning(
    client, operator_client, hall, clock
):
    began = clock.now()
    id_ = (await client.post(FAULTS, json=FAULT)).json()["id"]
    clock.advance(timedelta(minutes=30))

    answer = await operator_client.put(
        f"{DESK}/{id_}/severity", json={"severity": "critical", "text": "全部中断"}
    )

    assert answer.status_code == 200, answer.text
    assert answer.json()["answer_due_at"] == (began + timedelta(hours=1)).isoformat().replace("+00:00", "Z")


async def test_given_a_security_incident_when_not_reported_in_a_day_then_told_once(
    operator_client, database, hall, clock, told
):
    wish = FAULT | {"security_incident": True, "tenant": "yanta", "severity": "question"}
    id_ = (await operator_client.post(DESK, json=wish)).json()["id"]
    clock.advance(timedelta(hours=24, seconds=1))

    assert await overdue(database, clock) == 1

    assert await told() == ["fault.reported", "fault.report_overdue"]
    answer = await operator_client.post(f"{DESK}/{id_}/security-report", json={"text": "已报主管部门"})
    assert answer.json()["authority_told_at"] is not None
    assert await overdue(database, clock) == 0


async def test_given_a_tenant_when_it_tries_anothers_fault_or_the_operators_step_then_refused(
    client, operator_client, app, database, vault, hall, clock
):
    other = await build_hall(database, vault, clock.now(), slug="beilin")
    id_ = (await client.post(FAULTS, json=FAULT)).json()["id"]
    async with client_of(app, other.token) as others:
        assert (await others.get(f"{FAULTS}/{id_}")).status_code == 404
        assert (await say(others, FAULTS, id_, "comment")).status_code == 404
        assert (await others.get(FAULTS)).json()["items"] == []
    assert (await say(client, FAULTS, id_, "answer")).status_code in {400, 404}
    again = await client.post(FAULTS, json=FAULT)
    assert (again.status_code, again.json()["details"]["id"]) == (409, id_)
    platform = FAULT | {"reference": "P-1"}
    assert (await operator_client.post(DESK, json=platform)).status_code == 201


async def test_given_clocks_when_set_then_new_reports_run_by_them(client, operator_client, hall, clock):
    terms = "/api/v1/operator/incident-terms"
    assert (await operator_client.put(f"{terms}/answer_major", json={"hours": 2})).status_code == 200
    refused = await operator_client.put(f"{terms}/notice_urgent", json={"hours": 23})
    assert (refused.status_code, refused.json()["id"]) == (422, "incidents.term_out_of_bounds")

    row = (await client.post(FAULTS, json=FAULT)).json()

    assert row["answer_due_at"] == (clock.now() + timedelta(hours=2)).isoformat().replace("+00:00", "Z")
    listed = {item["name"]: item["hours"] for item in (await operator_client.get(terms)).json()}
    assert (listed["answer_major"], listed["notice_urgent"]) == (2, 24)


async def test_given_a_contract_in_service_when_the_clock_looks_then_its_visit_is_due_in_five_working_days(
    client, database, hall, clock, told
):
    for _ in range(2):
        async with database.transaction() as session:
            assert await plan_due_visits(session, clock.now()) is False
    (visit,) = (await client.get("/api/v1/support-visits")).json()["items"]
    assert (visit["activated_on"], visit["due_on"]) == ("2026-02-09", "2026-02-14")
    assert await told() == ["support_visit.planned"]


async def test_given_an_activation_in_a_year_without_a_table_when_the_clock_looks_then_an_error_and_no_guess(
    client, database, clock
):
    async with database.transaction() as session:
        await session.execute(text("UPDATE contracts SET activated_on = '2093-12-30'"))
    with pytest.raises(CalendarYearUnknownError):
        async with database.transaction() as session:
            await plan_due_visits(session, clock.now())
    assert (await client.get("/api/v1/support-visits")).json()["items"] == []


async def test_given_an_activation_when_nobody_comes_then_told_and_a_visit_is_recorded_once(
    client, operator_client, database, hall, clock, told
):
    async with database.transaction() as session:
        id_ = await plan_support_visit(session, hall.tenant_id, date(2026, 2, 9), WorkingCalendar())
        assert await plan_support_visit(session, hall.tenant_id, date(2026, 2, 9), WorkingCalendar()) is None
    visit = (await client.get("/api/v1/support-visits")).json()["items"][0]
    # Saturday the 14th is worked before 春节.
    assert (visit["id"], visit["due_on"]) == (str(id_), "2026-02-14")
    clock.advance(timedelta(days=6))

    assert await overdue(database, clock) == 1
    assert await overdue(database, clock) == 0

    desk = f"/api/v1/operator/support-visits/{id_}/done"
    wrong = await operator_client.post(desk, json={"done_on": "2026-02-08", "note": "x"})
    assert (wrong.status_code, wrong.json()["id"]) == (422, "incidents.visit_day")
    done = await operator_client.post(desk, json={"done_on": "2026-02-15", "note": "现场培训"})
    assert done.status_code == 200, done.text
    again = await operator_client.post(desk, json={"done_on": "2026-02-15", "note": "x"})
    assert (again.status_code, again.json()["id"]) == (409, "incidents.visit_done")
    pending = await operator_client.get("/api/v1/operator/support-visits", params={"pending": "true"})
    assert pending.json()["items"] == []
    assert await told() == ["support_visit.planned", "support_visit.overdue", "support_visit.done"]
