"""The gate looks at contract, filing and content of every call; a rule that speaks is stored with what it saw."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from tests.support.dispatch.rig import ANSWERS, Rig, equip, rows
from tests.support.hall.builders import Hall, queue_event

from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

STATES = "SELECT state FROM notifications WHERE purpose = 'your_turn'"


@pytest.fixture
async def rig(database: Database, vault: Vault, clock: ManualClock, hall: Hall, tmp_path: Path) -> Any:
    trunk_id = await equip(database, hall.tenant_id, clock.now())
    async with Rig(database, vault, clock, trunk_id, tmp_path) as rig:
        yield rig


async def call(client: httpx.AsyncClient, rig: Rig, *, name: str = "e1", window: str = "3") -> None:
    event = queue_event(name, "called", rig.clock.now(), number=name, window=window, phone=ANSWERS)
    answer = await client.post("/api/v1/queue-events", json=event)
    assert answer.status_code == 202, answer.text


async def execute(database: Database, statement: str, **values: Any) -> None:
    async with database.transaction() as session:
        await session.execute(text(statement), values)


async def refusal(database: Database) -> Any:
    (line,) = await rows(database, "SELECT detail FROM timeline_entries WHERE kind = 'refused'")
    return line.detail


async def test_given_everything_in_order_when_a_call_leaves_then_it_keeps_its_filing_and_the_texts_hash(
    client: httpx.AsyncClient, rig: Rig, database: Database
) -> None:
    await call(client, rig)
    await rig.wait_for(STATES, "delivered")
    (placed,) = await rows(
        database,
        "SELECT c.text_hash, v.text_hash AS wording, c.verdict FROM calls AS c "
        "JOIN script_versions AS v ON v.id = c.script_version_id JOIN filing_versions AS f ON f.id = c.filing_version_id",
    )
    assert placed.text_hash == placed.wording
    spoke = {finding["rule"] for finding in placed.verdict["findings"]}
    assert {"contract_active", "filing_in_force", "filed_window", "filed_volume", "content_screened"} <= spoke
    (day,) = await rows(database, "SELECT calls FROM filing_days")
    assert day.calls == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("DELETE FROM filing_scripts", "filing_in_force"),
        ("UPDATE contracts SET state = 'awaiting_payment'", "contract_active"),
    ],
)
async def test_given_no_filing_or_no_contract_when_a_call_is_due_then_it_is_refused_and_says_why(
    client: httpx.AsyncClient, rig: Rig, database: Database, change: str, reason: str
) -> None:
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text(change))
    await call(client, rig)
    await rig.wait_for(STATES, "refused")
    assert (await refusal(database))["reason"] == reason
    assert rig.engine.dialled == []


async def test_given_the_days_volume_used_up_when_a_call_is_due_then_it_does_not_leave_today(
    client: httpx.AsyncClient, rig: Rig, database: Database, clock: ManualClock
) -> None:
    await call(client, rig)
    await rig.wait_for(STATES, "delivered")
    await execute(database, "UPDATE filing_days SET calls = 100000")
    clock.advance(timedelta(minutes=1))
    await call(client, rig, name="e2")
    await rig.wait_for(
        "SELECT state FROM notifications WHERE announcement = 1 ORDER BY id DESC LIMIT 1", "expired"
    )
    assert len(rig.engine.dialled) == 1


async def put_list(operator: httpx.AsyncClient, *words: str) -> None:
    uploaded = await operator.put(
        "/api/v1/operator/screening/lists/forbidden", json={"words": list(words), "note": "本地词库"}
    )
    assert uploaded.status_code == 200, uploaded.text


@pytest.mark.parametrize(
    ("word", "matter"),
    [
        ("代办假证", "代办假证"),
        ("代办假证", "代 办-假·证"),
        ("代办假证", "代办假證"),
        ("代办假证", "代♥办♥假♥证"),
        ("代办假证", "dai ban jia zheng"),
        ("vip通道", "ＶＩＰ通道"),
        ("vip通道", "ⅤⅠР通道"),
    ],
    ids=["plain", "spaced", "traditional", "with noise", "pinyin", "full width", "homoglyphs"],
)
async def test_given_an_uploaded_word_when_a_variable_brings_it_in_any_dress_then_the_gate_refuses(
    client: httpx.AsyncClient, operator_client: httpx.AsyncClient, word: str, matter: str
) -> None:
    async def asked(matter: str) -> str:
        facts = {"matter": matter, "queue_number": "A001", "ahead": "3"}
        wish = {"script": "near-turn", "phone": ANSWERS, "parameters": facts}
        return screened(await client.post("/api/v1/notifications/check", json=wish))

    assert await asked(matter) == "allowed"
    await put_list(operator_client, word)
    assert await asked(matter) == "refused"
    assert await asked("社保登记") == "allowed"


def screened(answer: httpx.Response) -> str:
    (finding,) = [f for f in answer.json()["findings"] if f["rule"] == "content_screened"]
    return str(finding["outcome"])


async def test_given_a_word_uploaded_while_a_call_waits_when_it_is_due_then_it_is_refused_and_nothing_is_dialled(
    client: httpx.AsyncClient,
    operator_client: httpx.AsyncClient,
    rig: Rig,
    database: Database,
    clock: ManualClock,
) -> None:
    await execute(database, "UPDATE robots SET retired = true")
    await call(client, rig, window="8")
    await put_list(operator_client, "八号", "请您到8号")
    await put_list(operator_client, "到“8”号")
    await execute(database, "UPDATE robots SET retired = false")
    await rig.wait_for(STATES, "refused")
    assert (await refusal(database))["reason"] == "content_screened"
    assert rig.engine.dialled == []
