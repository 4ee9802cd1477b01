"""`yunhu consents` and `yunhu complaints` against a database of their own."""

import asyncio
import json

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from tests.support.hall.builders import Hall

from yunhu.entrypoints.commands.complaints import complaints
from yunhu.entrypoints.commands.consents import consents
from yunhu.foundation.db import Database

ROWS = "phone,given_at,reference\n13812345678,2026-02-01 09:00,F-1\n13812345679,2026-02-02,F-2\n"


@pytest.fixture
def run(database_url, tmp_path, monkeypatch, hall: Hall):
    monkeypatch.setenv("YUNHU_DATABASE_URL", database_url)
    monkeypatch.setenv("YUNHU_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("YUNHU_PUBLIC_URL", "https://hall.example.cn")

    async def run(group, *arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, group, arguments)

    return run


async def test_given_a_file_when_imported_by_command_then_it_stands_and_can_be_proved(
    run, tmp_path, database: Database
):
    (tmp_path / "good.csv").write_text(ROWS)
    done = await run(consents, "import", str(tmp_path / "good.csv"), "--purpose", "notice")
    assert done.exit_code == 0, done.output
    assert "imported 2" in done.output
    target = tmp_path / "proof.pdf"
    proved = await run(consents, "proof", "13812345678", str(target))
    assert proved.exit_code == 0, proved.output
    assert target.read_bytes().startswith(b"%PDF-")


async def test_given_a_bad_row_when_imported_by_command_then_nothing_is_and_the_report_is_written(
    run, tmp_path, database: Database
):
    (tmp_path / "bad.csv").write_text(ROWS + "123,2026-02-01,F-3\n")
    report = tmp_path / "report.csv"
    failed = await run(
        consents, "import", str(tmp_path / "bad.csv"), "--purpose", "notice", "--report", str(report)
    )
    assert failed.exit_code == 1
    assert "nothing was imported" in failed.output
    assert report.read_text("utf-8-sig").splitlines()[1].startswith("4,phone,")
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM consents")) == 0


async def test_given_a_person_when_a_link_is_made_or_a_refusal_recorded_then_both_are_told_masked(
    run, database: Database
):
    made = await run(consents, "link", "13812345678", "--days", "3")
    assert made.output.startswith("https://hall.example.cn/r/")
    refused = await run(consents, "refuse", "13812345678", "--everywhere")
    assert "138****5678" in refused.output
    async with database.transaction() as session:
        rows = (await session.execute(text("SELECT tenant_id, source FROM refusals"))).all()
    assert [tuple(row) for row in rows] == [(None, "operator")]
    both = await run(consents, "refuse", "13812345678", "--everywhere", "--tenant", "yanta")
    assert both.exit_code == 2


async def test_given_a_complaint_when_listed_and_shown_then_its_state_and_history_are_told(
    run, client, clock
):
    body = {
        "reference": "R-1",
        "source": "12345",
        "about": "service",
        "text": "等候太久",
        "received_at": clock.now().isoformat(),
    }
    id_ = (await client.post("/api/v1/complaints", json=body)).json()["id"]
    listed = await run(complaints, "list", "--tenant", "yanta", "--json")
    row = json.loads(listed.output)
    assert (row["id"], row["source"], row["state"]) == (id_, "12345", "registered")
    assert (await run(complaints, "list", "--state", "closed")).output.strip() == "(nothing)"
    assert "2026-02" in (await run(complaints, "months")).output
    assert "等候太久" in (await run(complaints, "show", id_)).output
