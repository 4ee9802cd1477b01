"""The SMS dispatcher of one node: claim → gate → commit `submitting`, then hand the message to the SMSC.

What the SMSC's answer means is decided in `message_endings`.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.dispatch import metrics, repository
from yunhu.domains.dispatch.due import DueTenants
from yunhu.domains.dispatch.gate import facts_of, facts_sql, snapshot_of
from yunhu.domains.dispatch.message_endings import MessageEndings, SentMessage
from yunhu.domains.dispatch.rules import Verdict, judge
from yunhu.domains.dispatch.voice import refuse_or_expire
from yunhu.domains.dispatch.wording import content_screened
from yunhu.domains.filings.public import FilingFacts, take_filed_volume
from yunhu.domains.notifications.public import (
    FACT_OF,
    TOLD,
    DeliveryPlan,
    Next,
    NotificationState,
    move,
)
from yunhu.domains.screening.public import Screens
from yunhu.foundation.clock import Clock, natural_day
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.errors import YunhuError
from yunhu.foundation.ids import new_id
from yunhu.foundation.verdicts import Outcome
from yunhu.messaging.port import ShortMessage, SmscClient
from yunhu.speech.reading import render_text

log = structlog.get_logger()

_POLL = timedelta(seconds=1)
_BATCH = 20

_PICK = text(
    f"""
    WITH picked AS (
        SELECT * FROM notifications
        WHERE channel = 'sms' AND tenant_id = :tenant_id AND state = 'pending' AND due_at <= :now
        ORDER BY priority DESC, deadline, id
        LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    SELECT picked.*, v.state AS script_state, v.text AS script_text, v.slots, v.text_hash,
        account.id AS account_id, account.source AS source, account.receipt_hours AS receipt_hours,
        account.id IS NOT NULL AS sms_account, 0 AS calls_today, false AS callee_in_call,
        0 AS robots, 0 AS robots_free, 0 AS numbers, 0 AS numbers_free,
        0 AS numbers_on_open_trunks,
        EXISTS (SELECT FROM refusals AS r WHERE r.tenant_id = picked.tenant_id
                AND r.callee_index = picked.callee_index AND r.lifted_at IS NULL) AS refused{facts_sql()}
    FROM picked
    JOIN script_versions AS v ON v.id = picked.script_version_id
    LEFT JOIN LATERAL (
        SELECT id, config ->> 'source' AS source, CAST(config ->> 'receipt_hours' AS int) AS receipt_hours
        FROM smsc_accounts WHERE tenant_id = picked.tenant_id AND enabled
    ) AS account ON true
    ORDER BY picked.priority DESC, picked.deadline, picked.id
    """  # noqa: S608 constant text
)

# `submitting` is committed before the PDU leaves: a crash can leave a message unknown, never sent twice.
_SUBMITTING = text(
    f"""
    WITH message AS (
        INSERT INTO sms_messages (id, tenant_id, notification_id, attempt, account_id, node_id, callee_cipher,
            callee_index, script_version_id, filing_version_id, text_hash, text, verdict, state, created_at, receipt_deadline)
        VALUES (:message_id, :tenant_id, :id, :attempt, :account_id, :node_id, :callee_cipher, :callee_index,
            :version_id, :filing_version_id, :text_hash, :text, CAST(:verdict AS jsonb), 'submitting', :now, :receipt_deadline)
    ), noted AS (
        INSERT INTO timeline_entries (notification_id, tenant_id, at, kind, detail)
        VALUES (:id, :tenant_id, :now, 'started', CAST(:detail AS jsonb))
    ), activated AS (
        UPDATE notifications SET state = 'active', attempts = attempts + 1, revision = revision + 1 WHERE id = :id
        RETURNING id, tenant_id, journey_id, client_reference, channel, purpose, state, result, attempts, revision,
            parameters
    ), published AS ({FACT_OF.format(rows="activated")})
    SELECT {TOLD} FROM activated
    """  # noqa: S608 constant text
)


class SmscClients(Protocol):
    """The connections of this node, by account."""

    def clients(self) -> Mapping[UUID, SmscClient]:
        """Every account that is connected or trying to."""


class MessageDispatcher:
    """Submits messages while something is due."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        clock: Clock,
        accounts: SmscClients,
        endings: MessageEndings,
        node_id: UUID,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._accounts = accounts
        self._endings = endings
        self._node_id = node_id
        self._screens = Screens()
        self._due = DueTenants("sms", database, clock, self._dispatch)
        self._submits: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to dispatch."""
        self._due.start()

    async def stop(self) -> None:
        """Claim nothing more and wait for answers to what was submitted."""
        await self._due.stop()
        if self._submits:
            await asyncio.wait(self._submits)

    def wake(self, tenant_id: UUID | None = None) -> None:
        """Something may be due for a tenant, or for anybody."""
        self._due.wake(tenant_id)

    async def _dispatch(self, tenant_id: UUID) -> None:
        while await asyncio.shield(self._dispatch_batch(tenant_id)) == _BATCH:
            pass

    async def _dispatch_batch(self, tenant_id: UUID) -> int:
        now = self._clock.now()
        outgoing: list[tuple[SmscClient, ShortMessage, SentMessage]] = []
        async with self._database.lean_transaction() as session:
            values = {"tenant_id": tenant_id, "now": now, "day": natural_day(now), "limit": _BATCH}
            rows = (await session.execute(_PICK, values)).all()
            for row in rows:
                sent = await self._decide(session, row, now)
                if sent is not None:
                    outgoing.append(sent)
        for client, message, sent_message in outgoing:
            task = asyncio.create_task(self._endings.submit(client, message, sent_message))
            self._submits.add(task)
            task.add_done_callback(self._submits.discard)
        return len(rows)

    async def _decide(
        self, session: AsyncSession, row: Any, now: datetime
    ) -> tuple[SmscClient, ShortMessage, SentMessage] | None:
        plan = msgspec.convert(row.plan, DeliveryPlan)
        client = self._accounts.clients().get(row.account_id) if row.account_id else None
        wording = content_screened(await self._screens.current(session), row)
        seen = snapshot_of(row, plan, "sms", now, wording)
        verdict = judge(seen)
        metrics.VERDICTS.labels("sms", verdict.outcome.value, verdict.reason).inc()
        if verdict.outcome is Outcome.REFUSED:
            await refuse_or_expire(session, row, verdict, now)
            return None
        if verdict.until is not None or client is None:
            await repository.defer(session, row.id, verdict.until or now + _POLL)
            return None
        try:
            filled = render_text(row.script_text, row.parameters)
        except YunhuError as error:
            detail = {"reason": "unspeakable", "detail": error.detail}
            failed = Next(NotificationState.FAILED)
            await move(session, row, failed, result="unspeakable", now=now, detail=detail)
            return None
        filed = facts_of(seen, FilingFacts)
        if filed.filing_version_id is None or not await take_filed_volume(
            session, filed.filing_version_id, natural_day(now), voice=False
        ):
            # Another message took the day's last place between reading and taking: the gate will say so.
            await repository.defer(session, row.id, now + _POLL)
            return None
        sent = await self._commit_submitting(session, row, filled, verdict, filed)
        message = ShortMessage(
            message_id=sent.message_id,
            destination=self._vault.open_phone(row.callee_cipher),
            source=row.source or "",
            text=filled,
            validity=row.deadline - now,
        )
        return client, message, sent

    async def _commit_submitting(
        self, session: AsyncSession, row: Any, filled: str, verdict: Verdict, filed: FilingFacts
    ) -> SentMessage:
        message_id, attempt = new_id(), row.attempts + 1
        detail = {"message_id": str(message_id), "attempt": attempt}
        values = {
            "message_id": message_id,
            "id": row.id,
            "tenant_id": row.tenant_id,
            "attempt": attempt,
            "account_id": row.account_id,
            "node_id": self._node_id,
            "callee_cipher": row.callee_cipher,
            "callee_index": row.callee_index,
            "version_id": row.script_version_id,
            "filing_version_id": filed.filing_version_id,
            "text_hash": filed.text_hash,
            "text": filled,
            "verdict": msgspec.json.encode(verdict).decode(),
            "now": verdict.at,
            "receipt_deadline": verdict.at + timedelta(hours=row.receipt_hours),
            "detail": msgspec.json.encode(detail).decode(),
            "fact_type": "notification.started",
            "fact_detail": msgspec.json.encode({"message_id": str(message_id)}).decode(),
        }
        (await session.execute(_SUBMITTING, values)).one()
        return SentMessage(message_id=message_id, notification_id=row.id, account_id=row.account_id)
