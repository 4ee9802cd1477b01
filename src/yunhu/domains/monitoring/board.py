"""One node's running calls and trunks on their way to the monitors: gathered in memory, written a few times a second.

Calls never wait for it: what cannot be written is written later, and losing all of it loses no rule.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError

from yunhu.domains.calls.public import CallBegun, Line, Look, Stage
from yunhu.domains.monitoring import repository_board as repository
from yunhu.foundation.clock import Clock
from yunhu.foundation.db import Database

log = structlog.get_logger()

FLUSH_SECONDS = 0.25
"""Between two writes, however much happens in between."""
TRUNKS_SECONDS = 1.0
REPAIR_SECONDS = 10.0
"""What an unlogged table lost in a crash is there again after this at the latest."""
ENDED_SHOWN_SECONDS = 3.0


class TrunkLook(msgspec.Struct, frozen=True):
    """How a trunk is just now."""

    trunk_id: UUID
    usable: bool
    detail: str


class _Row(msgspec.Struct, kw_only=True):
    """A row of `live_calls`."""

    call_id: UUID
    tenant_id: UUID
    node_id: UUID
    version: int
    notification_id: UUID
    journey_id: UUID | None
    trunk_id: UUID
    callee: str
    caller_number: str
    stage: Stage
    stage_at: datetime
    started_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    result: str | None = None
    line: str | None = None
    line_script: str | None = None
    line_at: datetime | None = None
    line_seconds: float | None = None


class LiveBoard:
    """Implements the calls slice's `Watcher` for one node."""

    def __init__(
        self, database: Database, clock: Clock, node_id: UUID, trunks: Callable[[], Iterable[TrunkLook]]
    ) -> None:
        self._database = database
        self._clock = clock
        self._node_id = node_id
        self._look_at_trunks = trunks
        self._rows: dict[UUID, _Row] = {}
        self._spoken: dict[UUID, Line | None] = {}
        self._dirty: set[UUID] = set()
        self._over: dict[UUID, float] = {}
        """Calls that have ended, with the loop time at which their row goes."""
        self._trunks: dict[UUID, TrunkLook] = {}
        self._version = 0
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    # ── the watcher ──

    def begun(self, call: CallBegun) -> None:
        """It is about to leave."""
        now = self._clock.now()
        self._rows[call.call_id] = _Row(
            **msgspec.structs.asdict(call),
            node_id=self._node_id,
            version=0,
            stage=Stage.DIALLING,
            stage_at=now,
            started_at=now,
        )
        self._mark(call.call_id)

    def rerouted(self, call_id: UUID, trunk_id: UUID) -> None:
        """Another trunk carries it from now on."""
        row = self._rows.get(call_id)
        if row is not None and row.trunk_id != trunk_id:
            row.trunk_id = trunk_id
            self._mark(call_id)

    def seen(self, call_id: UUID, look: Look) -> None:
        """Something about it may have changed."""
        row = self._rows.get(call_id)
        if row is None or row.stage is Stage.ENDED:
            return
        now = self._clock.now()
        same_line = look.line is self._spoken.get(call_id) or look.line == self._spoken.get(call_id)
        if look.stage is row.stage and same_line:
            return
        if look.stage is not row.stage:
            row.stage, row.stage_at = look.stage, now
        row.answered_at = look.answered_at
        if not same_line:
            self._spoken[call_id] = look.line
            row.line = look.line.text if look.line else None
            row.line_script = look.line.script if look.line else None
            row.line_seconds = look.line.seconds if look.line else None
            row.line_at = now if look.line else None
        if look.stage is Stage.ENDED:
            self._end(row, look.result, now)
        self._mark(call_id)

    def gone(self, call_id: UUID) -> None:
        """It is no longer carried, whatever was seen last."""
        row = self._rows.get(call_id)
        if row is not None and row.stage is not Stage.ENDED:
            self._end(row, None, self._clock.now())
            self._mark(call_id)

    def _end(self, row: _Row, result: str | None, now: datetime) -> None:
        row.stage, row.stage_at, row.ended_at, row.result = Stage.ENDED, now, now, result
        row.line = row.line_script = row.line_at = row.line_seconds = None
        self._over[row.call_id] = asyncio.get_running_loop().time() + ENDED_SHOWN_SECONDS

    def _mark(self, call_id: UUID) -> None:
        self._dirty.add(call_id)
        self._changed.set()

    # ── writing ──

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run(), name="live-board")

    async def stop(self) -> None:
        """Write what is left, and take this node's rows away."""
        if self._task is None:
            return
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        with contextlib.suppress(DBAPIError, InterfaceError, OSError):
            async with self._database.transaction() as session:
                await repository.clear_node(session, self._node_id)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        repair_at = loop.time()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TRUNKS_SECONDS):
                    await self._changed.wait()
            self._changed.clear()
            try:
                await self.flush()
                if loop.time() >= repair_at:
                    repair_at = loop.time() + REPAIR_SECONDS
                    await self._repair()
            except (DBAPIError, InterfaceError, OSError) as error:
                log.warning("live_board.database_trouble", error=type(error).__name__)
            await asyncio.sleep(FLUSH_SECONDS)

    async def flush(self) -> None:
        """Write what changed, in one statement; nothing when nothing did."""
        late = asyncio.get_running_loop().time()
        over = [call_id for call_id, at in self._over.items() if at <= late and call_id not in self._dirty]
        trunks = self._changed_trunks()
        if not self._dirty and not over and not trunks:
            return
        dirty, self._dirty = self._dirty, set()
        self._version += 1
        rows = [self._rows[call_id] for call_id in dirty]
        for row in rows:
            row.version = self._version
        try:
            async with self._database.transaction() as session:
                await repository.write(
                    session, self._node_id, rows=rows, over=over, trunks=trunks, now=self._clock.now()
                )
        except BaseException:
            self._dirty |= dirty
            raise
        self._trunks.update({look.trunk_id: look for look in trunks})
        for call_id in over:
            self._over.pop(call_id, None)
            self._rows.pop(call_id, None)
            self._spoken.pop(call_id, None)

    def _changed_trunks(self) -> list[TrunkLook]:
        return [look for look in self._look_at_trunks() if self._trunks.get(look.trunk_id) != look]

    async def _repair(self) -> None:
        looks = list(self._look_at_trunks())
        async with self._database.transaction() as session:
            await repository.repair(
                session, self._node_id, rows=list(self._rows.values()), trunks=looks, now=self._clock.now()
            )
        self._trunks = {look.trunk_id: look for look in looks}
