"""The voice dispatcher of one node: claim → gate → reserve, then hand the committed call over (law 1)."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing.public import hold
from yunhu.domains.call_cards.public import CardFacts, Ticket, issue_card
from yunhu.domains.calls.public import hold_trunk
from yunhu.domains.contracts.public import ItemKind
from yunhu.domains.dispatch import metrics, repository
from yunhu.domains.dispatch.attempts import Attempts
from yunhu.domains.dispatch.due import DueTenants
from yunhu.domains.dispatch.gate import facts_of, snapshot_of
from yunhu.domains.dispatch.placed import Placed, Trunks
from yunhu.domains.dispatch.rules import Snapshot, Verdict, cap_for, judge
from yunhu.domains.dispatch.talks import PromptShelf, Script, UnspeakableError, write_script
from yunhu.domains.dispatch.wording import content_screened
from yunhu.domains.filings.public import FilingFacts
from yunhu.domains.notifications.public import (
    DeliveryPlan,
    Next,
    NotificationState,
    Purpose,
    move,
    note,
)
from yunhu.domains.numbers.public import clock_columns
from yunhu.domains.recordings.public import recording_name
from yunhu.domains.screening.public import Screens
from yunhu.foundation.clock import Clock, natural_day
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.errors import YunhuError
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import Phone
from yunhu.foundation.verdicts import Outcome

log = structlog.get_logger()

_RACE_PAUSE = timedelta(seconds=1)
_RENDER_PAUSE = timedelta(seconds=30)
_WORTH_TELLING = timedelta(seconds=30)
_MOST_LIVE_CALLS = 500
_MOST_CLAIMS = 4


class _LostRaceError(Exception):
    """Something that the gate saw free was gone when it was to be taken: nothing is kept of the try."""


class VoiceDispatcher:
    """Starts calls while there is something due, a free robot, and room on this node."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        clock: Clock,
        trunks: Trunks,
        shelf: PromptShelf,
        attempts: Attempts,
        node_id: UUID,
        recordings_dir: Path,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._trunks = trunks
        self._shelf = shelf
        self._attempts = attempts
        self._node_id = node_id
        self._recordings_dir = recordings_dir
        self._screens = Screens()
        self._due = DueTenants("voice", database, clock, self._dispatch)
        self._rendering: dict[UUID, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Begin to dispatch."""
        self._due.start()

    async def stop(self) -> None:
        """Start nothing more; a reservation under way is finished and its call started."""
        await self._due.stop()
        for task in list(self._rendering.values()):
            task.cancel()

    def wake(self, tenant_id: UUID | None = None) -> None:
        """Something may be due for a tenant, or for anybody."""
        self._due.wake(tenant_id)

    async def _dispatch(self, tenant_id: UUID) -> None:
        """One claim after the other; once a second one was waiting, several: a claim waits for the database mostly."""
        at_once = 1
        while (room := _MOST_LIVE_CALLS - len(self._attempts.call_ids)) > 0:
            claims = [self._dispatch_one(tenant_id) for _ in range(min(at_once, room))]
            # Shielded: once reserved, a call is started even when the dispatcher is being stopped.
            left = await asyncio.shield(asyncio.gather(*claims))
            if not any(left):
                return
            at_once = min(_MOST_CLAIMS, *left) if all(left) else 1

    async def _dispatch_one(self, tenant_id: UUID) -> int:
        """Take one notification a step on. 0 when there is nothing (more) to do for the tenant now; otherwise how many
        claims may follow at once without taking robots and numbers from each other, at least 1."""
        picked: Any = None
        started: Callable[[], None] | None = None
        try:
            async with self._database.lean_transaction() as session:
                picked = await self._pick(session, tenant_id)
                if picked is None:
                    return 0
                started = await self._decide(session, picked)
        except (_LostRaceError, IntegrityError):
            await self._put_off(picked.id if picked else None)
            return 1
        if started is not None:
            started()
        free: int = min(picked.robots_free, picked.numbers_free)
        return max(1, free - 1)

    async def _pick(self, session: AsyncSession, tenant_id: UUID) -> Any | None:
        now = self._clock.now()
        return await repository.pick_voice(
            session,
            {
                **clock_columns(now),
                "tenant_id": tenant_id,
                "excluded": list(self._rendering),
                **repository.way_columns(self._trunks.ways()),
            },
        )

    async def _decide(self, session: AsyncSession, row: Any) -> Callable[[], None] | None:
        now = self._clock.now()
        plan = msgspec.convert(row.plan, DeliveryPlan)
        wording = content_screened(await self._screens.current(session), row)
        seen = snapshot_of(row, plan, "voice", now, wording)
        verdict = judge(seen)
        metrics.VERDICTS.labels("voice", verdict.outcome.value, verdict.reason).inc()
        if verdict.outcome is Outcome.REFUSED:
            await refuse_or_expire(session, row, verdict, now)
            return None
        if verdict.outcome is Outcome.DEFERRED and verdict.until is not None:
            await self._defer(session, row, verdict, verdict.until)
            return None
        try:
            script = await write_script(session, row, plan)
        except UnspeakableError as error:
            await self._fail(session, row, error, now)
            return None
        talk = script.talk(self._shelf)
        if talk is None:
            return lambda: self._render(row.tenant_id, row.id, script)
        placed = await self._reserve(session, row, script, verdict, seen)
        return lambda: self._attempts.start(placed, talk)

    async def _defer(self, session: AsyncSession, row: Any, verdict: Verdict, until: datetime) -> None:
        await repository.defer(session, row.id, until)
        if until - verdict.at >= _WORTH_TELLING:
            detail = {"reason": verdict.reason, "until": until}
            await note(session, row, kind="deferred", now=verdict.at, detail=detail)

    async def _reserve(
        self, session: AsyncSession, row: Any, script: Script, verdict: Verdict, seen: Snapshot
    ) -> Placed:
        now, call_id, day = verdict.at, new_id(), natural_day(verdict.at)
        recording, filed = recording_name(day, call_id), facts_of(seen, FilingFacts)
        reserved = await repository.reserve(
            session,
            {
                **clock_columns(now),
                "tenant_id": row.tenant_id,
                "notification_id": row.id,
                "call_id": call_id,
                "attempt": row.attempts + 1,
                "callee_cipher": row.callee_cipher,
                "callee_index": row.callee_index,
                "cap": cap_for(Purpose(row.purpose), script.plan),
                "node_id": self._node_id,
                "version_id": row.script_version_id,
                "filing_version_id": filed.filing_version_id,
                "text_hash": filed.text_hash,
                "text": script.filled,
                "verdict": msgspec.json.encode(verdict).decode(),
                "detail": msgspec.json.encode(
                    {"call_id": str(call_id), "attempt": row.attempts + 1}
                ).decode(),
                "fact_type": "notification.started",
                "fact_detail": msgspec.json.encode({"call_id": str(call_id)}).decode(),
                "recording": recording,
                "trunks": row.open_numbers_of,
                "ways": row.open_trunks,
            },
        )
        if reserved is None:
            raise _LostRaceError
        # From here on other calls wait for this transaction: what can be done before, is.
        backups = await self._take_place(session, reserved)
        await self._meter(session, row.tenant_id, call_id, filed, now)
        card = await self._card(session, facts_of(seen, CardFacts), row.tenant_id, call_id, now)
        return Placed(
            call_id=call_id,
            notification_id=row.id,
            tenant_id=row.tenant_id,
            journey_id=row.journey_id,
            callee=self._vault.open_phone(row.callee_cipher),
            caller_number=Phone(reserved.caller_number),
            trunk_id=reserved.trunk_id,
            backups=backups,
            recording=self._recordings_dir / recording,
            plan=script.plan,
            created_at=max(row.created_at, row.due_at),
            first_attempt=row.attempts == 0,
            card=card,
        )

    async def _take_place(self, session: AsyncSession, reserved: Any) -> tuple[UUID, ...]:
        """See that the trunk carries no more than it may (law 1); the other ways there are."""
        ways = [way for way in self._trunks.ways() if way.numbers_of == reserved.numbers_of]
        carried = await hold_trunk(session, reserved.trunk_id)
        if not any(way.trunk == reserved.trunk_id and carried <= way.limit for way in ways):
            raise _LostRaceError
        return tuple(way.trunk for way in ways if way.trunk != reserved.trunk_id)

    async def _card(
        self, session: AsyncSession, facts: CardFacts, tenant_id: UUID, call_id: UUID, now: datetime
    ) -> Ticket | None:
        """The card that goes with the call; none when the tenant shows none, or has used up what it bought."""
        if not facts.shown_at(now):
            return None
        if not await hold(session, call_id=call_id, tenant_id=tenant_id, kind=ItemKind.CALL_CARD, now=now):
            return None
        return await issue_card(session, facts, tenant_id=tenant_id, call_id=call_id, now=now)

    async def _meter(
        self, session: AsyncSession, tenant_id: UUID, call_id: UUID, filed: FilingFacts, now: datetime
    ) -> None:
        """Take the call from what was filed for the day and from what was bought (law 1)."""
        kind = ItemKind.VOICE_NOTIFICATION
        values = {
            "filing_version_id": filed.filing_version_id,
            "voice": 1,
            "call_id": call_id,
            "tenant_id": tenant_id,
            "kind": kind.value,
            "day": natural_day(now),
            "now": now,
        }
        taken = await repository.meter(session, values)
        if not taken.volume:
            raise _LostRaceError
        if not taken.held and not await hold(
            session, call_id=call_id, tenant_id=tenant_id, kind=kind, now=now
        ):
            raise _LostRaceError

    async def _fail(self, session: AsyncSession, row: Any, error: YunhuError, now: datetime) -> None:
        log.error("dispatch.unspeakable", notification_id=str(row.id), detail=error.detail, **error.details)
        target = Next(NotificationState.FAILED)
        detail = {"reason": "unspeakable", "detail": error.detail}
        await move(session, row, target, result="unspeakable", now=now, detail=detail)

    async def _put_off(self, notification_id: UUID | None) -> None:
        if notification_id is None:
            return
        async with self._database.transaction() as session:
            await repository.defer(session, notification_id, self._clock.now() + _RACE_PAUSE)

    def _render(self, tenant_id: UUID, notification_id: UUID, script: Script) -> None:
        """Make what is missing, out of the way of other calls; the notification is passed over meanwhile."""
        task = asyncio.create_task(self._render_all(tenant_id, notification_id, script))
        self._rendering[notification_id] = task

    async def _render_all(self, tenant_id: UUID, notification_id: UUID, script: Script) -> None:
        try:
            for words in script.missing(self._shelf):
                await self._shelf.render(words)
        except YunhuError as error:
            log.error("dispatch.rendering_failed", notification_id=str(notification_id), detail=error.detail)
            await self._put_off_long(notification_id)
        finally:
            self._rendering.pop(notification_id, None)
            self.wake(tenant_id)

    async def _put_off_long(self, notification_id: UUID) -> None:
        async with self._database.transaction() as session:
            await repository.defer(session, notification_id, self._clock.now() + _RENDER_PAUSE)


async def refuse_or_expire(session: AsyncSession, row: Any, verdict: Verdict, now: datetime) -> None:
    """A verdict that will not change is the notification's end; it is kept on the timeline."""
    state = NotificationState.EXPIRED if verdict.too_late else NotificationState.REFUSED
    detail = {"reason": verdict.reason, "verdict": msgspec.to_builtins(verdict)}
    await move(session, row, Next(state), result=verdict.reason, now=now, detail=detail)
