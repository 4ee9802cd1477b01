"""Reports that are mailed: to a real mail server, once a period, whatever nodes and crashes do."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from tests.support.hall.builders import Hall
from tests.support.reports.history import begin_history
from tests.support.reports.post_office import PostOffice, open_post_office
from tests.support.reports.sheet import rows_of

from yunhu.domains.reports import mailing
from yunhu.domains.tasks.public import TaskWorker
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.http import Services
from yunhu.foundation.settings import Settings

_DAILY = {
    "name": "每日通话",
    "report": "report_calls",
    "query": {"by": "result"},
    "every": "day",
    "hour": 8,
    "recipients": ["boss@hall.example.cn", "desk@hall.example.cn"],
}


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with open_post_office() as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path, office: PostOffice) -> Settings:
    return Settings(
        data_dir=tmp_path, smtp_url=f"smtp+plain://127.0.0.1:{office.port}", smtp_from="yunhu@example.cn"
    )


class Nodes:
    """Jobs and tasks of as many nodes as one likes."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def make_due(self) -> None:
        """The job, as the runner of one node does it."""
        async with self._services.database.transaction() as session:
            await mailing.make_due(session, self._services.clock.now())

    async def work(self) -> None:
        """Every task that waits."""
        sender = mailing.MailSender(self._services)
        worker = TaskWorker(self._services.database, self._services.clock, {mailing.SEND: sender.run})
        while await worker.run_one():
            pass


@pytest.fixture
def nodes(settings: Settings, database: Database, vault: Vault, clock: ManualClock) -> Nodes:
    return Nodes(Services(settings, database, vault, clock, CollectorRegistry()))


@pytest.fixture
async def schedule_id(
    client: httpx.AsyncClient, database: Database, hall: Hall, vault: Vault, clock: ManualClock
) -> str:
    """A daily report, with one call of today: it is mailed tomorrow at 8:00 (the clock says Monday, 10:00)."""
    history = await begin_history(database, hall, vault, clock.now())
    async with database.transaction() as session:
        await history.visit(session, clock.now())
    answer = await client.post("/api/v1/reports/schedules", json=_DAILY)
    assert answer.status_code == 201, answer.text
    assert answer.json()["next_due_at"] == "2026-02-10T00:00:00Z"
    return str(answer.json()["id"])


async def test_given_the_hour_when_three_nodes_look_then_one_mail_leaves_with_the_days_figures(
    client: httpx.AsyncClient, clock: ManualClock, office: PostOffice, nodes: Nodes, schedule_id: str
) -> None:
    await nodes.make_due()
    await nodes.work()
    assert office.letters == []
    clock.advance(timedelta(hours=23))
    await asyncio.gather(*(nodes.make_due() for _ in range(3)))
    await asyncio.gather(*(nodes.work() for _ in range(3)))
    (letter,) = office.letters
    assert letter["Subject"] == "每日通话 2026-02-09"
    assert letter["From"] == "yunhu@example.cn"
    assert office.envelopes == [["boss@hall.example.cn", "desk@hall.example.cn"]]
    (sheet,) = letter.iter_attachments()
    content = sheet.get_content()
    assert sheet.get_filename() == "每日通话 2026-02-09.xlsx"
    assert [row[:3] for row in rows_of(content)[1:]] == [["answered", "answered", 1], [None, "合计 Total", 1]]
    (send,) = await _sends(client, schedule_id)
    assert (send["state"], send["tries"], send["first"], send["error"]) == ("sent", 1, "2026-02-09", "")


async def test_given_days_without_any_node_then_each_day_is_mailed_once(
    clock: ManualClock, office: PostOffice, nodes: Nodes, schedule_id: str
) -> None:
    clock.advance(timedelta(days=3))
    for _ in range(5):
        await nodes.make_due()
        await nodes.work()
    subjects = sorted(str(letter["Subject"]) for letter in office.letters)
    assert subjects == ["每日通话 2026-02-09", "每日通话 2026-02-10", "每日通话 2026-02-11"]


async def test_given_a_server_that_is_busy_then_it_is_tried_again_later_under_the_same_id(
    client: httpx.AsyncClient, clock: ManualClock, office: PostOffice, nodes: Nodes, schedule_id: str
) -> None:
    office.says = ["451 busy, come back later"]
    clock.advance(timedelta(hours=23))
    await nodes.make_due()
    await nodes.work()
    (send,) = await _sends(client, schedule_id)
    assert (send["state"], send["error"]) == ("waiting", "451 busy, come back later")
    clock.advance(timedelta(minutes=3))
    await nodes.make_due()
    await nodes.work()
    (letter,) = office.letters
    assert letter["Message-ID"] == f"<report-{send['id']}@yunhu.invalid>"
    (send,) = await _sends(client, schedule_id)
    assert (send["state"], send["tries"]) == ("sent", 2)


async def test_given_a_server_that_refuses_then_the_log_says_what_it_said_and_nothing_is_tried_again(
    client: httpx.AsyncClient, clock: ManualClock, office: PostOffice, nodes: Nodes, schedule_id: str
) -> None:
    office.says = ["550 no such people here"]
    clock.advance(timedelta(hours=23))
    for _ in range(3):
        await nodes.make_due()
        await nodes.work()
        clock.advance(timedelta(minutes=30))
    assert office.letters == []
    (send,) = await _sends(client, schedule_id)
    assert (send["state"], send["tries"], send["error"]) == ("failed", 1, "550 no such people here")


async def test_given_a_node_that_died_after_the_mail_was_written_down_as_sent_then_nothing_is_sent_again(
    database: Database, clock: ManualClock, office: PostOffice, nodes: Nodes, schedule_id: str
) -> None:
    clock.advance(timedelta(hours=23))
    await nodes.make_due()
    await nodes.work()
    async with database.transaction() as session:
        # As if it had died before it could say that the task was done.
        await session.execute(
            text("UPDATE tasks SET state = 'queued', finished_at = NULL WHERE kind = :kind"),
            {"kind": mailing.SEND},
        )
    await nodes.work()
    assert len(office.letters) == 1


async def test_given_a_task_that_came_to_nothing_then_the_mail_is_queued_again(
    database: Database, clock: ManualClock, office: PostOffice, nodes: Nodes, schedule_id: str
) -> None:
    clock.advance(timedelta(hours=23))
    await nodes.make_due()
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM tasks"))
    await nodes.make_due()
    await nodes.work()
    assert office.letters == []
    clock.advance(timedelta(hours=1, minutes=1))
    await nodes.make_due()
    await nodes.work()
    assert len(office.letters) == 1


async def test_given_somebody_who_wants_it_now_then_it_leaves_besides_the_schedule_and_is_on_record(
    client: httpx.AsyncClient, database: Database, office: PostOffice, nodes: Nodes, schedule_id: str
) -> None:
    answer = await client.post(f"/api/v1/reports/schedules/{schedule_id}/send-now")
    assert answer.status_code == 202, answer.text
    await nodes.work()
    assert [letter["Subject"] for letter in office.letters] == ["每日通话 2026-02-08"]
    async with database.transaction() as session:
        actions = await session.scalars(
            text("SELECT action FROM audit_entries WHERE subject_kind = 'report_schedule' ORDER BY sequence")
        )
        assert list(actions) == ["report_schedule.create", "report_schedule.send_now"]


async def test_given_changes_then_they_count_and_what_was_ended_is_gone(
    client: httpx.AsyncClient, clock: ManualClock, office: PostOffice, nodes: Nodes, schedule_id: str
) -> None:
    path = f"/api/v1/reports/schedules/{schedule_id}"
    changed = {**_DAILY, "every": "week", "on_day": 1}
    assert (await client.put(path, json=changed)).json()["next_due_at"] == "2026-02-16T00:00:00Z"
    assert (await client.get("/api/v1/reports/schedules")).json()[0]["every"] == "week"
    assert (await client.delete(path)).status_code == 204
    clock.advance(timedelta(days=8))
    await nodes.make_due()
    await nodes.work()
    assert office.letters == []
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "id_"),
    [
        ({"name": "每日通话"}, 409, "reports.schedule_name_taken"),
        ({"name": "b", "on_day": 3}, 422, "reports.schedule_invalid"),
        ({"name": "b", "report": "calls"}, 422, "reports.schedule_invalid"),
        (
            {"name": "b", "report": "report_messages", "query": {"by": "number"}},
            422,
            "reports.split_impossible",
        ),
        ({"name": "b", "recipients": ["a@b.cn\nBcc: c@d.cn"]}, 400, "request.invalid"),
        ({"name": "b\nBcc: c@d.cn"}, 400, "request.invalid"),
    ],
)
async def test_given_an_impossible_schedule_then_it_is_refused(
    client: httpx.AsyncClient, schedule_id: str, change: dict[str, Any], status: int, id_: str
) -> None:
    answer = await client.post("/api/v1/reports/schedules", json={**_DAILY, **change})
    assert (answer.status_code, answer.json()["id"]) == (status, id_)


async def _sends(client: httpx.AsyncClient, schedule_id: str) -> list[dict[str, Any]]:
    answer = await client.get(f"/api/v1/reports/schedules/{schedule_id}/sends")
    found: list[dict[str, Any]] = answer.json()["items"]
    return found
