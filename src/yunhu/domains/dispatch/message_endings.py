"""What becomes of a message: the SMSC's answer, receipts, and the deadline after which it stays unknown."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.call_cards.public import early_flash_receipts, flash_card, note_state
from yunhu.domains.dispatch import metrics
from yunhu.domains.notifications.public import Next, NotificationState, lock, move, note
from yunhu.domains.sms.public import (
    MessageState,
    add_parts,
    finish,
    keep_orphan,
    mark_submitted,
    match_orphans,
    note_raw,
    notification_of,
    overdue,
    part_states,
    receive,
    settle,
)
from yunhu.foundation.clock import Clock
from yunhu.foundation.db import Database
from yunhu.messaging.cards.port import CardState, Pushed
from yunhu.messaging.port import (
    Accepted,
    DeliveryReceipt,
    Envelope,
    RefusalClass,
    Refused,
    ShortMessage,
    SmscClient,
    SubmitUncertainError,
)
from yunhu.messaging.port import MessageState as SmscState

log = structlog.get_logger()

_RETRY_AFTER = timedelta(seconds=15)
_TRIES = 10
_PAUSE_SECONDS = 0.5
_SWEEP_SECONDS = 5.0
_SWEEP_BATCH = 100
_ORPHANS_KEPT = timedelta(days=8)

_OUTCOMES = {
    MessageState.DELIVERED: NotificationState.DELIVERED,
    MessageState.UNDELIVERED: NotificationState.FAILED,
    MessageState.UNKNOWN: NotificationState.UNKNOWN,
}


class SentMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it was committed."""

    message_id: UUID
    notification_id: UUID
    account_id: UUID


class MessageEndings:
    """Writes down what the SMSC says."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._sweeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for messages whose receipt never came."""
        self._sweeper = asyncio.create_task(self._sweep(), name="sms-deadlines")

    async def stop(self) -> None:
        """Stop looking."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeper

    async def submit(self, client: SmscClient, message: ShortMessage, sent: SentMessage) -> None:
        """Submit what was committed, and write the answer down."""
        try:
            result = await client.submit(message)
        except SubmitUncertainError as error:
            log.warning("sms.submit_uncertain", message_id=str(sent.message_id), reason=error.reason)
            ids = error.smsc_message_ids
            await self._persist(lambda session: add_parts(session, sent.message_id, sent.account_id, ids))
        else:
            if isinstance(result, Accepted):
                await self._persist(lambda session: self._accepted(session, sent, result))
            else:
                await self._persist(lambda session: self._refused(session, sent, result))

    async def follow(self, account_id: UUID, client: SmscClient) -> None:
        """Take the account's receipts until the client stops."""
        async for envelope in client.receipts():
            try:
                await self._take(account_id, envelope)
            except (DBAPIError, InterfaceError, OSError) as error:
                log.warning("sms.receipt_not_written", error=type(error).__name__)
                envelope.give_back()

    async def _take(self, account_id: UUID, envelope: Envelope[DeliveryReceipt]) -> None:
        async with self._database.lean_transaction() as session:
            await self._receive(session, account_id, envelope.content)
        envelope.acknowledge()

    async def _receive(self, session: AsyncSession, account_id: UUID, receipt: DeliveryReceipt) -> None:
        for smsc_id in receipt.ids:
            message_id = await receive(session, account_id, smsc_id, receipt.state.value)
            if message_id is not None:
                await note_raw(session, message_id, receipt.stat)
                await self._settle(session, message_id)
                return
        if await self._of_a_card(session, account_id, receipt):
            return
        if receipt.ids:
            # The answer to the submit is still on its way; it will find this.
            await keep_orphan(
                session,
                {
                    "account_id": account_id,
                    "smsc_id": receipt.ids[0],
                    "state": receipt.state.value,
                    "raw_status": receipt.stat,
                    "at": receipt.at,
                },
            )

    async def _of_a_card(self, session: AsyncSession, account_id: UUID, receipt: DeliveryReceipt) -> bool:
        """Whether the receipt is for a call card that went out as a flash SMS."""
        card_id = await flash_card(session, account_id, receipt.ids) if receipt.ids else None
        if card_id is None:
            return False
        await self._note_card(session, card_id, receipt.state, receipt.stat)
        return True

    async def _note_card(self, session: AsyncSession, card_id: UUID, state: SmscState, stat: str) -> None:
        if state.final:
            reached = CardState.DELIVERED if state is SmscState.DELIVERED else CardState.FAILED
            await note_state(session, card_id, Pushed(state=reached, detail=stat), self._clock.now())

    async def _accepted(self, session: AsyncSession, sent: SentMessage, answer: Accepted) -> None:
        now = self._clock.now()
        row = await lock(session, sent.notification_id)
        await mark_submitted(session, sent.message_id, sent.account_id, answer.smsc_message_ids, now)
        detail = {"message_id": str(sent.message_id), "parts": len(answer.smsc_message_ids)}
        await note(session, row, kind="submitted", now=now, detail=detail)
        await self._settle(session, sent.message_id)

    async def _refused(self, session: AsyncSession, sent: SentMessage, answer: Refused) -> None:
        now = self._clock.now()
        row = await lock(session, sent.notification_id)
        await finish(session, sent.message_id, MessageState.REJECTED, now, answer.code)
        metrics.MESSAGES_ENDED.labels(MessageState.REJECTED.value).inc()
        detail = {"message_id": str(sent.message_id), "code": answer.code, "detail": answer.detail}
        await move(
            session,
            row,
            self._after_refusal(row, answer),
            result=answer.refusal.value,
            now=now,
            detail=detail,
        )

    def _after_refusal(self, row: Any, answer: Refused) -> Next:
        due_at = self._clock.now() + _RETRY_AFTER
        if row.stop_reason is not None:
            return Next(NotificationState(row.stop_reason))
        if answer.refusal is RefusalClass.PERMANENT:
            return Next(NotificationState.FAILED)
        if due_at >= row.deadline:
            return Next(NotificationState.EXPIRED)
        return Next(NotificationState.PENDING, due_at)

    async def _settle(self, session: AsyncSession, message_id: UUID) -> None:
        state = settle(await part_states(session, message_id))
        if state is not None:
            await self._finish(session, message_id, state)

    async def _finish(self, session: AsyncSession, message_id: UUID, state: MessageState) -> None:
        now = self._clock.now()
        row = await lock(session, await notification_of(session, message_id))
        finished = await finish(session, message_id, state, now)
        if finished is None:
            return
        metrics.MESSAGES_ENDED.labels(state.value).inc()
        detail = {"message_id": str(message_id), "result": state.value}
        await move(session, row, Next(_OUTCOMES[state]), result=state.value, now=now, detail=detail)

    async def _sweep(self) -> None:
        while True:
            try:
                async with self._database.lean_transaction() as session:
                    for message_id in await match_orphans(session, self._clock.now() - _ORPHANS_KEPT):
                        await self._settle(session, message_id)
                    for message in await overdue(session, self._clock.now(), _SWEEP_BATCH):
                        await self._finish(session, message.id, MessageState.UNKNOWN)
                    for early in await early_flash_receipts(session):
                        await self._note_card(session, early.id, SmscState(early.state), early.raw_status)
            except (DBAPIError, InterfaceError, OSError) as error:
                log.warning("sms.sweep_failed", error=type(error).__name__)
            await asyncio.sleep(_SWEEP_SECONDS)

    async def _persist(self, write: Callable[[AsyncSession], Awaitable[None]]) -> None:
        for attempt in range(_TRIES):
            try:
                async with self._database.lean_transaction() as session:
                    await write(session)
            except (DBAPIError, InterfaceError, OSError) as error:
                log.warning("sms.answer_not_written", attempt=attempt, error=type(error).__name__)
                await asyncio.sleep(_PAUSE_SECONDS * (attempt + 1))
            else:
                return
