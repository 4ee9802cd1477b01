from pathlib import Path

import pytest

from yunhu.telephony.media import rtcp
from yunhu.telephony.media.rtcp import Goodbye, Report, ReportBlock, SenderInfo

WIRE = Path(__file__).parent / "wire"
BLOCK = ReportBlock(
    ssrc=0x11,
    fraction_lost=64,
    lost=-2,
    extended_highest=0x10005,
    jitter=40,
    last_sender_report=0x7E804000,
    delay=0x8000,
)
SENDER = SenderInfo(ntp=0x83AA7E8040000000, timestamp=1600, packets=10, octets=1600)


def test_given_a_sender_report_on_the_wire_when_parsed_then_every_field_comes_out() -> None:
    data = (WIRE / "rtcp_sender_report_sdes.bin").read_bytes()
    assert rtcp.parse(data, len(data)) == (Report(ssrc=0xAABBCCDD, sender=SENDER, blocks=(BLOCK,)),)


def test_given_an_empty_report_and_a_goodbye_when_parsed_then_both_come_out() -> None:
    data = (WIRE / "rtcp_empty_rr_bye.bin").read_bytes()
    assert rtcp.parse(data, len(data)) == (Report(ssrc=0x99, sender=None, blocks=()), Goodbye(0xAABBCCDD))


@pytest.mark.parametrize("path", sorted(WIRE.glob("rtcp_damaged_*.bin")), ids=lambda path: path.stem)
def test_given_a_damaged_compound_when_parsed_then_nothing_is_believed(path: Path) -> None:
    data = path.read_bytes()
    assert rtcp.parse(data, len(data)) == ()


def test_given_a_report_when_built_then_the_wire_octets_are_those_of_the_file() -> None:
    built = rtcp.build(Report(ssrc=0xAABBCCDD, sender=SENDER, blocks=(BLOCK,)), "a@b.c")
    assert built == (WIRE / "rtcp_sender_report_sdes.bin").read_bytes()


@pytest.mark.parametrize("goodbye", [False, True])
@pytest.mark.parametrize("sender", [None, SENDER])
@pytest.mark.parametrize("cname", ["a", "ab", "abc", "abcd", "abcde"])
def test_given_any_report_when_built_and_parsed_then_it_is_the_same(
    sender: SenderInfo | None, cname: str, *, goodbye: bool
) -> None:
    report = Report(ssrc=5, sender=sender, blocks=(BLOCK,))
    data = rtcp.build(report, cname, goodbye=goodbye)
    assert len(data) % 4 == 0
    assert rtcp.parse(data, len(data)) == ((report, Goodbye(5)) if goodbye else (report,))


def test_given_the_unix_epoch_when_converted_then_ntp_counts_from_1900() -> None:
    assert rtcp.ntp_time(500_000_000) == (2_208_988_800 << 32) | 0x80000000
    assert rtcp.middle(rtcp.ntp_time(500_000_000)) == 0x7E808000
