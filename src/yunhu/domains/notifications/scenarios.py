"""Bring a tenant's scenarios in line with its file."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.notifications.models import Scenario, ScenarioVersion
from yunhu.domains.notifications.plans import KeyActionKind, ScenarioPlan
from yunhu.domains.scripts.public import Channel
from yunhu.foundation.changes import Change, ChangeKind, compared, json_form
from yunhu.foundation.ids import new_id

_OBJECT = "scenario"


class ScenarioWish(msgspec.Struct, frozen=True):
    """A scenario as the file wants it."""

    slug: str
    name: str
    hall: str
    plan: ScenarioPlan


def scripts_used(plan: ScenarioPlan) -> Iterable[tuple[str, str, Channel]]:
    """Every script that a plan names: where in the plan, its slug, and the channel that it must have."""
    if plan.near_turn is not None:
        yield "near_turn.script", plan.near_turn.script, Channel.SMS
    turn = plan.your_turn
    if turn is None:
        return
    yield "your_turn.script", turn.script, Channel.VOICE
    if turn.menu is not None:
        yield "your_turn.menu", turn.menu, Channel.VOICE
    for position, key in enumerate(turn.keys):
        if key.confirmation is not None:
            yield f"your_turn.keys.{position}.confirmation", key.confirmation, Channel.VOICE


def plan_faults(plan: ScenarioPlan) -> Iterable[tuple[str, str]]:
    """Where a plan contradicts itself: the place in the plan, and a sentence."""
    if plan.near_turn is None and plan.your_turn is None:
        yield "", "a scenario needs near_turn or your_turn"
    for position, window in enumerate(plan.windows):
        if window.start >= window.end:
            yield f"windows.{position}", "a window starts before it ends; one over midnight is written as two"
    turn = plan.your_turn
    seen: set[str] = set()
    for position, key in enumerate(turn.keys if turn else ()):
        place = f"your_turn.keys.{position}"
        if key.key in seen:
            yield place, f"key {key.key} has two meanings"
        seen.add(key.key)
        if (key.minutes is not None) != (key.action is KeyActionKind.POSTPONE):
            yield place, "minutes belong to postpone, and postpone needs them"


async def provision_scenarios(
    session: AsyncSession, tenant_id: UUID, wishes: Sequence[ScenarioWish], now: datetime
) -> list[Change]:
    """Add, change and disable. Journeys name their scenario by id, so a row stays for good."""
    query = select(Scenario).where(Scenario.tenant_id == tenant_id).order_by(Scenario.slug).with_for_update()
    rows = {row.slug: row for row in await session.scalars(query)}
    wanted = {wish.slug: wish for wish in wishes}
    changes = []
    touched = []
    for slug, row in rows.items():
        if slug not in wanted and row.enabled:
            changes.append(Change(ChangeKind.REMOVE, _OBJECT, slug, note="disabled"))
            row.enabled, row.updated_at = False, now
            touched.append(row)
    await _free_halls(session, rows, wanted)
    for wish in wishes:
        existing = rows.get(wish.slug)
        if existing is None:
            touched.append(_add(session, tenant_id, wish, now))
            changes.append(Change(ChangeKind.ADD, _OBJECT, wish.slug, note=f"for hall {wish.hall!r}"))
            continue
        changes.append(_change(existing, wish, now))
        if changes[-1].kind is ChangeKind.CHANGE:
            touched.append(existing)
    await session.flush()
    for row in touched:
        await keep_version(session, row, changed_by="yunhu apply", reason="", now=now)
    return changes


async def keep_version(
    session: AsyncSession, row: Scenario, *, changed_by: str, reason: str, now: datetime
) -> None:
    """Put a scenario as it is now on record, under the next number; `row` is locked or new."""
    newest = select(func.max(ScenarioVersion.number)).where(ScenarioVersion.scenario_id == row.id)
    row.version = (await session.scalar(newest) or 0) + 1
    row.updated_at = now
    session.add(
        ScenarioVersion(
            scenario_id=row.id,
            number=row.version,
            tenant_id=row.tenant_id,
            name=row.name,
            hall=row.hall,
            enabled=row.enabled,
            plan=row.plan,
            changed_by=changed_by,
            changed_at=now,
            reason=reason,
        )
    )
    await session.flush()


async def _free_halls(
    session: AsyncSession, rows: dict[str, Scenario], wanted: dict[str, ScenarioWish]
) -> None:
    """Let go of halls that pass from one scenario to another, so that at no time two are enabled for one."""
    moving = [row for slug, row in rows.items() if slug in wanted and row.hall != wanted[slug].hall]
    former = {row.slug: row.enabled for row in moving}
    for row in moving:
        row.enabled = False
    await session.flush()
    for row in moving:
        # Set back without a flush: `_change` compares with it and writes hall and state together.
        row.enabled = former[row.slug]


def _add(session: AsyncSession, tenant_id: UUID, wish: ScenarioWish, now: datetime) -> Scenario:
    row = Scenario(id=new_id(), tenant_id=tenant_id, slug=wish.slug, created_at=now)
    session.add(row)
    _set(row, wish, now)
    return row


def _change(row: Scenario, wish: ScenarioWish, now: datetime) -> Change:
    before = {"name": row.name, "hall": row.hall, "enabled": row.enabled, **row.plan}
    after = {
        "name": wish.name,
        "hall": wish.hall,
        "enabled": True,
        **json_form(wish.plan),
    }
    change = compared(_OBJECT, wish.slug, before, after)
    if change.kind is ChangeKind.CHANGE:
        _set(row, wish, now)
    return change


def _set(row: Scenario, wish: ScenarioWish, now: datetime) -> None:
    row.name, row.hall, row.enabled, row.updated_at = wish.name, wish.hall, True, now
    row.plan = json_form(wish.plan)
