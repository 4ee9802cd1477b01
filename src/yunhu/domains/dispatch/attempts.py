"""One attempt in the air: starts the call that was committed, and writes down what becomes of it."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from yunhu.domains.calls.public import (
    CallBegun,
    Conversation,
    Facts,
    Look,
    Talk,
    Watcher,
)
from yunhu.domains.dispatch import metrics
from yunhu.domains.dispatch.cards import CardPresenter, Headers
from yunhu.domains.dispatch.placed import Placed, Trunks
from yunhu.domains.dispatch.scribe import Scribe
from yunhu.domains.notifications.public import (
    KeyActionKind,
)
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
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
        on_rerouted = self._on_rerouted(placed.call_id)
        scribe = Scribe(self._database, self._vault, self._clock, placed, on_rerouted)
        with structlog.contextvars.bound_contextvars(call_id=str(placed.call_id)):
            headers = await self._present(placed)
            stopped = self._presenting.pop(placed.notification_id, None)
            if stopped is not None:
                self._tell_card(placed, headers, CardState.FAILED, "the INVITE did not leave")
                await scribe.ended(_stopped(self._clock.now(), stopped))
                return
            engine, scribe.trunks = self._ways_of(placed)
            request = _request(placed, tuple(scribe.trunks), headers)
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

    def _ways_of(self, placed: Placed) -> tuple[CallEngine, dict[str, UUID]]:
        """The engine, and by name the trunks to try; a backup that went meanwhile is passed over."""
        engine, name = self._trunks.engine_of(placed.trunk_id)
        names = {name: placed.trunk_id}
        for trunk_id in placed.backups:
            with contextlib.suppress(KeyError):
                other, name = self._trunks.engine_of(trunk_id)
                if other is engine:
                    names[name] = trunk_id
        return engine, names

    def _look_on(self, call_id: UUID) -> Callable[[Look], None] | None:
        watcher = self._watcher
        return None if watcher is None else lambda look: watcher.seen(call_id, look)

    def _on_rerouted(self, call_id: UUID) -> Callable[[UUID], None] | None:
        watcher = self._watcher
        return None if watcher is None else lambda trunk_id: watcher.rerouted(call_id, trunk_id)

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


def _request(placed: Placed, trunks: tuple[str, ...], headers: Headers) -> OriginateRequest:
    return OriginateRequest(
        call_id=placed.call_id,
        callee=placed.callee,
        caller_number=placed.caller_number,
        trunks=trunks,
        ring_timeout=timedelta(seconds=placed.plan.ring_seconds),
        recording=placed.recording,
        detect_answer=placed.plan.detect_answer,
        headers=headers,
    )


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
