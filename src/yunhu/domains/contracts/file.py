"""A contract as a YAML file: amounts in yuan as people write them, and what was signed and paid already.

The file also says what it comes to; a file whose sums do not agree to the fen is refused.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from yunhu.domains.contracts.terms import Item, add_months, total_price
from yunhu.domains.contracts.wishes import (
    BasisPoints,
    ContractWish,
    ItemWish,
    LongText,
    Number,
    Quota,
    TaxId,
    Text,
    Word,
)
from yunhu.domains.contracts.words import Charging, ItemKind, Period, ServiceStart
from yunhu.foundation.ids import new_id
from yunhu.foundation.money import vat_split, yuan_plain

Yuan = Annotated[str, Meta(pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$")]
"""`249000.00`; at most two places."""
Percent = Annotated[str, Meta(pattern=r"^[0-9]{1,2}(\.[0-9]{1,2})?$")]
"""`6` or `0.1`."""


class Parties(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signs."""

    operator: Text
    tenant: Text
    tenant_tax_id: TaxId = ""


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From when, until when. Without a first day it begins on the day on which the file is loaded first."""

    first_day: date | None = None
    months: Annotated[int, Meta(ge=1, le=240)] = 12


class ItemPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line: either a unit price or a price for the whole quota."""

    kind: ItemKind
    name: Text
    unit: Text
    quota: Quota
    unit_price: Yuan | None = None
    price: Yuan | None = None
    period: Period = Period.TERM

    @property
    def fen(self) -> int:
        """The price of the whole quota."""
        return fen_of(self.price) if self.price is not None else self.quota * fen_of(self.unit_price or "0")


class Totals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What it all comes to."""

    gross: Yuan
    net: Yuan
    vat: Yuan


class PaymentTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When what is due."""

    prepayment: Yuan
    within_working_days: Annotated[int, Meta(ge=0, le=250)] = 15
    service_start: ServiceStart = ServiceStart.ON_PAYMENT
    text: LongText = ""


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What has consequences."""

    complaints_a_month: Annotated[int, Meta(ge=1, le=10_000)] = 1
    late_fee_percent_a_day: Percent = "0.1"
    days_to_termination: Annotated[int, Meta(ge=1, le=3650)] = 30
    settlement_months: Annotated[int, Meta(ge=1, le=120)] = 2


class PaperPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document that was shown and compared with the original."""

    kind: Word
    reference: Text
    checked_by: Text
    valid_until: date | None = None


class QualificationPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What kind of user the tenant is, and its documents."""

    type: Annotated[int, Meta(ge=1, le=2)] = 1
    required: tuple[Word, ...] | None = None
    documents: tuple[PaperPart, ...] = ()


class SignedPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signature; without a day, on the day on which the file is loaded first."""

    by: Text
    on: date | None = None


class PaidPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A payment; without a day, on the day on which the file is loaded first."""

    amount: Yuan
    reference: Text
    on: date | None = None


class ContractFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """合同: the section `contract` of a tenant's file, or a file of its own."""

    number: Number
    parties: Parties
    items: Annotated[tuple[ItemPart, ...], Meta(min_length=1, max_length=100)]
    totals: Totals
    payment: PaymentTerms
    term: Term = Term()
    vat_percent: Percent = "6"
    charging: Charging = Charging.ON_ANSWER
    thresholds: Thresholds = Thresholds()
    qualification: QualificationPart = QualificationPart()
    signed: SignedPart | None = None
    paid: tuple[PaidPart, ...] = ()


class ContractDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that holds one contract of one tenant."""

    tenant: Word | Annotated[str, Meta(pattern=r"^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$")]
    """The tenant's slug."""
    contract: ContractFile


def fen_of(yuan: str) -> int:
    """`249000.00` in fen."""
    whole, _, cents = yuan.partition(".")
    return int(whole) * 100 + int(cents.ljust(2, "0") or "0")


def basis_points_of(percent: str) -> int:
    """`0.1` in basis points: 10."""
    return fen_of(percent)


def wish_of(file: ContractFile, today: date) -> ContractWish:
    """The contract that the file describes; `today` stands in for a first day that is left out."""
    first_day = file.term.first_day or today
    rates: tuple[BasisPoints, BasisPoints] = (
        basis_points_of(file.vat_percent),
        basis_points_of(file.thresholds.late_fee_percent_a_day),
    )
    return ContractWish(
        number=file.number,
        operator_name=file.parties.operator,
        tenant_name=file.parties.tenant,
        tenant_tax_id=file.parties.tenant_tax_id,
        first_day=first_day,
        last_day=add_months(first_day, file.term.months) - timedelta(days=1),
        items=tuple(_item(part) for part in file.items),
        prepayment=fen_of(file.payment.prepayment),
        vat_basis_points=rates[0],
        payment_working_days=file.payment.within_working_days,
        payment_terms=file.payment.text,
        service_start=file.payment.service_start,
        charging=file.charging,
        complaints_a_month=file.thresholds.complaints_a_month,
        late_fee_basis_points=rates[1],
        termination_days=file.thresholds.days_to_termination,
        settlement_months=file.thresholds.settlement_months,
        qualification_type=file.qualification.type,
        required_documents=file.qualification.required,
    )


def file_faults(file: ContractFile) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where the file contradicts itself: place and sentence."""
    for at, part in enumerate(file.items):
        if part.price is not None and part.unit_price is not None:
            if fen_of(part.price) != part.quota * fen_of(part.unit_price):
                yield ("items", at, "price"), f"{part.quota} at {part.unit_price} do not make {part.price}"
        elif part.price is None and part.unit_price is None:
            yield ("items", at), "price or unit_price is needed"
    wish = wish_of(file, date(2026, 1, 1))  # sums do not depend on the day
    gross = total_price(items_of(wish))
    net, vat = vat_split(gross, wish.vat_basis_points)
    for name, amount in (("gross", gross), ("net", net), ("vat", vat)):
        said = fen_of(getattr(file.totals, name))
        if said != amount:
            yield ("totals", name), f"the items come to {yuan_plain(amount)}, not to {yuan_plain(said)}"
    if file.paid and file.signed is None:
        yield ("paid",), "nothing is paid before the contract is signed"


def items_of(wish: ContractWish) -> tuple[Item, ...]:
    """The items of a wish as the pure rules read them."""
    return tuple(
        Item(
            id=new_id(),
            kind=item.kind,
            name=item.name,
            unit=item.unit,
            quota=item.quota,
            price=item.price,
            period=item.period,
            first_day=wish.first_day,
            last_day=item.last_day or wish.last_day,
        )
        for item in wish.items
    )


def _item(part: ItemPart) -> ItemWish:
    return ItemWish(
        kind=part.kind,
        name=part.name,
        unit=part.unit,
        quota=part.quota,
        price=part.fen,
        period=part.period,
    )
