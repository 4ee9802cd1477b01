"""Rows of import files, good and bad."""

from datetime import UTC, date, datetime

import pytest

from yunhu.domains.consent.errors import ImportHeaderError
from yunhu.domains.consent.import_rows import (
    MEANINGS,
    Fault,
    ReadRow,
    RowReader,
    read_day,
    read_moment,
    report_lines,
)
from yunhu.domains.notifications.public import ConsentPurpose

NOW = datetime(2026, 2, 9, 2, 0, tzinfo=UTC)
HEADER = "phone,given_at,purpose,valid_until,reference"


def read(line: str, header: str = HEADER) -> ReadRow | Fault:
    return next(RowReader(header, ConsentPurpose.QUEUE, NOW).read([line], 2))


def test_given_a_whole_row_when_read_then_every_column_counts():
    row = read("13812345678,2026-02-01 09:30,notice,2026-12-31,F-1")
    assert isinstance(row, ReadRow)
    assert row.phone.e164 == "+8613812345678"
    assert row.given_at == datetime(2026, 2, 1, 1, 30, tzinfo=UTC)
    assert (row.purpose, row.valid_until, row.reference) == (ConsentPurpose.NOTICE, date(2026, 12, 31), "F-1")


def test_given_chinese_names_in_any_order_when_read_then_they_are_known():
    row = read("2026/2/1,029-88886666", "同意时间,手机号码")
    assert isinstance(row, ReadRow)
    assert row.phone.dialled == "02988886666"
    assert row.purpose is ConsentPurpose.QUEUE


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("12345,2026-02-01,,,", ("phone",)),
        ("13812345678,gestern,,,", ("given_at",)),
        ("13812345678,2026-02-10,,,", ("given_at",)),
        ("13812345678,1999-12-31,,,", ("given_at",)),
        ("13812345678,2026-02-01,marketing,,", ("purpose",)),
        ("13812345678,2026-02-01,,2026-01-31,", ("valid_until",)),
        ("13812345678,2026-02-01,,31.12.2026,", ("valid_until",)),
        (f"13812345678,2026-02-01,,,{'x' * 129}", ("reference",)),
        ("13812345678,2026-02-01,,,\ufffd", ("reference",)),
        ("13812345678,2026-02-01", ("columns",)),
        ('13812345678,2026-02-01,,,"open', ("quotes",)),
        ("x,y,z,,", ("phone", "given_at", "purpose")),
    ],
)
def test_given_a_bad_row_when_read_then_its_faults_are_named_and_nothing_is_repeated(line, codes):
    fault = read(line)
    assert fault == Fault(2, codes)
    report = "".join(report_lines([fault]))
    assert report.startswith(f"2,{' '.join(codes)},")
    assert all(MEANINGS[code] in report for code in codes)
    assert "13812345678" not in report


def test_given_empty_lines_when_read_then_they_count_as_lines_and_give_nothing():
    found = list(RowReader(HEADER, ConsentPurpose.QUEUE, NOW).read(["", ",,,,", "x,2026-02-01,,,"], 2))
    assert found == [Fault(4, ("phone",))]


@pytest.mark.parametrize(
    ("header", "missing", "unknown"),
    [
        ("", ["phone", "given_at"], []),
        ("phone", ["given_at"], []),
        ("phone,given_at,price", [], ["price"]),
        ("phone,手机号,given_at", [], []),
    ],
)
def test_given_a_bad_first_line_when_read_then_it_is_refused(header, missing, unknown):
    with pytest.raises(ImportHeaderError) as caught:
        RowReader(header, ConsentPurpose.QUEUE, NOW)
    assert (caught.value.details["missing"], caught.value.details["unknown"]) == (missing, unknown)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-02-09T10:00:00+08:00", NOW),
        ("2026-02-09 10:00", NOW),
        ("2026/2/9 10:00:00", NOW),
        ("2026-02-09T02:00:00Z", NOW),
        ("2026-02-09", datetime(2026, 2, 8, 16, tzinfo=UTC)),
        ("2026-02-09 9:00", datetime(2026, 2, 9, 1, tzinfo=UTC)),
        ("2026-02-30", None),
        ("2026-02-09 25:00", None),
        ("2026-02-09 ", None),
        ("", None),
    ],
)
def test_given_a_moment_as_people_write_it_when_read_then_it_is_chinas(text, moment):
    assert read_moment(text) == moment


def test_given_a_day_when_read_then_only_real_ones_are_taken():
    assert read_day("2026/12/1") == date(2026, 12, 1)
    assert [read_day(text) for text in ("2026-13-01", "26-01-01", "2026-1", "２０２６-01-01")] == [None] * 4
