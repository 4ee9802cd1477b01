import pytest

from yunhu.domains.recordings.errors import RangeInvalidError
from yunhu.domains.recordings.ranges import ByteRange, read_range


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (None, None),
        ("bytes=0-", ByteRange(0, 99)),
        ("bytes=10-19", ByteRange(10, 19)),
        ("bytes=90-500", ByteRange(90, 99)),
        ("bytes=-5", ByteRange(95, 99)),
        ("bytes=-500", ByteRange(0, 99)),
        ("bytes=-", None),
        ("bytes=9-3", None),
        ("bytes=0-1,5-6", None),
        ("chars=0-1", None),
    ],
)
def test_given_a_range_header_when_read_then_it_names_bytes_of_the_file(
    header: str | None, wanted: ByteRange | None
) -> None:
    assert read_range(header, 100) == wanted


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=200-300", "bytes=-0"])
def test_given_a_range_behind_the_end_when_read_then_it_is_refused(header: str) -> None:
    with pytest.raises(RangeInvalidError):
        read_range(header, 100)
