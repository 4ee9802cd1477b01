"""Writes down what becomes of one call, and takes its notification onward."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError

from yunhu.domains.billing.public import settle_call
from yunhu.domains.calls.public import (
    Facts,
    KeyAnswer,
    end_call,
    mark_alerting,
    mark_answered,
    mark_rerouted,
)
from yunhu.domains.consent.public import RefusalSource, refuse
from yunhu.domains.dispatch import metrics, repository
from yunhu.domains.dispatch.placed import Placed
from yunhu.domains.notifications.public import (
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
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id
from yunhu.foundation.outbox import Event, publish
from yunhu.telephony.port import (
    ResultClass,
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


class Scribe:
    """Writes one call's facts into the database (a `Witness`)."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        placed: Placed,
        on_rerouted: Callable[[UUID], None] | None = None,
    ) -> None:
        """`on_rerouted` is told which trunk carries the call now."""
        self._database = database
        self._vault = vault
        self._clock = clock
        self._placed = placed
        self.trunks: dict[str, UUID] = {}
        """By the names that the engine knows them by."""
        self._on_rerouted = on_rerouted

    async def rerouted(self, trunk: str) -> None:
        """The place that the call takes is another trunk's now; losing this breaks no rule of the callee's."""
        trunk_id = self.trunks[trunk]
        log.warning("call.rerouted", trunk=trunk)
        if self._on_rerouted is not None:
            self._on_rerouted(trunk_id)
        try:
            async with self._database.transaction() as session:
                row = await lock(session, self._placed.notification_id)
                await mark_rerouted(session, self._placed.call_id, trunk_id)
                detail = {**self._about(), "trunk": trunk}
                await note(session, row, kind="rerouted", now=self._clock.now(), detail=detail)
        except (DBAPIError, InterfaceError, OSError) as error:
            log.warning("call.rerouted_not_written", error=type(error).__name__)

    async def alerting(self, facts: Facts) -> None:
        """Ringing is news for the monitor only: losing it loses no rule."""
        try:
            async with self._database.lean_transaction() as session:
                await mark_alerting(session, self._placed.call_id, facts)
        except (DBAPIError, InterfaceError, OSError) as error:
            log.warning("call.alerting_not_written", error=type(error).__name__)

    async def answered(self, facts: Facts) -> None:
        """Answered is what is charged: the ending writes it again in case this fails."""
        try:
            async with self._database.lean_transaction() as session:
                await announce(
                    session,
                    self._placed.notification_id,
                    "notification.answered",
                    now=self._clock.now(),
                    detail=self._about(),
                )
                await mark_answered(session, self._placed.call_id, facts)
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
        async with self._database.lean_transaction() as session:
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
    # Last: every other call of the contract waits from here to the commit.
    await settle_call(
        session,
        call_id=call_id,
        answered=facts.answered_at is not None or ended.answered_at is not None,
        attempted=facts.sent,
        now=now,
    )
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
