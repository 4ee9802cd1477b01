"""The example file becomes an active contract, once; and the command line."""

from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from tests.support.hall.builders import Hall

from yunhu.domains.contracts.errors import ContractExistsError, NotDraftError
from yunhu.domains.contracts.file import ContractDocument, ContractFile
from yunhu.domains.contracts.models import Contract
from yunhu.domains.contracts.provision import provision_contract
from yunhu.entrypoints.apply_yaml import read_typed
from yunhu.entrypoints.cli import main
from yunhu.foundation.changes import Change, ChangeKind
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id


@pytest.fixture
def example() -> str:
    return (files("yunhu.entrypoints.examples") / "contract.yaml").read_text(encoding="utf-8")


def _file(text: str) -> ContractFile:
    return read_typed(text, ContractDocument)[0].contract


async def _provision(database: Database, hall: Hall, clock: ManualClock, text: str) -> list[Change]:
    async with database.transaction() as session:
        return await provision_contract(session, hall.tenant_id, _file(text), clock.now())


async def test_given_the_example_when_provisioned_twice_then_one_active_contract_stands(
    database: Database, hall: Hall, clock: ManualClock, example: str
) -> None:
    first = await _provision(database, hall, clock, example)
    assert [change.object for change in first] == [
        "contract",
        "qualification document",
        "qualification document",
        "contract",
        "payment",
    ]
    async with database.transaction() as session:
        row = (await session.scalars(select(Contract))).one()
        assert (row.state, row.prepayment) == ("active", 24_900_000)
    again = await _provision(database, hall, clock, example)
    assert [(change.kind, change.object) for change in again] == [(ChangeKind.UNCHANGED, "contract")]


async def test_given_a_signed_contract_when_the_file_says_otherwise_then_it_is_refused(
    database: Database, hall: Hall, clock: ManualClock, example: str
) -> None:
    await _provision(database, hall, clock, example)
    with pytest.raises(NotDraftError, match="items"):
        await _provision(database, hall, clock, example.replace("quota: 40", "quota: 41"))
    with pytest.raises(NotDraftError, match="termination_days"):
        await _provision(
            database, hall, clock, example.replace("days_to_termination: 30", "days_to_termination: 31")
        )


async def test_given_an_unsigned_file_when_changed_then_the_draft_follows(
    database: Database, hall: Hall, clock: ManualClock, example: str
) -> None:
    draft = example[: example.index("  signed:")]
    await _provision(database, hall, clock, draft)
    changes = await _provision(database, hall, clock, draft.replace("months: 12", "months: 24"))
    assert [field.name for field in changes[0].fields] == ["last_day"]
    signed = example.replace("months: 12", "months: 24")
    changes = await _provision(database, hall, clock, signed)
    assert changes[-1].note.endswith("now active")


async def test_given_a_number_of_another_tenant_when_provisioned_then_it_is_refused(
    database: Database, hall: Hall, clock: ManualClock, example: str
) -> None:
    await _provision(database, hall, clock, example)
    async with database.transaction() as session:
        with pytest.raises(ContractExistsError):
            await provision_contract(session, new_id(), _file(example), clock.now())


def test_given_a_year_without_calendar_when_paid_at_once_then_none_is_asked(
    example: str, tmp_path: Path, command: CliRunner
) -> None:
    path = tmp_path / "contract.yaml"
    path.write_text(example.replace("tenant: example-hall", "tenant: yanta"), encoding="utf-8")
    dry = command.invoke(main, ["contracts", "load", str(path), "--dry-run"])
    assert (dry.exit_code, "dry run" in dry.output) == (0, True), dry.output
    assert command.invoke(main, ["contracts", "list"]).output == "(nothing)\n"
    loaded = command.invoke(main, ["contracts", "load", str(path)])
    assert loaded.exit_code == 0, loaded.output
    assert "249000.00 yuan = 234905.66 + 14094.34 VAT" in loaded.output
    number = ["--number", "EX-2026-0001"]
    stopped = command.invoke(main, ["contracts", "suspend", *number, "--reason", "audit"])
    assert stopped.output.endswith("EX-2026-0001 is suspended\n")
    assert "manual" in command.invoke(main, ["contracts", "list"]).output
    lifted = command.invoke(main, ["contracts", "lift", *number, "--reason", "done"])
    assert lifted.output == "EX-2026-0001 is active\n"
    nothing = command.invoke(main, ["contracts", "lift", *number, "--reason", "done"])
    assert (nothing.exit_code, "is not suspended" in nothing.output) == (1, True)
    paid = command.invoke(main, ["contracts", "pay", *number, "--yuan", "0.01", "--reference", "r"])
    assert paid.output == "EX-2026-0001 is active\n"
    wrong = command.invoke(main, ["contracts", "pay", *number, "--yuan", "1.234", "--reference", "s"])
    assert wrong.exit_code == 2
    shown = command.invoke(main, ["contracts", "show", *number]).output
    assert "claim prepayment: 249000.00 yuan" in shown
    assert "settlement_due" in shown
    twice = command.invoke(main, ["contracts", "sign", *number, "--by", "both"])
    assert (twice.exit_code, "state does not permit" in twice.output) == (1, True)


def test_given_sums_that_do_not_agree_when_loaded_then_the_line_is_named(
    example: str, tmp_path: Path, command: CliRunner
) -> None:
    path = tmp_path / "contract.yaml"
    path.write_text(example.replace("net: 234905.66", "net: 234905.67"), encoding="utf-8")
    answer = command.invoke(main, ["contracts", "load", str(path)])
    assert answer.exit_code == 1
    assert "contract.totals.net: the items come to 234905.66, not to 234905.67" in answer.output


@pytest.fixture
def command(database_url: str, hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line on the test's database, where the hall `yanta` is."""
    assert hall.token
    monkeypatch.setenv("YUNHU_DATABASE_URL", database_url)
    monkeypatch.setenv("YUNHU_DATA_DIR", str(tmp_path / "data"))
    return CliRunner()
