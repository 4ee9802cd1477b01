"""A tenant's file against a real database."""

from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import select, text, update

from yunhu.domains.calls.models import Trunk
from yunhu.domains.dispatch.models import Robot
from yunhu.domains.notifications.models import Scenario
from yunhu.domains.numbers.errors import NumberTakenError
from yunhu.domains.numbers.models import CallerNumber
from yunhu.domains.scripts.models import ScriptVersion
from yunhu.domains.scripts.public import approved_scripts
from yunhu.entrypoints.apply import ApplyContext, ApplyReport, apply_file
from yunhu.entrypoints.apply_file import read_tenant_file
from yunhu.entrypoints.apply_text import report_lines
from yunhu.foundation.changes import ChangeKind
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.errors import SettingsError
from yunhu.foundation.ids import new_id

EXAMPLE = (Path(__file__).parents[3] / "examples" / "hall.yaml").read_text(encoding="utf-8")
CALLBACKS = """
callbacks:
  - url: https://queue.example.com/hook
    secret: {env: YUNHU_SECRET_HOOK}
    event_types: [notification.delivered]
"""
HOOK = {"YUNHU_SECRET_HOOK": "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0NTY3"}


@pytest.fixture
def apply_text(database: Database) -> Callable[..., object]:
    async def apply(
        yaml: str, *, dry_run: bool = False, environ: dict[str, str] | None = None
    ) -> ApplyReport:
        context = ApplyContext(
            database, Vault(bytes(32)), SystemClock(), environ or {}, callbacks_to_private=False
        )
        return await apply_file(context, read_tenant_file(yaml), dry_run=dry_run)

    return apply


def _kinds(report: ApplyReport, object_: str) -> list[ChangeKind]:
    return [change.kind for change in report.changes if change.object == object_]


async def test_given_an_empty_database_when_the_example_is_applied_then_all_of_it_is_there(
    apply_text, database
):
    report = await apply_text(EXAMPLE)

    signed = [change for change in report.changes if change.kind is not ChangeKind.ADD]
    assert [(change.object, change.note.partition(" on ")[0]) for change in signed] == [
        ("contract", "signed")
    ]
    async with database.transaction() as session:
        numbers = (await session.scalars(select(CallerNumber))).all()
        robots = (await session.scalars(select(Robot))).all()
        scripts = await approved_scripts(session, numbers[0].tenant_id)
    assert (len(numbers), len(robots), len(scripts)) == (40, 2, 5)


async def test_given_the_example_was_applied_when_it_is_applied_again_then_nothing_changes(apply_text):
    await apply_text(EXAMPLE + CALLBACKS, environ=HOOK)

    report = await apply_text(EXAMPLE + CALLBACKS, environ=HOOK)

    assert [change for change in report.changes if change.kind is not ChangeKind.UNCHANGED] == []
    assert not report.changed


async def test_given_a_dry_run_when_it_ends_then_the_database_is_as_before(apply_text, database):
    report = await apply_text(EXAMPLE, dry_run=True)

    assert report.changed
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM tenants")) == 0


async def test_given_other_words_when_applied_then_a_new_version_is_approved_and_the_former_retired(
    apply_text, database
):
    await apply_text(EXAMPLE)

    report = await apply_text(EXAMPLE.replace("重听请按1", "再听一遍请按1"))

    (change,) = [
        change
        for change in report.changes
        if change.kind is not ChangeKind.UNCHANGED and change.object == "script"
    ]
    assert change.object == "script"
    assert "再听一遍请按1" in "\n".join(report_lines(report, show_unchanged=False))
    async with database.transaction() as session:
        query = select(ScriptVersion).where(ScriptVersion.text.contains("听")).order_by(ScriptVersion.number)
        former, latter = (await session.scalars(query)).all()
    assert (former.state, latter.state, latter.number) == ("retired", "approved", 2)
    assert former.retired_at is not None
    assert latter.approved_by == "示例运营合规审核"


async def test_given_a_wording_without_approval_when_applied_then_the_approved_one_stays_in_use(
    apply_text, database
):
    extra = "  - slug: extra\n    name: x\n    channel: voice\n    text: 第一版\n    approved_by: 甲\n"
    yaml = EXAMPLE.replace("\nscenarios:", f"\n{extra}\nscenarios:")
    await apply_text(yaml)

    drafted = yaml.replace("第一版", "第二版").replace("    approved_by: 甲\n", "")
    await apply_text(drafted)

    async with database.transaction() as session:
        tenant_id = await session.scalar(text("SELECT id FROM tenants"))
        assert (await approved_scripts(session, tenant_id))["extra"].text == "第一版"
    assert not (await apply_text(drafted)).changed
    await apply_text(yaml.replace("第一版", "第二版"))
    async with database.transaction() as session:
        assert (await approved_scripts(session, tenant_id))["extra"].text == "第二版"
        assert (
            await session.scalar(
                text(
                    "SELECT max(number) FROM script_versions v JOIN scripts s ON s.id = v.script_id WHERE s.slug = 'extra'"
                )
            )
            == 2
        )


async def test_given_a_number_left_the_file_when_applied_then_it_is_released_and_can_come_back(
    apply_text, database
):
    await apply_text(EXAMPLE)

    report = await apply_text(EXAMPLE.replace("      - 029-0000-0040\n", ""))

    assert _kinds(report, "caller number").count(ChangeKind.REMOVE) == 1
    async with database.transaction() as session:
        state = await session.scalar(select(CallerNumber.state).where(CallerNumber.e164 == "+862900000040"))
    assert state == "released"
    assert _kinds(await apply_text(EXAMPLE), "caller number").count(ChangeKind.ADD) == 1


async def test_given_a_number_of_another_tenant_when_applied_then_nothing_at_all_is_done(
    apply_text, database
):
    await apply_text(EXAMPLE)
    other = (
        EXAMPLE.replace("slug: example-hall", "slug: other")
        .replace("name: sandbox-sms", "name: other-sms")
        .replace("EX-2026-0001", "EX-2026-0002")
        .replace("示例付款凭证-0001", "示例付款凭证-0002")
    )

    with pytest.raises(NumberTakenError) as raised:
        await apply_text(other)

    assert len(raised.value.details["numbers"]) == 40
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM tenants")) == 1


async def test_given_a_lower_limit_than_was_used_when_applied_then_the_number_is_used_up(
    apply_text, database
):
    await apply_text(EXAMPLE)
    async with database.transaction() as session:
        await session.execute(update(CallerNumber).values(calls_this_hour=50, calls_this_day=300))

    await apply_text(EXAMPLE.replace("per_hour: 60", "per_hour: 10"))

    async with database.transaction() as session:
        rows = (await session.scalars(select(CallerNumber))).all()
    assert {(row.per_hour, row.calls_this_hour, row.calls_this_day) for row in rows} == {(10, 10, 300)}


async def test_given_a_robot_in_a_call_when_it_leaves_the_file_then_its_lease_stays(apply_text, database):
    await apply_text(EXAMPLE)
    call_id = new_id()
    async with database.transaction() as session:
        await session.execute(update(Robot).where(Robot.name == "robot-2").values(call_id=call_id))

    report = await apply_text(EXAMPLE.replace("robots: 2", "robots: 1"))

    (change,) = [change for change in report.changes if change.kind is ChangeKind.REMOVE]
    assert (change.name, change.note) == ("robot-2", "retires when its call ends")
    async with database.transaction() as session:
        row = await session.scalar(select(Robot).where(Robot.name == "robot-2"))
    assert (row.retired, row.call_id) == (True, call_id)


async def test_given_halls_swap_scenarios_when_applied_then_each_hall_has_one(apply_text, database):
    second = EXAMPLE.split("  - slug: main-hall\n", 1)[1]
    two = EXAMPLE + "  - slug: side-hall\n" + second.replace("hall: main\n", "hall: side\n")
    await apply_text(two)

    swapped = (
        two.replace("hall: main\n", "hall: X\n")
        .replace("hall: side\n", "hall: main\n")
        .replace("hall: X\n", "hall: side\n")
    )
    await apply_text(swapped)

    async with database.transaction() as session:
        rows = {row.slug: (row.hall, row.enabled) for row in await session.scalars(select(Scenario))}
    assert rows == {"main-hall": ("side", True), "side-hall": ("main", True)}


async def test_given_a_trunk_left_the_file_when_applied_then_it_is_disabled(apply_text, database):
    await apply_text(EXAMPLE)

    renamed = EXAMPLE.replace("name: sandbox\n", "name: second\n").replace("trunk: sandbox", "trunk: second")
    report = await apply_text(renamed)

    assert _kinds(report, "trunk") == [ChangeKind.ADD, ChangeKind.REMOVE]
    async with database.transaction() as session:
        enabled = {row.name: row.enabled for row in await session.scalars(select(Trunk))}
    assert enabled == {"second": True, "sandbox": False}


async def test_given_another_callback_secret_when_applied_then_the_change_is_told_without_it(apply_text):
    await apply_text(EXAMPLE + CALLBACKS, environ=HOOK)
    other = {"YUNHU_SECRET_HOOK": "whsec_" + "WVhZWFlYWVhZWFlYWVhZWFlYWVhZWFlYWVhZWFla"}

    report = await apply_text(EXAMPLE + CALLBACKS, environ=other)

    lines = "\n".join(report_lines(report, show_unchanged=False))
    assert "env YUNHU_SECRET_HOOK" in lines
    assert "whsec_" not in lines


async def test_given_a_missing_callback_secret_when_applied_then_its_place_is_named(apply_text):
    with pytest.raises(SettingsError, match="YUNHU_SECRET_HOOK"):
        await apply_text(EXAMPLE + CALLBACKS)


async def test_given_a_change_when_it_is_applied_then_nodes_are_told_and_a_repeat_is_silent(
    apply_text, database_url
):
    told: list[str] = []
    connection = await asyncpg.connect(database_url)
    await connection.add_listener("yunhu_config", lambda *arguments: told.append(str(arguments[3])))
    await apply_text(EXAMPLE)
    await apply_text(EXAMPLE)
    await connection.execute("SELECT 1")

    assert len(told) == 1
    await connection.close()
