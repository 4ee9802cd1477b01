"""A tenant's file states its filing: at once the first time, after the notice for a change, at once in a sandbox."""

from datetime import date

import msgspec
import pytest
from tests.support.filings.builders import WIDE_PLAN
from tests.support.hall.equipment import equip_hall

from yunhu.domains.filings.errors import FilingInvalidError
from yunhu.domains.filings.public import FilingTerms
from yunhu.domains.notifications.public import Purpose
from yunhu.domains.scripts.models import Channel
from yunhu.domains.scripts.provision import ScriptWish, provision_scripts
from yunhu.domains.scripts.public import scripts_in_force
from yunhu.foundation.changes import ChangeKind
from yunhu.foundation.clock import day_start

TERMS = FilingTerms(
    slug="hall",
    name="大厅叫号",
    scope="取号办事的群众",
    purpose="叫号提醒",
    purposes=tuple(Purpose),
    plan=WIDE_PLAN,
    submitted_by="甲方 张三",
    approved_by="乙方 李四",
)


def wish(text: str, approved_by: str | None = "乙方 李四") -> ScriptWish:
    return ScriptWish("room-call", "叫号", Channel.VOICE, text, (), approved_by)


@pytest.fixture
def apply(database, hall, clock):
    async def apply(text: str, terms: FilingTerms = TERMS, approved_by: str | None = "乙方 李四"):
        async with database.transaction() as session:
            changes = await provision_scripts(
                session, hall.tenant_id, [wish(text, approved_by)], clock.now(), terms
            )
        return [change for change in changes if change.object == "filing"]

    return apply


@pytest.fixture
def in_force(database, hall, clock):
    async def at(moment=None):
        async with database.transaction() as session:
            scripts = await scripts_in_force(session, hall.tenant_id, moment or clock.now())
        return scripts["room-call"].text

    return at


async def equip(database, hall, clock, kind: str) -> None:
    async with database.transaction() as session:
        await equip_hall(session, hall.tenant_id, clock.now(), kind=kind)


async def test_given_real_trunks_when_the_words_change_then_they_wait_for_the_notice(
    apply, in_force, database, hall, clock
):
    await equip(database, hall, clock, "sip")
    (first,) = await apply("请到一号房间")
    assert first.kind is ChangeKind.ADD
    assert await in_force() == "请到一号房间"

    (change,) = await apply("请到二号房间")

    assert change.kind is ChangeKind.CHANGE
    assert "2026-02-11 00:00" in change.note
    assert await in_force() == "请到一号房间"
    assert await in_force(day_start(date(2026, 2, 11))) == "请到二号房间"
    assert [each.kind for each in await apply("请到二号房间")] == [ChangeKind.UNCHANGED]


async def test_given_sandbox_equipment_alone_when_the_words_change_then_at_once(
    apply, in_force, database, hall, clock
):
    await equip(database, hall, clock, "sandbox")
    await apply("请到一号房间")
    clock.set(day_start(date(2026, 2, 10)))

    await apply("请到二号房间")

    assert await in_force() == "请到二号房间"


async def test_given_no_equipment_when_the_words_change_then_the_notice_counts(apply, in_force):
    await apply("请到一号房间")

    await apply("请到二号房间")

    assert await in_force() == "请到一号房间"


async def test_given_a_change_that_waits_when_another_comes_then_it_takes_its_place(
    apply, in_force, database, hall, clock
):
    await equip(database, hall, clock, "sip")
    await apply("请到一号房间")
    await apply("请到二号房间")

    await apply("请到三号房间")

    assert await in_force(day_start(date(2026, 2, 11))) == "请到三号房间"


async def test_given_a_draft_wording_when_applied_then_what_is_filed_stays(
    apply, in_force, database, hall, clock
):
    await equip(database, hall, clock, "sandbox")
    await apply("请到一号房间")

    assert await apply("请到二号房间", approved_by=None) == []

    assert await in_force() == "请到一号房间"


async def test_given_one_person_for_both_when_applied_then_refused(apply):
    with pytest.raises(FilingInvalidError):
        await apply("请到一号房间", msgspec.structs.replace(TERMS, submitted_by=TERMS.approved_by))
