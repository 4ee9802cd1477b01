"""One attempt in the air: starts the call that was committed, and writes down what becomes of it."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError

from yunhu.domains.billing.public import settle_call
from yunhu.domains.call_cards.public import Ticket
from yunhu.domains.calls.public import (
    CallBegun,
    Conversation,
    Facts,
    KeyAnswer,
    Look,
    Talk,
    Watcher,
    end_call,
    mark_alerting,
    mark_answered,
)
from yunhu.domains.consent.public import RefusalSource, refuse
from yunhu.domains.dispatch import metrics, repository
from yunhu.domains.dispatch.cards import CardPresenter, Headers
from yunhu.domains.notifications.public import (
    DISPATCH_CHANNEL,
    Attempted,
    DeliveryPlan,
    KeyActionKind,
    after_attempt,
    announce,
    lock,
    move,
    note,
)
from yunhu.domains.numbers.public import Shown, give_back
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database, notify
from yunhu.foundation.ids import new_id
from yunhu.foundation.outbox import Event, publish
from yunhu.foundation.phone import Phone
from yunhu.messaging.cards.port import CardState
from yunhu.telephony.port import (
    CallEngine,
    EndedBy,
    OriginateRefusedError,
    OriginateRequest,
    ResultClass,
    Termination,
)

log = structlog.get_logger()

_ENDING_TRIES = 12
_ENDING_PAUSE_SECONDS = 0.5

_COOL_DOWN = timedelta(hours=1)
_NUMBER_IN_TROUBLE = frozenset({ResultClass.BARRED, ResultClass.OWN_LINE_BLOCKED})
"""Endings that speak of the number shown, not of the callee: it rests, and others take its turns (row B3)."""
_REACHED_THE_CALLEE = frozenset(
    {
        ResultClass.ANSWERED,
        ResultClass.MACHINE,
        ResultClass.ASSISTANT,
        ResultClass.BUSY,
        ResultClass.NO_ANSWER,
        ResultClass.REJECTED,
        ResultClass.BARRED,
    }
)
"""Endings that say something about how the number shown was received."""


class Trunks(Protocol):
    """Which engine carries a trunk on this node."""

    def usable(self) -> list[UUID]:
        """Trunks that a call could leave by just now."""

    def engine_of(self, trunk_id: UUID) -> tuple[CallEngine, str]:
        """The engine, and the trunk's name in it."""


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it was committed."""

    call_id: UUID
    notification_id: UUID
    tenant_id: UUID
    journey_id: UUID | None
    callee: Phone
    caller_number: Phone
    trunk_id: UUID
    recording: Path
    plan: DeliveryPlan
    created_at: datetime
    first_attempt: bool
    card: Ticket | None = None


class Attempts:
    """The calls that this node carries."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        trunks: Trunks,
        cards: CardPresenter | None = None,
        watcher: Watcher | None = None,
    ) -> None:
        self._watcher = watcher
        self._database = database
        self._vault = vault
        self._clock = clock
        self._trunks = trunks
        self._cards = cards
        self._presenting: dict[UUID, str | None] = {}
        """Notifications whose card goes ahead of the INVITE, with the reason to stop that came meanwhile."""
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._conversations: dict[UUID, tuple[UUID, Conversation]] = {}

    @property
    def call_ids(self) -> set[UUID]:
        """Calls in the air here."""
        return set(self._tasks)

    @property
    def notification_ids(self) -> set[UUID]:
        """Notifications whose call is in the air here."""
        return {notification_id for notification_id, _ in self._conversations.values()} | set(
            self._presenting
        )

    def start(self, placed: Placed, talk: Talk) -> None:
        """Send the INVITE and follow the call; returns at once."""
        if self._watcher is not None:
            self._watcher.begun(_begun(placed))
        task = asyncio.create_task(self._carry(placed, talk), name=f"call-{placed.call_id}")
        self._tasks[placed.call_id] = task
        metrics.CALLS_LIVE.set(len(self._tasks))
        task.add_done_callback(lambda _: self._forget(placed.call_id))

    def stop_call(self, notification_id: UUID, reason: str) -> None:
        """End the running attempt of a notification, if it is here."""
        if notification_id in self._presenting:
            self._presenting[notification_id] = reason
        for owner, conversation in self._conversations.values():
            asked_by_callee = reason == "refused" and conversation.answered_key(KeyActionKind.REFUSE)
            if owner == notification_id and not asked_by_callee:
                conversation.call.hang_up(reason)

    async def drained(self) -> None:
        """Return when no call is left."""
        while self._tasks:
            await asyncio.wait(set(self._tasks.values()))

    def _forget(self, call_id: UUID) -> None:
        self._tasks.pop(call_id, None)
        self._conversations.pop(call_id, None)
        if self._watcher is not None:
            self._watcher.gone(call_id)
        metrics.CALLS_LIVE.set(len(self._tasks))

    async def _carry(self, placed: Placed, talk: Talk) -> None:
        scribe = Scribe(self._database, self._vault, self._clock, placed)
        with structlog.contextvars.bound_contextvars(call_id=str(placed.call_id)):
            headers = await self._present(placed)
            stopped = self._presenting.pop(placed.notification_id, None)
            if stopped is not None:
                self._tell_card(placed, headers, CardState.FAILED, "the INVITE did not leave")
                await scribe.ended(_stopped(self._clock.now(), stopped))
                return
            engine, trunk = self._trunks.engine_of(placed.trunk_id)
            request = OriginateRequest(
                call_id=placed.call_id,
                callee=placed.callee,
                caller_number=placed.caller_number,
                trunks=(trunk,),
                ring_timeout=timedelta(seconds=placed.plan.ring_seconds),
                recording=placed.recording,
                detect_answer=placed.plan.detect_answer,
                headers=headers,
            )
            try:
                call = await engine.originate(request)
            except OriginateRefusedError as error:
                log.warning("call.refused_by_engine", reason=error.reason, detail=str(error))
                self._tell_card(placed, headers, CardState.FAILED, "the INVITE did not leave")
                await scribe.ended(_not_sent(self._clock.now(), error.reason))
                return
            self._note_sent(placed)
            self._tell_card(placed, headers, CardState.ACCEPTED)
            conversation = Conversation(call, talk, scribe, self._look_on(placed.call_id))
            self._conversations[placed.call_id] = (placed.notification_id, conversation)
            try:
                await conversation.run()
            finally:
                if conversation.facts.ringing_at or conversation.facts.answered_at:
                    self._tell_card(placed, headers, CardState.DELIVERED)
                if conversation.facts.termination is None:
                    call.hang_up("conversation_lost")
                    await scribe.ended(_lost(conversation.facts, self._clock.now()))

    def _look_on(self, call_id: UUID) -> Callable[[Look], None] | None:
        watcher = self._watcher
        return None if watcher is None else lambda look: watcher.seen(call_id, look)

    async def _present(self, placed: Placed) -> Headers:
        """Send the call's card ahead; a call whose card fails is still a call."""
        if placed.card is None or self._cards is None:
            return ()
        self._presenting[placed.notification_id] = None
        return await self._cards.present(placed.card, placed.call_id, placed.callee, placed.caller_number)

    def _tell_card(self, placed: Placed, headers: Headers, state: CardState, detail: str = "") -> None:
        """Of a card that travels in the INVITE the call itself knows how far it came."""
        if headers and placed.card is not None and self._cards is not None:
            self._cards.tell(placed.card, state, detail)

    def _note_sent(self, placed: Placed) -> None:
        metrics.CALLS_STARTED.inc()
        if placed.first_attempt:
            waited = self._clock.now() - placed.created_at
            metrics.CREATED_TO_INVITE.observe(waited.total_seconds())


def _begun(placed: Placed) -> CallBegun:
    return CallBegun(
        call_id=placed.call_id,
        tenant_id=placed.tenant_id,
        notification_id=placed.notification_id,
        journey_id=placed.journey_id,
        trunk_id=placed.trunk_id,
        callee=placed.callee.masked,
        caller_number=placed.caller_number.e164,
    )


def _not_sent(now: datetime, reason: str) -> Facts:
    termination = Termination(result=ResultClass.TRUNK_FAILURE, ended_by=EndedBy.PLATFORM, reason=reason)
    return Facts(sent=False, ended_at=now, termination=termination)


def _stopped(now: datetime, reason: str) -> Facts:
    """The notification was withdrawn before its INVITE left."""
    termination = Termination(result=ResultClass.CANCELLED, ended_by=EndedBy.PLATFORM, reason=reason)
    return Facts(sent=False, ended_at=now, termination=termination)


def _lost(facts: Facts, now: datetime) -> Facts:
    facts.ended_at = now
    facts.termination = Termination(
        result=ResultClass.UNKNOWN, ended_by=EndedBy.NODE, reason="conversation_lost"
    )
    return facts


class Scribe:
    """Writes one call's facts into the database (a `Witness`)."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, placed: Placed) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._placed = placed

    async def alerting(self, facts: Facts) -> None:
        """Ringing is news for the monitor only: losing it loses no rule."""
        try:
            async with self._database.transaction() as session:
                await mark_alerting(session, self._placed.call_id, facts)
        except (DBAPIError, InterfaceError, OSError) as error:
            log.warning("call.alerting_not_written", error=type(error).__name__)

    async def answered(self, facts: Facts) -> None:
        """Answered is what is charged: the ending writes it again in case this fails."""
        try:
            async with self._database.transaction() as session:
                row = await lock(session, self._placed.notification_id)
                await mark_answered(session, self._placed.call_id, facts)
                await announce(
                    session, row, "notification.answered", now=self._clock.now(), detail=self._about()
                )
        except (DBAPIError, InterfaceError, OSError) as error:
            log.warning("call.answered_not_written", error=type(error).__name__)

    async def asked(self, key: str, answer: KeyAnswer) -> None:
        """A key of the callee takes effect at once, before it is confirmed aloud (row C5)."""
        if answer.action is KeyActionKind.REPEAT:
            return
        now = self._clock.now()
        detail = {**self._about(), "key": key, "action": answer.action.value}
        async with self._database.transaction() as session:
            if answer.action is KeyActionKind.REFUSE:
                # First, because it locks every open notification of the callee in the order of their ids.
                await refuse(
                    session,
                    self._vault,
                    tenant_id=self._placed.tenant_id,
                    phone=self._placed.callee,
                    source=RefusalSource.KEY,
                    call_id=self._placed.call_id,
                    now=now,
                )
            row = await lock(session, self._placed.notification_id)
            await note(session, row, kind="key", now=now, detail=detail)
            if answer.action is KeyActionKind.POSTPONE:
                await publish(session, [self._postponed(row, answer, now)])

    def _postponed(self, row: Any, answer: KeyAnswer, now: datetime) -> Event:
        payload = {
            "notification_id": str(row.id),
            "journey_id": str(row.journey_id) if row.journey_id else None,
            "client_reference": row.client_reference,
            "parameters": row.parameters,
            "minutes": answer.minutes,
            **self._about(),
        }
        return Event(row.tenant_id, "journey.postpone_requested", row.journey_id or row.id, payload, now)

    async def ended(self, facts: Facts) -> None:
        """Write the ending, however often the database has to be asked."""
        for attempt in range(_ENDING_TRIES):
            try:
                await self._write_ending(facts)
            except (DBAPIError, InterfaceError, OSError) as error:
                log.warning("call.ending_not_written", attempt=attempt, error=type(error).__name__)
                await asyncio.sleep(_ENDING_PAUSE_SECONDS * (attempt + 1))
            else:
                return
        log.error("call.ending_lost", notification_id=str(self._placed.notification_id))

    async def _write_ending(self, facts: Facts) -> None:
        async with self._database.transaction() as session:
            await conclude(
                session, self._placed.call_id, self._placed.notification_id, facts, self._clock.now()
            )

    def _about(self) -> dict[str, Any]:
        return {"call_id": str(self._placed.call_id)}


async def conclude(session: Any, call_id: UUID, notification_id: UUID, facts: Facts, now: datetime) -> bool:
    """End a call, free its robot, and take its notification onward; False when it had ended before."""
    row = await lock(session, notification_id)
    plan = msgspec.convert(row.plan, DeliveryPlan)
    await give_back(session, call_id, new_id(), _shown(facts, plan, now), now)
    ended = await end_call(session, call_id, facts)
    if ended is None or facts.termination is None:
        return False
    await repository.release_robot(session, call_id)
    result = facts.termination.result
    attempted = Attempted(
        attempts=row.attempts,
        deadline=row.deadline,
        stop_reason=row.stop_reason,
        plan=plan,
    )
    detail = {
        "call_id": str(call_id),
        "result": result.value,
        "reason": facts.termination.reason,
        "ended_by": facts.termination.ended_by.value,
        "answered": facts.answered_at is not None or ended.answered_at is not None,
        "digits": facts.digits,
    }
    await move(
        session, row, after_attempt(attempted, result, now), result=result.value, now=now, detail=detail
    )
    await settle_call(
        session,
        call_id=call_id,
        answered=facts.answered_at is not None or ended.answered_at is not None,
        attempted=facts.sent,
        now=now,
    )
    await notify(session, DISPATCH_CHANNEL, f"voice:{row.tenant_id}")
    metrics.CALLS_ENDED.labels(result.value).inc()
    return True


def _shown(facts: Facts, plan: DeliveryPlan, now: datetime) -> Shown:
    """What the ending says of the number that was shown."""
    result = facts.termination.result if facts.termination else ResultClass.UNKNOWN
    asked_for_no_more = any(
        key.action is KeyActionKind.REFUSE and key.key in facts.digits for key in plan.keys
    )
    in_trouble = result in _NUMBER_IN_TROUBLE
    if in_trouble:
        log.error("caller_number.cooling", result=result.value)
    talked = facts.ended_at - facts.answered_at if facts.answered_at and facts.ended_at else timedelta()
    return Shown(
        reason=result.value,
        reached=result in _REACHED_THE_CALLEE,
        answered=facts.answered_at is not None,
        refused=result is ResultClass.REJECTED or asked_for_no_more,
        flagged=in_trouble,
        talk_seconds=round(talked.total_seconds()),
        cooling_until=now + _COOL_DOWN if in_trouble else None,
    )
