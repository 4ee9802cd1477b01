"""What a contract grants, over time: quotas, periods and prices. Pure; amounts are fen, prices exact fractions."""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

import msgspec

from yunhu.domains.contracts.words import Charging, ContractState, ItemKind, Period


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One line of what was sold, with the days on which it counts."""

    id: UUID
    kind: ItemKind
    name: str
    unit: str
    quota: int
    """Of one period."""
    price: int
    """Fen with tax, for the whole quota of one period."""
    period: Period
    first_day: date
    last_day: date
    supplement_id: UUID | None = None

    @property
    def unit_price(self) -> Fraction:
        """Fen for one of it. Sums of it are rounded once, at the end (`foundation.money.half_up`)."""
        return Fraction(self.price, self.quota)

    def covers(self, day: date) -> bool:
        """Whether it counts on this day."""
        return self.first_day <= day <= self.last_day


class ActiveContract(msgspec.Struct, frozen=True, kw_only=True):
    """A contract in whose term a day lies and which is served, or would be but for a suspension."""

    id: UUID
    tenant_id: UUID
    number: str
    state: ContractState
    first_day: date
    last_day: date
    charging: Charging
    vat_basis_points: int
    items: tuple[Item, ...]

    def items_of(self, kind: ItemKind, day: date) -> tuple[Item, ...]:
        """The items of a kind that count on a day, the oldest first."""
        return tuple(item for item in self.items if item.kind is kind and item.covers(day))

    def quota(self, kind: ItemKind, day: date) -> int:
        """How much of a kind is granted for the period in which the day lies."""
        return sum(item.quota for item in self.items_of(kind, day))


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day (Civil Code §203: no such day, the last one)."""
    years, month = divmod(day.month - 1 + months, 12)
    last = _days_of_month(day.year + years, month + 1)
    return date(day.year + years, month + 1, min(day.day, last))


def first_of_next_month(day: date) -> date:
    """The 1st of the month after."""
    return add_months(day.replace(day=1), 1)


def period_of(item: Item, day: date) -> tuple[date, date]:
    """First and last day of the item's period in which `day` lies. The last period ends with the item."""
    if not item.covers(day):
        raise ValueError(f"{day} lies outside the item's {item.first_day} to {item.last_day}")
    if item.period is Period.TERM:
        return item.first_day, item.last_day
    size = 12 if item.period is Period.YEAR else 1
    months = (day.year - item.first_day.year) * 12 + day.month - item.first_day.month
    count = months // size
    if add_months(item.first_day, count * size) > day:
        count -= 1
    begin = add_months(item.first_day, count * size)
    end = add_months(item.first_day, (count + 1) * size) - timedelta(days=1)
    return begin, min(end, item.last_day)


def periods_of(item: Item) -> Iterable[tuple[date, date]]:
    """Every period of an item, in order."""
    day = item.first_day
    while day <= item.last_day:
        begin, end = period_of(item, day)
        yield begin, end
        day = end + timedelta(days=1)


def total_price(items: Iterable[Item]) -> int:
    """Fen with tax of everything that was sold, over all periods."""
    return sum(item.price * sum(1 for _ in periods_of(item)) for item in items)


def _days_of_month(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day
