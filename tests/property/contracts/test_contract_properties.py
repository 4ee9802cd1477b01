"""Money and states of contracts under any values and any order of events."""

import contextlib
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.contracts.clocks import (
    ClaimFacts,
    ContractClock,
    PaperFacts,
    automatic_causes,
    entries,
    lacking,
    step_due,
)
from yunhu.domains.contracts.errors import StepRefusedError
from yunhu.domains.contracts.fees import Debt, Paid, late_fee, owed
from yunhu.domains.contracts.file import fen_of
from yunhu.domains.contracts.payments import matched
from yunhu.domains.contracts.settlement import Closing, Metered, MissedDay, close
from yunhu.domains.contracts.states import STEPS, Step, after, step_for_causes
from yunhu.domains.contracts.terms import Item, add_months, period_of, periods_of
from yunhu.domains.contracts.words import (
    STANDING,
    Cause,
    ClaimKind,
    ContractState,
    ItemKind,
    Period,
    ServiceStart,
    ShortfallKind,
    Side,
)
from yunhu.foundation.money import half_up, share, vat_split, yuan_plain

FEN = st.integers(0, 10**10)
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
DUE = date(2026, 3, 2)
_ENDED = {ContractState.ENDED, ContractState.TERMINATED, ContractState.SETTLED}


@st.composite
def debts(draw: st.DrawFn) -> Debt:
    amount = draw(st.integers(1, 10**9))
    paid, left = [], amount
    for _ in range(draw(st.integers(0, 4))):
        part = draw(st.integers(0, left))
        left -= part
        paid.append(Paid(DUE + timedelta(days=draw(st.integers(-40, 90))), part))
    return Debt(amount=amount, due_on=DUE, paid=tuple(paid))


@given(st.lists(debts(), max_size=4), st.integers(0, 10_000), st.integers(-10, 100))
def test_given_any_payments_when_fees_are_reckoned_then_they_equal_the_sum_of_the_days(
    some: list[Debt], basis_points: int, after_due: int
) -> None:
    day = DUE + timedelta(days=after_due)
    fen_days = sum(
        owed(debt, DUE + timedelta(days=late - 1)) for debt in some for late in range(1, after_due + 1)
    )
    assert late_fee(some, basis_points, day) == half_up(Fraction(fen_days * basis_points, 10_000))


@given(debts(), st.integers(0, 1000), st.integers(0, 60), st.integers(0, 60))
def test_given_a_debt_when_time_passes_then_its_fee_never_shrinks(
    debt: Debt, basis_points: int, first: int, more: int
) -> None:
    earlier, later = DUE + timedelta(days=first), DUE + timedelta(days=first + more)
    assert 0 <= late_fee([debt], basis_points, earlier) <= late_fee([debt], basis_points, later)


@given(FEN, st.integers(0, 10_000))
def test_given_any_amount_when_tax_is_split_then_nothing_is_lost(gross: int, basis_points: int) -> None:
    net, vat = vat_split(gross, basis_points)
    assert net + vat == gross
    assert abs(Fraction(gross * 10_000, 10_000 + basis_points) - net) <= Fraction(1, 2)


@given(FEN)
def test_given_any_amount_when_written_in_yuan_then_it_reads_back(fen: int) -> None:
    assert fen_of(yuan_plain(fen)) == fen


@given(st.lists(st.integers(0, 1000), max_size=6), st.lists(st.integers(0, 1000), max_size=6))
def test_given_payments_and_claims_when_matched_then_one_side_is_used_up(
    free: list[int], open_: list[int]
) -> None:
    pairs = list(
        matched(
            [(UUID(int=at), amount) for at, amount in enumerate(free)],
            [(UUID(int=100 + at), amount) for at, amount in enumerate(open_)],
        )
    )
    assert sum(amount for _, _, amount in pairs) == min(sum(free), sum(open_))
    assert all(amount > 0 for _, _, amount in pairs)
    assert len({(payment, claim) for payment, claim, _ in pairs}) == len(pairs)
    for at, there in enumerate(free):
        assert sum(amount for payment, _, amount in pairs if payment == UUID(int=at)) <= there
    for at, wanted in enumerate(open_):
        assert sum(amount for _, claim, amount in pairs if claim == UUID(int=100 + at)) <= wanted


@given(DAYS, st.integers(0, 1500), st.sampled_from(Period))
def test_given_any_item_when_its_periods_follow_then_they_cover_its_days_exactly(
    first_day: date, length: int, period: Period
) -> None:
    item = _item(ItemKind.ROBOT, 1, 1, period, first_day, first_day + timedelta(days=length))
    day = first_day
    for begin, end in periods_of(item):
        assert begin == day
        assert period_of(item, begin) == period_of(item, end) == (begin, end)
        day = end + timedelta(days=1)
    assert day == item.last_day + timedelta(days=1)


@given(st.lists(st.sampled_from(Step), max_size=40))
def test_given_any_steps_when_taken_then_only_the_table_moves_a_contract(steps: list[Step]) -> None:
    state, ended = ContractState.DRAFT, False
    for step in steps:
        before = state
        with contextlib.suppress(StepRefusedError):
            state = after(state, step)
            assert STEPS[step][before] is state
        assert not (ended and state not in _ENDED), "what is over never comes back"
        ended = ended or state in _ENDED


@given(
    st.sampled_from(ContractState),
    st.sets(st.sampled_from(Cause)),
    st.booleans(),
)
def test_given_any_causes_when_followed_then_service_stands_still_exactly_while_one_stands(
    state: ContractState, standing: set[Cause], service_began: bool
) -> None:
    step = step_for_causes(state, standing, service_began=service_began)
    settled = after(state, step) if step else state
    if state in STANDING:
        assert (settled is ContractState.SUSPENDED) == bool(standing)
    else:
        assert step is None
    assert step_for_causes(settled, standing, service_began=service_began) is None


@given(
    debts(),
    st.lists(st.tuples(st.booleans(), st.none() | DAYS), max_size=3),
    st.sampled_from(ServiceStart),
    st.lists(st.integers(0, 40), min_size=1, max_size=30),
)
def test_given_any_facts_when_days_pass_then_steps_end_and_clocks_are_in_order(
    debt: Debt, papers: list[tuple[bool, date | None]], start: ServiceStart, jumps: list[int]
) -> None:
    claim = ClaimFacts(kind=ClaimKind.PREPAYMENT, since=DUE, debt=debt, invoiced_on=None)
    state, activated, day = ContractState.SIGNED, None, DUE
    for jump in jumps:
        day += timedelta(days=jump)
        for _ in range(4):
            facts = ContractClock(
                state=state,
                first_day=date(2026, 3, 1),
                last_day=date(2026, 9, 30),
                signed_on=DUE,
                activated_on=activated,
                ended_on=None,
                settled_on=None,
                service_start=start,
                late_fee_basis_points=10,
                termination_days=30,
                settlement_months=2,
                claims=(claim,),
                papers=tuple(
                    PaperFacts(kind=f"kind{at}", there=there, valid_until=until)
                    for at, (there, until) in enumerate(papers)
                ),
            )
            causes = automatic_causes(facts, day)
            step = step_due(facts, day)
            if step is Step.ACTIVATE:
                assert lacking(facts, day) == ()
                activated = activated or day
            step = step if step and not (step is Step.ACTIVATE and causes) else None
            step = step or step_for_causes(state, causes, service_began=activated is not None)
            if step is None:
                break
            state = after(state, step)
        else:
            raise AssertionError("the day never comes to rest")
        line = entries(facts, day)
        assert [entry.day for entry in line] == sorted(entry.day for entry in line)


@given(
    st.integers(0, 3000),
    st.integers(0, 10**8),
    st.integers(0, 10**6),
    st.sampled_from(Side),
    st.integers(0, 400),
    st.lists(st.tuples(st.integers(0, 364), st.integers(0, 2), st.integers(1, 50)), max_size=5),
)
def test_given_any_closing_when_made_up_then_the_account_balances(
    used: int, paid: int, fee: int, ended_by: Side, ended_after: int, missed: list[tuple[int, int, int]]
) -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    items = (
        _item(ItemKind.ROBOT, 2, 4_400_001, Period.TERM, first, last),
        _item(ItemKind.VOICE_NOTIFICATION, 3000, 100_003, Period.TERM, first, last),
    )
    facts = Closing(
        items=items,
        began=True,
        ended_on=min(last, first + timedelta(days=ended_after)),
        ended_by=ended_by,
        used={ItemKind.VOICE_NOTIFICATION: Metered(used, share(100_003, used, 3000))},
        missed=tuple(
            MissedDay(first + timedelta(days=day), ShortfallKind.ROBOT, 2, supplied, lost)
            for day, supplied, lost in missed
        ),
        paid=paid,
        fee=fee,
    )
    account = close(facts)
    assert account.returned - account.due + account.retained == paid - account.used - fee + account.credit
    assert min(account.returned, account.due, account.retained, account.credit) >= 0
    assert 0 in {account.returned, account.due}
    assert account.retained == 0 or ended_by is Side.TENANT
    assert account.used <= 4_400_001 + 100_003


@given(DAYS, st.integers(0, 240))
def test_given_any_day_when_months_are_added_then_the_month_is_right(day: date, months: int) -> None:
    then = add_months(day, months)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day == day.day or (then + timedelta(days=1)).day == 1


def _item(kind: ItemKind, quota: int, price: int, period: Period, first_day: date, last_day: date) -> Item:
    return Item(
        id=UUID(int=1),
        kind=kind,
        name=kind,
        unit="piece",
        quota=quota,
        price=price,
        period=period,
        first_day=first_day,
        last_day=last_day,
    )
