"""A call node's dispatching parts over the sandbox, in the test's own process."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from tests.support.hall.equipment import caller, equip_hall

from yunhu.domains.dispatch.public import (
    Attempts,
    CardPresenter,
    NodeRegister,
    Trunks,
    VoiceDispatcher,
    Way,
    Words,
)
from yunhu.domains.monitoring.public import LiveBoard, TrunkLook
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import Phone
from yunhu.telephony.port import CallEngine, OriginateRequest, Prompt
from yunhu.telephony.simulator import SimulatedEngine, SimulatorConfig

ANSWERS, BUSY, NO_ANSWER = "13800000000", "13800001001", "13800001002"
PRESSES_9, PRESSES_2, VOICEMAIL = "13800002009", "13800002002", "13800001006"


class SilentShelf:
    """Prompts of half a second of silence: what is said is told by their ids, not by their sound."""

    def __init__(self) -> None:
        self.rendered: list[str] = []
        self.empty = False
        """Nothing is ready until it was rendered."""

    def ready(self, words: Words) -> Prompt | None:
        """At once, unless the words are slow."""
        spoken = "".join(segment.words for segment in words)
        return None if self.empty and spoken not in self.rendered else _prompt(spoken)

    async def render(self, words: Words) -> Prompt:
        """Make it ready."""
        spoken = "".join(segment.words for segment in words)
        self.rendered.append(spoken)
        return _prompt(spoken)


def _prompt(spoken: str) -> Prompt:
    return Prompt(hashlib.sha256(spoken.encode()).hexdigest(), b"\xd5" * 4000)


class OneTrunk:
    """Dispatch's `Trunks` over one engine."""

    def __init__(self, engine: CallEngine, trunk_id: UUID, limit: int = 1000) -> None:
        self.engine = engine
        self.trunk_id = trunk_id
        self.limit = limit

    def ways(self) -> list[Way]:
        return [Way(self.trunk_id, self.trunk_id, self.limit)]

    def engine_of(self, trunk_id: UUID) -> tuple[CallEngine, str]:
        assert trunk_id == self.trunk_id
        return self.engine, "sandbox"


class CountingEngine(SimulatedEngine):
    """The sandbox, with a list of every call that left."""

    def __init__(self, config: SimulatorConfig, clock: Clock) -> None:
        super().__init__(config, clock)
        self.dialled: list[OriginateRequest] = []

    async def originate(self, request: OriginateRequest) -> Any:
        call = await super().originate(request)
        self.dialled.append(request)
        return call


async def equip(
    database: Database,
    tenant_id: UUID,
    now: Any,
    *,
    robots: int = 2,
    numbers: int = 4,
    per_day: int = 500,
    shared: UUID | None = None,
    first: int = 0,
) -> UUID:
    """Robots, and caller numbers on a sandbox trunk, which may be `shared`; the trunk's id (see `equip_hall`)."""
    async with database.transaction() as session:
        return await equip_hall(
            session,
            tenant_id,
            now,
            robots=robots,
            numbers=numbers,
            limit=per_day,
            shared=shared,
            first=first,
        )


class Rig:
    """One node's voice side."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        trunk_id: UUID,
        directory: Path,
        *,
        speed: float = 25,
        cards: CardPresenter | None = None,
        monitored: bool = False,
        trunks: Trunks | None = None,
        trunk_limit: int = 1000,
    ) -> None:
        """With `trunks` calls leave by those, and the sandbox stays silent."""
        self.database = database
        self.clock = clock
        allowed = frozenset(Phone(caller(i)) for i in range(100))
        self.engine = CountingEngine(
            SimulatorConfig(trunks={"sandbox": allowed}, directory=directory, speed=speed), clock
        )
        self.shelf = SilentShelf()
        self.node_id = new_id()
        trunks = trunks or OneTrunk(self.engine, trunk_id, trunk_limit)
        self.looks = [TrunkLook(trunk_id, usable=True, detail="sandbox")]
        self.board = LiveBoard(database, clock, self.node_id, lambda: self.looks) if monitored else None
        self.attempts = Attempts(database, vault, clock, trunks, cards, self.board)
        self.register = NodeRegister(database, clock, self.attempts, node_id=self.node_id, name="test")
        self.dispatcher = VoiceDispatcher(
            database=database,
            vault=vault,
            clock=clock,
            trunks=trunks,
            shelf=self.shelf,
            attempts=self.attempts,
            node_id=self.node_id,
            recordings_dir=directory / "recordings",
        )
        self.lost = asyncio.Event()

    async def __aenter__(self) -> "Rig":
        await self.engine.start()
        await self.register.start(self.lost.set)
        if self.board is not None:
            self.board.start()
        self.dispatcher.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.dispatcher.stop()
        await self.engine.stop(timedelta(0))
        await self.attempts.drained()
        if self.board is not None:
            await self.board.stop()
        await self.register.stop()

    async def wait_for(self, sql: str, wanted: Any, *, seconds: float = 20, **values: Any) -> None:
        """Until the statement's first column is what is wanted."""

        async def look() -> Any:
            async with self.database.transaction() as session:
                return (await session.execute(text(sql), values)).scalar()

        await until(look, wanted, seconds=seconds)


async def until(look: Callable[[], Awaitable[Any]], wanted: Any, *, seconds: float = 20) -> None:
    """Until `look` gives what is wanted; fails with what it gave last."""
    seen: Any = None
    try:
        async with asyncio.timeout(seconds):
            while (seen := await look()) != wanted:
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"wanted {wanted!r}, saw {seen!r}") from None


async def rows(database: Database, sql: str, **values: Any) -> list[Any]:
    """Every row of a statement."""
    async with database.transaction() as session:
        return list((await session.execute(text(sql), values)).all())
