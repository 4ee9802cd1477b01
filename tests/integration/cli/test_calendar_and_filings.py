"""`yunhu calendar` and `yunhu filings` against a database of their own."""

import pytest
from click.testing import CliRunner
from tests.support.filings.builders import file_versions
from tests.support.hall.builders import add_script

from yunhu.entrypoints.commands.calendar import calendar
from yunhu.entrypoints.commands.filings import filings


@pytest.fixture
def run(database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("YUNHU_DATABASE_URL", database_url)
    monkeypatch.setenv("YUNHU_DATA_DIR", str(tmp_path))

    def run(group, *arguments: str) -> str:
        result = CliRunner().invoke(group, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_given_the_template_when_uploaded_then_the_year_is_known(run, tmp_path):
    table = tmp_path / "2027.csv"
    table.write_text(run(calendar, "template", "2027").replace("2027-01-01,yes", "2027-01-01,no"), "utf-8")

    assert "260 working days of 365" in run(calendar, "upload", "2027", str(table))

    assert "2027" in run(calendar, "years")
    assert run(calendar, "reckon", "2026-12-31", "2").strip() == "2027-01-05"


async def test_given_a_filing_when_listed_and_shown_then_its_words_are_told(run, database, hall, clock):
    import asyncio

    async with database.transaction() as session:
        wording = await add_script(session, hall.tenant_id, "filed", "请到二号窗口", clock.now())
        version_id = await file_versions(session, hall.tenant_id, [wording], clock.now(), slug="cli")

    assert str(version_id) in await asyncio.to_thread(run, filings, "list", "--tenant", "yanta")
    assert "请到二号窗口" in await asyncio.to_thread(run, filings, "show", str(version_id))
