"""What people read: nothing of what somebody typed becomes markup."""

from datetime import UTC, date, datetime
from uuid import UUID

from yunhu.domains.evidence import page
from yunhu.foundation.evidence import Column

HOSTILE = "<script>alert(1)</script>\" onload='x'"


def test_given_hostile_values_when_shown_then_they_are_text() -> None:
    values = {"a": HOSTILE, "b": [{"n": HOSTILE, HOSTILE: {"x": HOSTILE}}], "c": [HOSTILE], "d": {HOSTILE: 1}}
    columns = tuple(Column(name, name, name) for name in values)
    shown = page.head(HOSTILE) + page.fact(columns, values) + page.link(HOSTILE, HOSTILE)
    assert "<script" not in shown
    assert '" onload' not in shown.replace("&quot; onload", "")


def test_given_moments_when_shown_then_it_is_china_time() -> None:
    assert page.shown(datetime(2026, 2, 9, 18, 30, tzinfo=UTC)).startswith("2026-02-10 02:30:00")
    assert page.shown(date(2026, 2, 9)) == "2026-02-09"


def test_given_every_kind_of_value_when_shown_then_it_reads_well() -> None:
    assert page.shown(None) == page.shown("") == page.shown([]) == page.shown({}) == "–"
    assert page.shown(False) == "否 no"
    assert page.shown(0) == "0"
    assert page.shown(b"\x0f") == "<code>0f</code>"
    assert page.shown(UUID(int=1)) == "<code>00000000-0000-0000-0000-000000000001</code>"


def test_given_a_column_without_a_value_when_shown_then_it_is_left_out() -> None:
    columns = (Column("a", "甲", "A"), Column("b", "乙", "B"))
    assert "乙" not in page.fact(columns, {"a": 1, "b": None})
