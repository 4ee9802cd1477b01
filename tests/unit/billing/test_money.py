"""Amounts in figures and in words."""

import pytest

from yunhu.foundation.money import MOST, chinese_uppercase, share, vat_split, yuan_plain, yuan_text


@pytest.mark.parametrize(
    ("gross", "net", "vat"),
    [
        (24_900_000, 23_490_566, 1_409_434),
        (4_400_000, 4_150_943, 249_057),
        (13_800_000, 13_018_868, 781_132),
        (6_700_000, 6_320_755, 379_245),
        (0, 0, 0),
        (1, 1, 0),
        (-24_900_000, -23_490_566, -1_409_434),
    ],
)
def test_given_an_amount_with_six_percent_when_split_then_both_parts_make_it_again(
    gross: int, net: int, vat: int
) -> None:
    assert vat_split(gross, 600) == (net, vat)
    assert net + vat == gross


def test_given_a_half_when_split_then_the_net_goes_up() -> None:
    assert vat_split(5, 10_000) == (3, 2)


def test_given_twelve_parts_of_a_price_when_added_then_nothing_is_lost() -> None:
    parts = [share(4_400_000, month, 12) - share(4_400_000, month - 1, 12) for month in range(1, 13)]
    assert sum(parts) == 4_400_000
    assert max(parts) - min(parts) <= 1


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0.00"),
        (5, "0.05"),
        (24_900_000, "249,000.00"),
        (-120, "-1.20"),
        (100_000_000_01, "100,000,000.01"),
    ],
)
def test_given_fen_when_shown_then_yuan_with_two_places(amount: int, text: str) -> None:
    assert yuan_text(amount) == text
    assert yuan_plain(amount) == text.replace(",", "")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (11, "壹角壹分"),
        (100, "壹元整"),
        (101, "壹元零壹分"),
        (110, "壹元壹角整"),
        (123, "壹元贰角叁分"),
        (1_000, "壹拾元整"),
        (1_100, "壹拾壹元整"),
        (10_500, "壹佰零伍元整"),
        (11_000, "壹佰壹拾元整"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (600_714, "陆仟零柒元壹角肆分"),
        (168_032, "壹仟陆佰捌拾元叁角贰分"),
        (10_700_053, "壹拾万柒仟元伍角叁分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (1_000_000, "壹万元整"),
        (1_000_100, "壹万零壹元整"),
        (1_001_000, "壹万零壹拾元整"),
        (1_010_000, "壹万零壹佰元整"),
        (1_100_000, "壹万壹仟元整"),
        (10_000_100, "壹拾万零壹元整"),
        (10_100_000, "壹拾万壹仟元整"),
        (24_900_000, "贰拾肆万玖仟元整"),
        (23_490_566, "贰拾叁万肆仟玖佰零伍元陆角陆分"),
        (1_409_434, "壹万肆仟零玖拾肆元叁角肆分"),
        (100_000_000, "壹佰万元整"),
        (100_000_100, "壹佰万零壹元整"),
        (100_500_000, "壹佰万伍仟元整"),
        (1_000_000_000, "壹仟万元整"),
        (1_000_000_001, "壹仟万元零壹分"),
        (1_000_100_000, "壹仟万壹仟元整"),
        (1_001_000_000, "壹仟零壹万元整"),
        (10_000_000_000, "壹亿元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (10_000_100_000, "壹亿零壹仟元整"),
        (10_001_000_000, "壹亿零壹万元整"),
        (10_010_000_000, "壹亿零壹拾万元整"),
        (10_100_000_000, "壹亿零壹佰万元整"),
        (11_000_000_000, "壹亿壹仟万元整"),
        (11_000_000_100, "壹亿壹仟万零壹元整"),
        (10_001_000_100, "壹亿零壹万零壹元整"),
        (100_000_000_000, "壹拾亿元整"),
        (100_010_000_000, "壹拾亿零壹拾万元整"),
        (1_000_000_000_000, "壹佰亿元整"),
        (10_000_000_000_000, "壹仟亿元整"),
        (10_000_000_000_100, "壹仟亿零壹元整"),
        (100_000_000_000_000, "壹兆元整"),
        (100_000_000_000_100, "壹兆零壹元整"),
        (123_456_789_012, "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"),
        (-110, "负壹元壹角整"),
    ],
)
def test_given_fen_when_written_in_words_then_as_on_a_cheque(amount: int, words: str) -> None:
    assert chinese_uppercase(amount) == words


def test_given_more_than_can_be_written_when_asked_then_an_error() -> None:
    with pytest.raises(ValueError, match="too much"):
        chinese_uppercase(MOST + 1)
