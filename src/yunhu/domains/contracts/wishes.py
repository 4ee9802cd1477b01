"""A contract as somebody wants it, checked against itself before it is kept. Amounts are fen."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from yunhu.domains.contracts.errors import ContractInvalidError
from yunhu.domains.contracts.terms import add_months
from yunhu.domains.contracts.words import Charging, ItemKind, Period, ServiceStart

Text = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
LongText = Annotated[str, Meta(max_length=4000, pattern=r"^[^\x00]*$(?!\n)")]
Number = Annotated[
    str, Meta(pattern=r"^[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff._()（）〔〕/-]{0,63}$")
]
"""A contract's or supplement's number as it is printed."""
Word = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$(?!\n)")]
TaxId = Annotated[str, Meta(pattern=r"^([0-9A-Z]{15,20})?$(?!\n)")]
"""统一社会信用代码 or 纳税人识别号, or nothing."""
Fen = Annotated[int, Meta(ge=0, le=10**12)]
Quota = Annotated[int, Meta(ge=1, le=10**9)]
BasisPoints = Annotated[int, Meta(ge=0, le=10_000)]

REQUIRED_DOCUMENTS: dict[int, tuple[str, ...]] = {
    1: ("subject_certificate", "number_use_commitment"),
    2: ("subject_certificate", "number_use_commitment", "telecom_licence"),
}
"""By qualification type, unless the contract names others: the tenant's licence or certificate of legal person, its
signed commitment on the use of numbers, and for commercial use the licence for value-added telecom services."""


_YEARS = (2000, 2200)


class ItemWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of what is sold."""

    kind: ItemKind
    name: Text
    unit: Text
    quota: Quota
    price: Fen
    """With tax, for the whole quota of one period."""
    period: Period = Period.TERM
    last_day: date | None = None
    """Left out: as long as the contract."""


class ContractWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that is agreed in a contract."""

    number: Number
    operator_name: Text
    tenant_name: Text
    first_day: date
    last_day: date
    tenant_tax_id: TaxId = ""
    """Of the buyer, for invoices."""
    items: Annotated[tuple[ItemWish, ...], Meta(min_length=1, max_length=100)]
    prepayment: Fen
    vat_basis_points: BasisPoints = 600
    payment_working_days: Annotated[int, Meta(ge=0, le=250)] = 15
    payment_terms: LongText = ""
    service_start: ServiceStart = ServiceStart.ON_PAYMENT
    charging: Charging = Charging.ON_ANSWER
    complaints_a_month: Annotated[int, Meta(ge=1, le=10_000)] = 1
    late_fee_basis_points: BasisPoints = 10
    termination_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    settlement_months: Annotated[int, Meta(ge=1, le=120)] = 2
    qualification_type: Annotated[int, Meta(ge=1, le=2)] = 1
    required_documents: tuple[Word, ...] | None = None
    """Left out: what the type requires (`REQUIRED_DOCUMENTS`)."""

    @property
    def documents(self) -> list[str]:
        """The kinds of documents that service waits for."""
        if self.required_documents is not None:
            return sorted(set(self.required_documents))
        return list(REQUIRED_DOCUMENTS[self.qualification_type])


class SupplementWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amendment: more of something, something new, or a later last day."""

    number: Number
    reason: Text
    effective_on: date
    items: Annotated[tuple[ItemWish, ...], Meta(max_length=100)] = ()
    new_last_day: date | None = None
    prepayment: Fen = 0


def check_contract(wish: ContractWish) -> None:
    """Raises `ContractInvalidError` with every contradiction."""
    _raise(list(_contract_faults(wish)))


def check_supplement(wish: SupplementWish, first_day: date, last_day: date) -> None:
    """Raises `ContractInvalidError`; the days are the contract's."""
    faults = []
    if wish.new_last_day is not None and wish.new_last_day.year > _YEARS[1]:
        faults.append(f"new_last_day is after {_YEARS[1]}")
    end = wish.new_last_day or last_day
    if not first_day <= wish.effective_on <= last_day:
        faults.append(f"effective_on {wish.effective_on} lies outside the term {first_day} to {last_day}")
    if wish.new_last_day is not None and wish.new_last_day <= last_day:
        faults.append(f"new_last_day {wish.new_last_day} is not after {last_day}")
    if not wish.items and wish.new_last_day is None:
        faults.append("it changes nothing: items or new_last_day are needed")
    faults += _item_faults(wish.items, wish.effective_on, end)
    _raise(faults)


def _contract_faults(wish: ContractWish) -> Iterator[str]:
    if not _YEARS[0] <= wish.first_day.year <= wish.last_day.year <= _YEARS[1]:
        yield f"the term must lie between {_YEARS[0]} and {_YEARS[1]}, its last day not before its first"
        return
    if wish.last_day < wish.first_day:
        yield f"last_day {wish.last_day} is before first_day {wish.first_day}"
        return
    if wish.last_day >= add_months(wish.first_day, 12 * 20):
        yield "the term is longer than 20 years"
    yield from _item_faults(wish.items, wish.first_day, wish.last_day)


def _item_faults(items: Sequence[ItemWish], first_day: date, last_day: date) -> list[str]:
    faults = []
    for at, item in enumerate(items):
        if item.last_day is not None and not first_day <= item.last_day <= last_day:
            faults.append(f"items[{at}].last_day {item.last_day} lies outside {first_day} to {last_day}")
    return faults


def _raise(faults: list[str]) -> None:
    if faults:
        raise ContractInvalidError("; ".join(faults), faults=faults)
