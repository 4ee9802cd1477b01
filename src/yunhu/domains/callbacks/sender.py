"""Sends what is due, to many endpoints at once, each subject in order."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from uuid import UUID

import structlog

from yunhu.domains.callbacks import repository
from yunhu.domains.callbacks.client import CallbackClient
from yunhu.domains.callbacks.repository import Claimed
from yunhu.domains.callbacks.rules import Tried, Verdict, judge
from yunhu.domains.callbacks.signing import message_body, message_id, signed_headers
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.woken import WokenLoop

log = structlog.get_logger()

_AT_ONCE = 64
_AT_ONCE_EACH = 8
_POLL_SECONDS = 5.0
_SOONEST_SECONDS = 0.02
_TIDY_EVERY = timedelta(minutes=10)


class CallbackSender:
    """Wake it on NOTIFY `yunhu_callbacks` (`CHANNEL`). Any number may run on one database.

    A request is sent between two transactions: the first takes the lease, the second writes what came of it. Who
    dies in between leaves a delivery that is due again when the lease ends, so a receiver may get a message twice,
    under the same `webhook-id`, and never not at all.
    """

    def __init__(self, database: Database, vault: Vault, clock: Clock, client: CallbackClient) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._client = client
        self._loop = WokenLoop("callbacks.sender", self._look)
        self._running: set[asyncio.Task[None]] = set()
        self._busy: Counter[UUID] = Counter()
        self._tidied_at = clock.now()

    def start(self) -> None:
        """Begin to send."""
        self._loop.start()

    async def stop(self) -> None:
        """Claim nothing more, and wait for the requests under way (bounded by their own time limit)."""
        await self._loop.stop()
        await asyncio.gather(*self._running, return_exceptions=True)

    def wake(self, _payload: str = "") -> None:
        """Something may be due."""
        self._loop.wake()

    async def _look(self) -> float:
        await self._tidy()
        free = _AT_ONCE - len(self._running)
        if free <= 0:
            return _POLL_SECONDS  # whoever ends wakes us
        now = self._clock.now()
        full = [endpoint_id for endpoint_id, count in self._busy.items() if count >= _AT_ONCE_EACH]
        async with self._database.transaction() as session:
            claimed = await repository.claim(session, now, limit=free, each=_AT_ONCE_EACH, full=full)
            next_due = None if claimed else await repository.next_due(session, now)
        for delivery in claimed:
            self._begin(delivery)
        if claimed:
            return 0
        wait = (next_due - now).total_seconds() if next_due else _POLL_SECONDS
        return min(max(wait, _SOONEST_SECONDS), _POLL_SECONDS)

    def _begin(self, claimed: Claimed) -> None:
        task = asyncio.create_task(self._carry(claimed), name=f"callback-{claimed.id}")
        self._running.add(task)
        self._busy[claimed.endpoint_id] += 1
        task.add_done_callback(lambda done: self._ended(done, claimed.endpoint_id))

    def _ended(self, task: asyncio.Task[None], endpoint_id: UUID) -> None:
        self._running.discard(task)
        self._busy[endpoint_id] -= 1
        if not self._busy[endpoint_id]:
            del self._busy[endpoint_id]
        if not task.cancelled() and task.exception() is not None:
            # The lease brings the delivery back.
            log.error("callbacks.sender.lost_try", exc_info=task.exception())
        self._loop.wake()

    async def _carry(self, claimed: Claimed) -> None:
        body = message_body(claimed.type, claimed.occurred_at, claimed.payload)
        ciphers = [claimed.secret_cipher, claimed.previous_secret_cipher]
        keys = [self._vault.open_secret(cipher) for cipher in ciphers if cipher is not None]
        headers = signed_headers(message_id(claimed.id), self._clock.now(), body, keys)
        answer = await self._client.post(claimed.url, headers, body)
        now, draw = self._clock.now(), random.random()  # noqa: S311 jitter, no secret
        async with self._database.transaction() as session:
            failing_since = await repository.lock_failing_since(session, claimed.endpoint_id)
            tried = Tried(
                attempts=claimed.attempts, give_up_at=claimed.give_up_at, failing_since=failing_since
            )
            verdict = judge(tried, answer, now, draw)
            kept = await repository.record(session, claimed, answer, verdict, now)
        self._log(claimed, verdict, answer.error, kept=kept)

    def _log(self, claimed: Claimed, verdict: Verdict, error: str | None, *, kept: bool) -> None:
        about = {"delivery_id": claimed.id, "endpoint_id": str(claimed.endpoint_id)}
        if not kept:
            log.warning("callbacks.lease_lost", **about)
        elif verdict.pause_reason:
            log.warning("callbacks.endpoint_paused", **about, reason=verdict.pause_reason)
        elif error:
            log.info("callbacks.try_failed", **about, error=error, after=verdict.after.value)

    async def _tidy(self) -> None:
        now = self._clock.now()
        if now - self._tidied_at >= _TIDY_EVERY:
            self._tidied_at = now
            async with self._database.transaction() as session:
                await repository.give_up_waiting(session, now)
