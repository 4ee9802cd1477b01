"""`yunhu audit`: exit codes and files that an operator's cron job relies on."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from yunhu.domains.audit.public import record
from yunhu.domains.audit.wiring import jobs
from yunhu.entrypoints.cli import main
from yunhu.foundation.actor import system
from yunhu.foundation.db import Database
from yunhu.foundation.http import Services

TENANT = UUID(int=42)


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command against the test's database."""
    monkeypatch.setenv("YUNHU_DATABASE_URL", database_url)
    monkeypatch.setenv("YUNHU_DATA_DIR", str(tmp_path))

    async def run(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, main, ["audit", *words])

    return run


async def _fill(database: Database, *days_ago: int) -> None:
    for days in days_ago:
        async with database.transaction() as session:
            moment = datetime.now(UTC) - timedelta(days=days)
            await record(
                session, system("test"), action="a.b", subject=("a", "1"), tenant_id=TENANT, now=moment
            )


async def test_given_sound_chains_when_verified_then_exit_0_and_a_row_a_chain(
    run: Any, database: Database
) -> None:
    await _fill(database, 2, 1)
    result = await run("verify", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["entries"] == 2


async def test_given_an_anchor_and_entries_taken_back_when_verified_then_exit_1_names_the_entry(
    run: Any, database: Database, tmp_path: Path
) -> None:
    await _fill(database, 3, 2, 1)
    anchors = tmp_path / "elsewhere" / "anchors.jsonl"
    assert (await run("anchor", "--out", str(anchors))).exit_code == 0
    assert (await run("verify", "--anchor", str(anchors))).exit_code == 0
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(
            text(
                "UPDATE audit_heads SET sequence = 2, hash = (SELECT hash FROM audit_entries WHERE sequence = 2)"
            )
        )
        await session.execute(text("DELETE FROM audit_entries WHERE sequence = 3"))
    assert (await run("verify")).exit_code == 0
    result = await run("verify", "--anchor", str(anchors))
    assert result.exit_code == 1
    assert f"chain {TENANT}, entry 3: an anchor knows entry 3" in result.stderr


async def test_given_old_entries_when_pruned_then_they_go_and_the_rest_verifies(
    run: Any, database: Database
) -> None:
    await _fill(database, 300, 299, 1)
    young = (datetime.now(UTC) - timedelta(days=100)).strftime("%Y-%m-%d")
    assert (await run("prune", "--before", young)).exit_code == 2
    old = (datetime.now(UTC) - timedelta(days=200)).strftime("%Y-%m-%d")
    result = await run("prune", "--before", old)
    assert "2 entries removed, cut after 2" in result.stdout, result.output
    verified = json.loads((await run("verify", "--json")).stdout)
    assert (verified["entries"], verified["cut"], verified["fault"]) == (2, 2, "")


async def test_given_a_day_when_the_job_runs_then_the_heads_are_in_the_file(
    database: Database, settings: Any, vault: Any, clock: Any
) -> None:
    await _fill(database, 1)
    [job] = jobs(Services(settings, database, vault, clock, None))  # type: ignore[arg-type]
    async with database.transaction() as session:
        assert await job.work(session, clock.now()) is False
    [line] = (settings.data_dir / "audit" / "anchors.jsonl").read_text().splitlines()
    assert json.loads(line)["chain"] == str(TENANT)
