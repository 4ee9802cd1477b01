"""`yunhu numbers` against a database of its own."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from tests.support.hall.equipment import equip_hall

from yunhu.entrypoints.cli import main

HEADER = "number,trunk,registered_to,valid_from,valid_until,region\n"


@pytest.fixture
def run(database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("YUNHU_DATABASE_URL", database_url)
    monkeypatch.setenv("YUNHU_DATA_DIR", str(tmp_path))

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, main, ["numbers", *arguments])

    return run


@pytest.fixture
async def hall_numbers(database, hall, clock):
    async with database.transaction() as session:
        return await equip_hall(session, hall.tenant_id, clock.now(), numbers=1)


def table(directory: Path, *rows: str) -> str:
    path = directory / "numbers.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", "utf-8")
    return str(path)


async def test_given_a_carriers_table_when_imported_then_all_are_in_stock_or_none(
    run, hall_numbers, tmp_path, database
):
    wrong = table(tmp_path, "029-85000001,sandbox,大厅,2026-01-01,,", "nonsense,sandbox,大厅,2026-01-01,,")
    refused = await run("import", wrong)
    assert (refused.exit_code, "numbers imported" in refused.output) == (1, False)
    assert (await run("list", "--state", "available", "--json")).output == ""

    right = table(
        tmp_path,
        "029-85000001,sandbox,大厅,2026-01-01,2026-12-31,",
        "13900001111,sandbox,大厅,2026-01-01,,29",
    )
    assert (await run("import", right)).output == "2 numbers imported\n"
    listed = [
        json.loads(line) for line in (await run("list", "--state", "available", "--json")).output.splitlines()
    ]
    assert [(row["number"], row["region"]) for row in listed] == [
        ("+8613900001111", "29"),
        ("+862985000001", "29"),
    ]
    async with database.transaction() as session:
        actors = await session.scalars(
            text("SELECT actor_name FROM audit_entries WHERE action = 'number.import'")
        )
        assert list(actors) == ["yunhu numbers"] * 2


async def test_given_a_complaint_at_night_when_a_number_is_held_at_the_server_then_it_is_until_restored(
    run, hall_numbers
):
    assert (await run("hold", "029-88880000", "--reason", "投诉")).output == "held\n"
    (row,) = [
        json.loads(line) for line in (await run("list", "--tenant", "yanta", "--json")).output.splitlines()
    ]
    assert (row["state"], row["state_reason"]) == ("held", "投诉")
    assert (await run("hold", "029-88880000", "--reason", "投诉")).exit_code == 1
    assert (await run("restore", "029-88880000", "--reason", "已核实")).output == "allocated\n"
    assert (await run("hold", "029-11112222", "--reason", "x")).exit_code == 1
