"""The figures of section B come out of the example file to the fen."""

from datetime import date
from fractions import Fraction
from importlib.resources import files

import pytest

from yunhu.domains.contracts.file import ContractDocument, ContractFile, file_faults, items_of, wish_of
from yunhu.domains.contracts.terms import total_price
from yunhu.domains.contracts.words import ItemKind
from yunhu.entrypoints.apply_yaml import read_typed
from yunhu.foundation.money import half_up, vat_split


@pytest.fixture
def text() -> str:
    return (files("yunhu.entrypoints.examples") / "contract.yaml").read_text(encoding="utf-8")


@pytest.fixture
def contract(text: str) -> ContractFile:
    return read_typed(text, ContractDocument)[0].contract


def test_given_the_example_when_read_then_its_items_come_to_the_contract_price(
    contract: ContractFile,
) -> None:
    wish = wish_of(contract, date(2026, 2, 9))
    prices = {item.kind: item.price for item in wish.items if item.price}
    assert prices == {
        ItemKind.ROBOT: 4_400_000,
        ItemKind.VOICE_NOTIFICATION: 13_800_000,
        ItemKind.CALL_CARD: 6_700_000,
    }
    assert total_price(items_of(wish)) == 24_900_000
    assert vat_split(24_900_000, wish.vat_basis_points) == (23_490_566, 1_409_434)
    assert list(file_faults(contract)) == []


def test_given_the_example_when_read_then_quotas_and_terms_are_those_of_the_contract(
    contract: ContractFile,
) -> None:
    wish = wish_of(contract, date(2026, 2, 9))
    quotas = {item.kind: item.quota for item in wish.items}
    assert quotas == {
        ItemKind.CONSOLE: 12,
        ItemKind.ROBOT: 2,
        ItemKind.CALLER_NUMBER: 40,
        ItemKind.VOICE_NOTIFICATION: 1_380_000,
        ItemKind.CALL_CARD: 1_380_000,
        ItemKind.DATA_INTERFACE: 1,
    }
    assert (wish.first_day, wish.last_day) == (date(2026, 2, 9), date(2027, 2, 8))
    assert (wish.prepayment, wish.payment_working_days) == (24_900_000, 15)
    assert (wish.complaints_a_month, wish.late_fee_basis_points) == (1, 10)
    assert (wish.termination_days, wish.settlement_months, wish.qualification_type) == (30, 2, 1)


def test_given_a_flat_price_when_used_in_part_then_the_sum_is_rounded_once(contract: ContractFile) -> None:
    card = next(
        item for item in items_of(wish_of(contract, date(2026, 1, 1))) if item.kind is ItemKind.CALL_CARD
    )
    assert card.unit_price == Fraction(6_700_000, 1_380_000)
    assert half_up(1_000 * card.unit_price) == 4_855  # 4855.07…; a rounded unit price would make 5,000
    assert half_up(1_380_000 * card.unit_price) == 6_700_000


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("gross: 249000.00", "gross: 249000.01", ("totals", "gross")),
        ("net: 234905.66", "net: 234905.67", ("totals", "net")),
        ("vat: 14094.34", "vat: 14094.33", ("totals", "vat")),
        ("price: 138000.00", "price: 138000.01", ("items", 3, "price")),
    ],
)
def test_given_a_sum_that_does_not_agree_when_read_then_its_place_is_named(
    text: str, old: str, new: str, place: tuple[str | int, ...]
) -> None:
    file = read_typed(text.replace(old, new), ContractDocument)[0].contract
    assert place in [path for path, _ in file_faults(file)]
