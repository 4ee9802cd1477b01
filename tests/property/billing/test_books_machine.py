"""Any interleaving of calls, crashes and retries: the ledger balances and equals the call records.

The machine works on a real database. A crash is a transaction that is rolled back after its last statement; an answer
that was lost is a transaction that is committed and then done again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from tests.support.billing.builders import reserved_call
from tests.support.contracts.builders import TESTER, contract_wish, serve

from yunhu.domains.billing.jobs import accrue, follow_contracts, post_yesterday, settle_forgotten
from yunhu.domains.billing.public import hold, settle_call
from yunhu.domains.billing.reconciliation_records import compare_records
from yunhu.domains.billing.verification import verify
from yunhu.domains.call_cards.service import note_state
from yunhu.domains.calls.public import Facts, end_call
from yunhu.domains.contracts.drafts import SignWish
from yunhu.domains.contracts.ending import Ground, TerminationWish, settle, terminate
from yunhu.domains.contracts.events import journal_of
from yunhu.domains.contracts.jobs import turn_clock
from yunhu.domains.contracts.supplements import add_supplement, sign_supplement
from yunhu.domains.contracts.suspensions import CauseWish, lift, suspend
from yunhu.domains.contracts.usage import metered_by_kind
from yunhu.domains.contracts.wishes import ItemWish, SupplementWish
from yunhu.domains.contracts.words import Cause, Charging, ItemKind, Period
from yunhu.domains.identity.public import Tenant
from yunhu.foundation.calendar import WorkingCalendar
from yunhu.foundation.clock import ManualClock, natural_day
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.ids import new_id
from yunhu.messaging.cards.port import CardState, Pushed
from yunhu.telephony.port import EndedBy, ResultClass, Termination

VOICE, CARD = ItemKind.VOICE_NOTIFICATION, ItemKind.CALL_CARD
START = datetime(2026, 1, 20, 4, tzinfo=UTC)
ENDINGS = st.sampled_from(["answered", "no_answer", "not_sent"])
FATES = st.sampled_from(["well", "crash", "answer_lost", "at_once_twice"])
Work = Callable[[AsyncSession], Awaitable[Any]]


class PowerLostError(Exception):
    """The process died before the commit."""


class BooksMachine(RuleBasedStateMachine):
    """One tenant's months: calls, cards, jobs, supplements and suspensions in any order."""

    database_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = ManualClock(START)
        self.flying: list[UUID] = []
        self.cards: list[UUID] = []
        self.cause: UUID | None = None
        self.supplements = 0

    def teardown(self) -> None:
        try:
            if hasattr(self, "contract_id"):
                self.runner.run(self._finish())
                self.runner.run(self.database.close())
        finally:
            self.runner.close()

    @initialize(
        charging=st.sampled_from(Charging),
        price=st.integers(0, 97),
        quota=st.integers(1, 7),
        period=st.sampled_from([Period.TERM, Period.MONTH]),
        prepayment=st.sampled_from([0, 450, 2_000]),
    )
    def begin(self, charging: Charging, price: int, quota: int, period: Period, prepayment: int) -> None:
        self.runner.run(self._begin(charging, price, quota, period, prepayment))

    async def _begin(
        self, charging: Charging, price: int, quota: int, period: Period, prepayment: int
    ) -> None:
        self.database: Database = open_database(self.database_url, pool_size=4)
        self.tenant_id = new_id()
        items = (
            ItemWish(kind=ItemKind.ROBOT, name="robots", unit="robot", quota=1, price=100),
            ItemWish(kind=VOICE, name="voice", unit="call", quota=quota, price=price, period=period),
            ItemWish(kind=CARD, name="cards", unit="card", quota=4, price=10),
        )
        wish = contract_wish(
            natural_day(START),
            number=f"M-{self.tenant_id}",
            items=items,
            prepayment=prepayment,
            charging=charging,
            months=3,
        )
        async with self.database.transaction() as session:
            tenant = Tenant(id=self.tenant_id, slug=self.tenant_id.hex, name="tenant", created_at=START)
            session.add(tenant)
        async with self.database.transaction() as session:
            self.contract_id = await serve(session, self.tenant_id, START, wish=wish)

    async def _do(self, work: Work, fate: str) -> Any:
        """Carry out a transaction, with the fate that was drawn."""
        if fate == "crash":
            with pytest.raises(PowerLostError):
                await self._die(work)
        if fate == "at_once_twice":
            return (await asyncio.gather(self._once(work), self._once(work)))[0]
        if fate == "answer_lost":
            await self._once(work)
        return await self._once(work)

    async def _once(self, work: Work) -> Any:
        async with self.database.transaction() as session:
            return await work(session)

    async def _die(self, work: Work) -> None:
        async with self.database.transaction() as session:
            await work(session)
            raise PowerLostError

    @rule(card=st.booleans(), crash=st.booleans())
    def place(self, *, card: bool, crash: bool) -> None:
        call_id, now = new_id(), self.clock.now()

        async def reserve(session: AsyncSession) -> bool:
            await reserved_call(session, self.tenant_id, call_id, now, card=card)
            if not await hold(session, call_id=call_id, tenant_id=self.tenant_id, kind=VOICE, now=now):
                raise PowerLostError  # nothing is dialled: the record goes, too
            if card and not await hold(
                session, call_id=call_id, tenant_id=self.tenant_id, kind=CARD, now=now
            ):
                await session.execute(text("DELETE FROM call_cards WHERE id = :id"), {"id": call_id})
                return False
            return card

        try:
            carded = self.runner.run(self._do(reserve, "crash" if crash else "well"))
        except PowerLostError:
            return
        self.flying.append(call_id)
        if carded:
            self.cards.append(call_id)

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), ending=ENDINGS, fate=FATES)
    def end(self, data: st.DataObject, ending: str, fate: str) -> None:
        call_id = data.draw(st.sampled_from(self.flying))
        self.runner.run(self._do(self._ending(call_id, ending), fate))
        self.flying.remove(call_id)

    def _ending(self, call_id: UUID, ending: str) -> Work:
        now = self.clock.now()
        result = ResultClass.ANSWERED if ending == "answered" else ResultClass.NO_ANSWER
        facts = Facts(
            sent=ending != "not_sent",
            answered_at=now if ending == "answered" else None,
            ended_at=now,
            termination=Termination(result=result, ended_by=EndedBy.CALLEE, reason="done"),
        )

        async def conclude(session: AsyncSession) -> None:
            ended = await end_call(session, call_id, facts)
            if ended is not None:
                answered = facts.answered_at is not None
                await settle_call(session, call_id=call_id, answered=answered, attempted=facts.sent, now=now)

        return conclude

    @precondition(lambda self: self.cards)
    @rule(data=st.data(), fate=FATES, said=st.sampled_from([CardState.DELIVERED, CardState.FAILED]))
    def hear_of_card(self, data: st.DataObject, fate: str, said: CardState) -> None:
        card_id = data.draw(st.sampled_from(self.cards))
        self.runner.run(self._do(self._said_of(card_id, said), fate))
        self.cards.remove(card_id)

    def _said_of(self, card_id: UUID, said: CardState) -> Work:
        async def note(session: AsyncSession) -> None:
            await note_state(session, card_id, Pushed(state=said), self.clock.now())

        return note

    @rule(hours=st.sampled_from([1, 24, 24 * 9]))
    def wait(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))

    @precondition(lambda self: self._in_term())
    @rule(fate=FATES)
    def month_passes(self, fate: str) -> None:
        now = self.clock.now()
        self.clock.set(now.replace(year=now.year + now.month // 12, month=now.month % 12 + 1, day=1))
        for job in (follow_contracts, post_yesterday, accrue):
            self.runner.run(self._do(partial(job, now=self.clock.now()), fate))

    @rule(job=st.sampled_from([follow_contracts, post_yesterday, accrue, settle_forgotten]), fate=FATES)
    def work(self, job: Callable[[AsyncSession, datetime], Awaitable[bool]], fate: str) -> None:
        self.runner.run(self._do(lambda session: job(session, self.clock.now()), fate))

    @precondition(lambda self: self.supplements < 2 and self._in_term())
    @rule(quota=st.integers(1, 3), months=st.sampled_from([0, 1, 1]))
    def sign_more(self, quota: int, months: int) -> None:
        self.supplements += 1
        self.runner.run(self._once(lambda session: self._sign_more(session, quota, months)))

    async def _sign_more(self, session: AsyncSession, quota: int, months: int) -> None:
        now = self.clock.now()
        today = natural_day(now)
        last = await session.scalar(
            text("SELECT last_day FROM contracts WHERE id = :id"), {"id": self.contract_id}
        )
        wish = SupplementWish(
            number=f"S-{self.supplements}",
            reason="more",
            effective_on=today,
            items=(ItemWish(kind=VOICE, name="more", unit="call", quota=quota, price=31),),
            new_last_day=last + timedelta(days=30) if months else None,
        )
        async with journal_of(session, TESTER, now) as journal:
            part = await add_supplement(journal, self.contract_id, wish)
            signature = SignWish(signed_on=today, signed_by="both")
            await sign_supplement(journal, self.contract_id, part.id, signature, WorkingCalendar())

    @precondition(lambda self: self._in_term())
    @rule()
    def stop_or_go_on(self) -> None:
        self.runner.run(self._once(self._stop_or_go_on))

    async def _stop_or_go_on(self, session: AsyncSession) -> None:
        async with journal_of(session, TESTER, self.clock.now()) as journal:
            if self.cause is None:
                wish = CauseWish(cause=Cause.MANUAL, reason="a rule")
                self.cause = (await suspend(journal, self.contract_id, wish)).id
            else:
                await lift(journal, self.contract_id, self.cause, "put right")
                self.cause = None

    def _in_term(self) -> bool:
        return self.clock.now() < START + timedelta(days=80)

    @invariant()
    def books_agree(self) -> None:
        if hasattr(self, "contract_id"):
            found = self.runner.run(self._once(verify))
            assert found == []

    async def _finish(self) -> None:
        """Whatever is in the air ends, the contract ends, the account is closed: nothing is left over."""
        for call_id in self.flying:
            await self._once(self._ending(call_id, "answered"))
        self.clock.advance(timedelta(hours=1))
        for card_id in self.cards:
            await self._once(self._said_of(card_id, CardState.FAILED))
        await self._until_done(turn_clock)
        async with self.database.transaction() as session, self._journal(session) as journal:
            state = await session.scalar(
                text("SELECT state FROM contracts WHERE id = :id"), {"id": self.contract_id}
            )
            if state in {"active", "suspended"}:
                wish = TerminationWish(ground=Ground.TENANT_BREACH, reason="resold")
                await terminate(journal, self.contract_id, wish)
            await settle(journal, self.contract_id, await metered_by_kind(session, self.contract_id))
        await self._until_done(follow_contracts)
        assert await self._once(verify) == []
        await self._equals_calls()

    def _journal(self, session: AsyncSession) -> Any:
        return journal_of(session, TESTER, self.clock.now())

    async def _until_done(self, job: Callable[[AsyncSession, datetime], Awaitable[bool]]) -> None:
        while await self._once(lambda session: job(session, self.clock.now())):
            pass

    async def _equals_calls(self) -> None:
        first, last = natural_day(START), natural_day(self.clock.now())
        async with self.database.transaction() as session:
            run = await compare_records(session, self.tenant_id, first, last, now=START, by="test")
            assert run.counts == {}
            left = await session.scalar(
                text(
                    "SELECT coalesce(sum(amount), 0) FROM ledger_lines WHERE tenant_id = :id AND account = :of"
                ),
                {"id": self.tenant_id, "of": "prepayment"},
            )
            assert left == 0
            held = await session.scalar(
                text("SELECT count(*) FROM meter_entries WHERE tenant_id = :id AND state = 'held'"),
                {"id": self.tenant_id},
            )
            assert held == 0


def test_given_any_interleaving_of_calls_crashes_and_retries_then_the_books_equal_the_calls(
    still_database_url: str,
) -> None:
    BooksMachine.database_url = still_database_url
    run_state_machine_as_test(
        BooksMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
