"""The closing account (§2.2.3, §3.5, §7.2). Pure; amounts are fen.

What an item costs in one period is an exact fraction and is rounded once, on the sum of its pieces or days, as the
ledger does it; credits are summed exactly and rounded once.

What was used is charged at the contract's prices: what is metered by the piece, everything else by the days that it
was there. Capacity that the operator did not supply is credited. What is left of the prepayment goes back, unless
the tenant caused the end.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

import msgspec

from yunhu.domains.contracts.terms import Item, period_of, periods_of
from yunhu.domains.contracts.words import METERED, ItemKind, ShortfallKind, Side
from yunhu.foundation.money import Fen, half_up, share


class Line(msgspec.Struct, frozen=True):
    """What one kind came to."""

    kind: ItemKind
    granted: int
    used: int
    """Pieces; for what is used by time, the days."""
    price: Fen


class Metered(msgspec.Struct, frozen=True):
    """What was metered of one kind over the whole contract."""

    pieces: int
    price: Fen
    """As billing charged it: period by period, each rounded once."""


class MissedDay(msgspec.Struct, frozen=True):
    """Capacity that was not supplied on a day (row C13)."""

    day: date
    kind: ShortfallKind
    granted: int
    supplied: int
    lost: int


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the account is made of."""

    items: tuple[Item, ...]
    began: bool
    """Whether service ever began."""
    ended_on: date
    ended_by: Side
    used: Mapping[ItemKind, Metered]
    missed: tuple[MissedDay, ...]
    paid: int
    fee: int
    """Late fee up to the day of the account."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """The closing account. `returned - due + retained == paid - used - late_fee + credit`."""

    lines: tuple[Line, ...]
    used: int
    """Price of everything that was used."""
    late_fee: int
    paid: int
    shortfall_days: int
    credit: int
    """For capacity that was not supplied."""
    returned: int
    """To the tenant."""
    retained: int
    """Left of the prepayment and not returned, because the tenant caused the end."""
    due: int
    """Still to be paid by the tenant."""
    ended_by: Side
    ended_on: date


def close(facts: Closing) -> Account:
    """Make up the account."""
    lines, used = _used(facts)
    kept = facts.ended_by is Side.TENANT
    credit = half_up(_capacity_credit(facts) + (_lost_credit(facts) if kept else 0))
    left = facts.paid - used - facts.fee
    retained = left if kept and left > 0 else 0
    balance = left - retained + credit
    return Account(
        lines=lines,
        used=used,
        late_fee=facts.fee,
        paid=facts.paid,
        shortfall_days=len({missed.day for missed in facts.missed}),
        credit=credit,
        returned=max(0, balance),
        retained=retained,
        due=max(0, -balance),
        ended_by=facts.ended_by,
        ended_on=facts.ended_on,
    )


_NOTHING = Metered(0, 0)


def _used(facts: Closing) -> tuple[tuple[Line, ...], Fen]:
    lines, total = [], 0
    for kind in ItemKind:
        items = [item for item in facts.items if item.kind is kind and item.first_day <= facts.ended_on]
        if not items:
            continue
        if kind in METERED:
            metered = facts.used.get(kind, _NOTHING)
            pieces, price = metered.pieces, metered.price
        else:
            pieces, price = _by_time(items, facts.ended_on) if facts.began else (0, 0)
        lines.append(Line(kind, sum(item.quota for item in items), pieces, price))
        total += price
    return tuple(lines), total


def _by_piece(items: Sequence[Item], pieces: int, ended_on: date) -> Fen:
    """What so many pieces would cost: quotas are used up in the order in which they began."""
    price = 0
    for _, item in _begun(items, ended_on):
        taken = min(pieces, item.quota)
        price += share(item.price, taken, item.quota)
        pieces -= taken
    return price


def _by_time(items: Sequence[Item], ended_on: date) -> tuple[int, Fen]:
    served, price = 0, 0
    for item in items:
        for begin, end in periods_of(item):
            if begin > ended_on:
                break
            length = (end - begin).days + 1
            there = (min(end, ended_on) - begin).days + 1
            price += share(item.price, there, length)
            served = max(served, (min(end, ended_on) - item.first_day).days + 1)
    return served, price


def _begun(items: Sequence[Item], ended_on: date) -> Iterable[tuple[date, Item]]:
    begun = [(begin, item) for item in items for begin, _ in periods_of(item) if begin <= ended_on]
    return sorted(begun, key=lambda pair: (pair[0], pair[1].id))


def _capacity_credit(facts: Closing) -> Fraction:
    """For each day, the share of the day's price that was not supplied."""
    return sum((_day_credit(facts.items, missed) for missed in facts.missed), Fraction())


def _day_credit(items: Iterable[Item], missed: MissedDay) -> Fraction:
    kind = ItemKind.ROBOT if missed.kind is ShortfallKind.ROBOT else ItemKind.CALLER_NUMBER
    share = Fraction(missed.granted - missed.supplied, missed.granted) if missed.granted else Fraction()
    price = Fraction()
    for item in items:
        if item.kind is kind and item.covers(missed.day):
            begin, end = period_of(item, missed.day)
            price += Fraction(item.price, (end - begin).days + 1)
    return price * share


def _lost_credit(facts: Closing) -> Fen:
    """Notifications that were paid for and could not be spoken for want of capacity."""
    items = [item for item in facts.items if item.kind is ItemKind.VOICE_NOTIFICATION]
    lost = sum(missed.lost for missed in facts.missed)
    used = facts.used.get(ItemKind.VOICE_NOTIFICATION, _NOTHING).pieces
    whole = _by_piece(items, used + lost, facts.ended_on)
    return whole - _by_piece(items, used, facts.ended_on)
