"""Reports of all tenants for the operator, and the sums behind them at the server."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from tests.support.hall.builders import Hall, build_hall
from tests.support.reports.history import History, Told, begin_history

from yunhu.domains.reports import rollups
from yunhu.entrypoints.commands.reports import reports
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

BASE = "/api/v1/operator/reports"
BUSY = Told(result="busy", ring=2.0, talk=None)


@pytest.fixture
async def history(database: Database, hall: Hall, vault: Vault, clock: ManualClock) -> History:
    """Two tenants: `yanta` with an answered call, a busy one and a message, `beilin` without any."""
    await build_hall(database, vault, clock.now(), slug="beilin")
    written = await begin_history(database, hall, vault, clock.now())
    async with database.transaction() as session:
        today = clock.now() - timedelta(minutes=30)
        await written.visit(session, today, matter="社保", window="3")
        await written.visit(session, today, BUSY, matter="户籍", window="3")
        text_id = await written.notification(session, today, script="near-turn")
        message_id = await written.message(session, text_id, today)
        await written.settle(session, message_id, "delivered", today)
        await written.finish(session, text_id, "delivered", today)
    async with database.transaction() as session:
        while await rollups.fold(session, clock.now()):
            pass
    return written


async def _ask(client: httpx.AsyncClient, path: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(f"{BASE}/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_given_two_tenants_when_the_operator_asks_for_calls_then_they_are_told_together_and_apart(
    operator_client: httpx.AsyncClient, history: History
) -> None:
    whole = await _ask(operator_client, "calls", by="tenant")
    assert [row["attempts"] for row in whole["lines"]] == [2]
    assert (whole["total"]["attempts"], whole["total"]["answered"]) == (2, 1)
    mine = await _ask(operator_client, "calls", tenant="yanta", result="busy")
    assert mine["total"]["attempts"] == 1
    theirs = await _ask(operator_client, "calls", tenant="beilin")
    assert theirs["total"]["attempts"] == 0


async def test_given_notifications_and_messages_when_the_operator_asks_then_final_states_are_counted(
    operator_client: httpx.AsyncClient, history: History
) -> None:
    told = await _ask(operator_client, "notifications")
    assert told["total"]["by_state"] == {"delivered": 2, "failed": 1}
    failed = await _ask(operator_client, "notifications", result="failed", tenant="yanta")
    assert failed["total"]["by_state"] == {"failed": 1}
    messages = await _ask(operator_client, "messages")
    assert messages["total"]["by_state"] == {"delivered": 1}
    none = await _ask(operator_client, "messages", tenant="beilin")
    assert none["total"]["by_state"] == {}


async def test_given_calls_when_the_operator_asks_for_hours_then_weekday_and_hour_are_those_of_china(
    operator_client: httpx.AsyncClient, history: History
) -> None:
    found = await _ask(operator_client, "heat-map", tenant="yanta")
    busy = [cell for cell in found["cells"] if cell["attempts"]]
    assert [(cell["weekday"], cell["hour"], cell["attempts"]) for cell in busy] == [(1, 9, 2)]
    assert not any(
        cell["attempts"] for cell in (await _ask(operator_client, "heat-map", tenant="beilin"))["cells"]
    )


async def test_given_two_tenants_when_the_operator_looks_at_today_then_quotas_are_shown_for_one_alone(
    operator_client: httpx.AsyncClient, history: History
) -> None:
    of_all = await _ask(operator_client, "overview")
    assert (of_all["calls"]["attempts"], of_all["quotas"]) == (2, [])
    of_one = await _ask(operator_client, "overview", tenant="yanta")
    assert of_one["quotas"]


@pytest.mark.parametrize("path", ["overview", "calls", "notifications", "messages", "heat-map"])
async def test_given_an_unknown_tenant_or_a_tenants_key_when_asked_then_refused(
    client: httpx.AsyncClient, operator_client: httpx.AsyncClient, path: str
) -> None:
    unknown = await operator_client.get(f"{BASE}/{path}", params={"tenant": "nobody"})
    assert (unknown.status_code, unknown.json()["id"]) == (404, "reports.tenant_unknown")
    assert (await client.get(f"{BASE}/{path}")).status_code == 403


async def test_given_a_wrong_sum_when_verified_by_command_then_it_is_named_and_rebuild_mends_it(
    database: Database, database_url: str, history: History, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUNHU_DATABASE_URL", database_url)
    monkeypatch.setenv("YUNHU_DATA_DIR", str(tmp_path / "data"))

    async def run(command: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, reports, [command])

    good = await run("verify")
    assert good.exit_code == 0, good.output
    assert "every sum is what its rows come to" in good.output
    async with database.transaction() as session:
        await session.execute(text("UPDATE report_cells SET n = n + 1 WHERE kind = 'call'"))
    wrong = await run("verify")
    assert wrong.exit_code == 1
    assert "WRONG: call by " in wrong.output
    assert "sums and rows differ" in wrong.output
    mended = await run("rebuild")
    assert mended.exit_code == 0, mended.output
    assert (await run("verify")).exit_code == 0
