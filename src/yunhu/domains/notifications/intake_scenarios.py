"""A tenant's scenarios with their approved scripts, ready to answer events; remembered for a second."""

from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.notifications.models import Scenario
from yunhu.domains.notifications.plans import DeliveryPlan, PlannedKey, ScenarioPlan
from yunhu.domains.notifications.states import Purpose
from yunhu.domains.scripts.public import ApprovedScript, approved_scripts
from yunhu.foundation.db import Database

_REMEMBERED_SECONDS = 1.0
_MOST_REMEMBERED = 1000


class Prepared(msgspec.Struct, frozen=True):
    """What an announcement of one purpose is made of."""

    script: ApprovedScript
    plan: str
    """A `DeliveryPlan` as JSON."""


class LoadedScenario(msgspec.Struct, frozen=True):
    """A scenario as the rules and the creation of notifications need it."""

    id: UUID
    plan: ScenarioPlan
    prepared: dict[Purpose, Prepared]
    """Without an entry where a script that is needed has no approved version."""


class ScenarioBook:
    """Loads scenarios. One a process."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._remembered: OrderedDict[UUID, tuple[float, dict[str, LoadedScenario]]] = OrderedDict()

    async def of(self, database: Database, tenant_id: UUID) -> dict[str, LoadedScenario]:
        """The tenant's enabled scenarios by hall, at most a second old."""
        until, loaded = self._remembered.get(tenant_id, (0.0, {}))
        if until > self._monotonic():
            return loaded
        async with database.transaction() as session:
            loaded = await _load(session, tenant_id)
        self._remembered[tenant_id] = (self._monotonic() + _REMEMBERED_SECONDS, loaded)
        self._remembered.move_to_end(tenant_id)
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return loaded


async def _load(session: AsyncSession, tenant_id: UUID) -> dict[str, LoadedScenario]:
    query = select(Scenario).where(Scenario.tenant_id == tenant_id, Scenario.enabled)
    rows = (await session.scalars(query)).all()
    scripts = await approved_scripts(session, tenant_id) if rows else {}
    loaded = {}
    for row in rows:
        plan = msgspec.convert(row.plan, ScenarioPlan)
        loaded[row.hall] = LoadedScenario(row.id, plan, prepare(plan, scripts))
    return loaded


def prepare(plan: ScenarioPlan, scripts: dict[str, ApprovedScript]) -> dict[Purpose, Prepared]:
    """What can be announced with these scripts; nothing where one that is needed is missing."""
    prepared = {}
    if plan.near_turn is not None and plan.near_turn.script in scripts:
        delivery = DeliveryPlan(windows=plan.windows, retries=plan.retries, queue_digits=plan.queue_digits)
        prepared[Purpose.NEAR_TURN] = Prepared(scripts[plan.near_turn.script], _encode(delivery))
    turn = plan.your_turn
    if turn is not None and turn.script in scripts:
        spoken = call_plan(plan, scripts)
        if spoken is not None:
            prepared[Purpose.YOUR_TURN] = Prepared(scripts[turn.script], _encode(spoken))
    return prepared


def call_plan(plan: ScenarioPlan, scripts: dict[str, ApprovedScript]) -> DeliveryPlan | None:
    """The plan of a `your_turn` call; None when a menu or a confirmation has no approved version (row C2)."""
    turn = plan.your_turn
    if turn is None:
        return None
    needed = [turn.menu, *(key.confirmation for key in turn.keys)]
    if any(slug is not None and slug not in scripts for slug in needed):
        return None
    keys = tuple(
        PlannedKey(
            key=key.key,
            action=key.action,
            confirmation_version_id=scripts[key.confirmation].version_id if key.confirmation else None,
            minutes=key.minutes,
        )
        for key in turn.keys
    )
    return DeliveryPlan(
        windows=plan.windows,
        retries=plan.retries,
        ring_seconds=turn.ring_seconds,
        detect_answer=plan.detect_answer,
        queue_digits=plan.queue_digits,
        calls_kept_for_turn=plan.calls_kept_for_turn,
        menu_version_id=scripts[turn.menu].version_id if turn.menu else None,
        keys=keys,
        keys_wait_seconds=turn.keys_wait_seconds,
    )


def _encode(plan: DeliveryPlan) -> str:
    return msgspec.json.encode(plan).decode()
