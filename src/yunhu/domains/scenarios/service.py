"""Use cases of scenarios: read, change, play through."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.filings.public import terms_in_force
from yunhu.domains.notifications.public import (
    PROMPTS_CHANNEL,
    QueueEventIn,
    Scenario,
    ScenarioPlan,
    ScenarioVersion,
    keep_version,
    plan_faults,
    rehearse,
    scripts_used,
)
from yunhu.domains.scenarios.errors import (
    HallTakenError,
    OutsideFilingError,
    ScenarioChangedError,
    ScenarioInvalidError,
    ScenarioNotFoundError,
)
from yunhu.domains.scenarios.rules import FilingFault, filing_faults
from yunhu.domains.scenarios.schemas import PreviewAnswer, PreviewRequest, ScenarioRequest
from yunhu.domains.scripts.public import Channel, approved_scripts
from yunhu.foundation.actor import Actor
from yunhu.foundation.changes import CONFIG_CHANNEL, json_form
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import notify
from yunhu.foundation.http import FieldProblem
from yunhu.foundation.ids import new_id
from yunhu.foundation.phone import InvalidPhoneError, Phone


async def find(session: AsyncSession, tenant_id: UUID, slug: str, *, lock: bool = False) -> Scenario:
    """A tenant's scenario or `ScenarioNotFoundError`."""
    query = select(Scenario).where(Scenario.tenant_id == tenant_id, Scenario.slug == slug)
    row = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise ScenarioNotFoundError(f"there is no scenario {slug!r}")
    return row


async def page(
    session: AsyncSession, tenant_id: UUID, *, after: str | None, limit: int
) -> Sequence[Scenario]:
    """By slug."""
    query = select(Scenario).where(Scenario.tenant_id == tenant_id)
    if after is not None:
        query = query.where(Scenario.slug > after)
    return (await session.scalars(query.order_by(Scenario.slug).limit(limit))).all()


async def versions(
    session: AsyncSession, scenario_id: UUID, *, before: int | None, limit: int
) -> Sequence[ScenarioVersion]:
    """Newest first."""
    query = select(ScenarioVersion).where(ScenarioVersion.scenario_id == scenario_id)
    if before is not None:
        query = query.where(ScenarioVersion.number < before)
    return (await session.scalars(query.order_by(ScenarioVersion.number.desc()).limit(limit))).all()


async def faults_of(
    session: AsyncSession, tenant_id: UUID, plan: ScenarioPlan, now: datetime
) -> list[FilingFault]:
    """Where a plan goes beyond the filings in force."""
    return filing_faults(plan, await terms_in_force(session, tenant_id, now))


async def change(
    session: AsyncSession, actor: Actor, tenant_id: UUID, slug: str, wish: ScenarioRequest, now: datetime
) -> tuple[Scenario, bool]:
    """Create or change; returns the row and whether it is new.

    Raises `ScenarioInvalidError`, `OutsideFilingError`, `ScenarioChangedError`, `ScenarioNotFoundError`,
    `HallTakenError`.
    """
    await _check(session, tenant_id, wish, now)
    query = select(Scenario).where(Scenario.tenant_id == tenant_id, Scenario.slug == slug).with_for_update()
    row = await session.scalar(query)
    if row is None and wish.version:
        raise ScenarioNotFoundError(f"there is no scenario {slug!r}")
    if row is not None and row.version != wish.version:
        raise ScenarioChangedError(version=row.version)
    before = _shown(row) if row is not None else None
    new = row is None
    if row is None:
        row = Scenario(id=new_id(), tenant_id=tenant_id, slug=slug, created_at=now, version=1)
    row.name, row.hall, row.enabled, row.updated_at = wish.name, wish.hall, wish.enabled, now
    row.plan = json_form(wish.plan)
    if before == _shown(row):
        return row, False
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError as error:
        if "uq_scenarios_hall" not in str(error.orig):
            raise ScenarioChangedError from None
        raise HallTakenError(hall=wish.hall) from None
    await keep_version(session, row, changed_by=actor.name, reason=wish.reason, now=now)
    await _tell(session, tenant_id, wish.plan)
    await record(
        session,
        actor,
        action="scenario.create" if new else "scenario.change",
        subject=("scenario", row.id),
        tenant_id=tenant_id,
        before=before,
        after=_shown(row),
        reason=wish.reason,
        now=now,
    )
    return row, new


async def preview(
    session: AsyncSession, vault: Vault, tenant_id: UUID, request: PreviewRequest, now: datetime
) -> PreviewAnswer:
    """Play events through. Raises `ScenarioInvalidError`, `ScenarioNotFoundError`."""
    plan = request.plan
    if plan is None:
        if request.scenario is None:
            raise _invalid("/plan", "Give a plan or a scenario")
        plan = msgspec.convert((await find(session, tenant_id, request.scenario)).plan, ScenarioPlan)
    problems = [
        FieldProblem(pointer=_pointer("/plan", place), message=said) for place, said in plan_faults(plan)
    ]
    if problems:
        raise ScenarioInvalidError(errors=problems)
    scripts = await approved_scripts(session, tenant_id)
    steps = rehearse(vault, plan, scripts, _imagined(request, now))
    return PreviewAnswer(steps=steps, faults=await faults_of(session, tenant_id, plan, now))


async def _check(session: AsyncSession, tenant_id: UUID, wish: ScenarioRequest, now: datetime) -> None:
    problems = [
        FieldProblem(pointer=_pointer("/plan", place), message=said) for place, said in plan_faults(wish.plan)
    ]
    scripts = await approved_scripts(session, tenant_id)
    for place, slug, channel in scripts_used(wish.plan):
        script = scripts.get(slug)
        if script is None and wish.enabled:
            message = f"There is no approved script {slug!r}"
            problems.append(FieldProblem(pointer=_pointer("/plan", place), message=message))
        elif script is not None and script.channel is not channel:
            message = f"Expected a script for {channel.value}, not for {script.channel.value}"
            problems.append(FieldProblem(pointer=_pointer("/plan", place), message=message))
    if problems:
        raise ScenarioInvalidError(errors=problems)
    if wish.enabled:
        faults = await faults_of(session, tenant_id, wish.plan, now)
        if faults:
            shown = [msgspec.structs.replace(fault, pointer=f"/plan{fault.pointer}") for fault in faults]
            raise OutsideFilingError(faults=shown)


async def _tell(session: AsyncSession, tenant_id: UUID, plan: ScenarioPlan) -> None:
    """Nodes render what may be spoken soon."""
    await notify(session, CONFIG_CHANNEL, str(tenant_id))
    scripts = await approved_scripts(session, tenant_id)
    for _, slug, channel in scripts_used(plan):
        if channel is Channel.VOICE and slug in scripts:
            await notify(session, PROMPTS_CHANNEL, f"version:{scripts[slug].version_id}")


def _shown(row: Scenario) -> dict[str, Any]:
    return {"name": row.name, "hall": row.hall, "enabled": row.enabled, **row.plan}


def _imagined(request: PreviewRequest, now: datetime) -> list[tuple[QueueEventIn, Phone | None]]:
    try:
        phone = Phone.parse(request.phone) if request.phone is not None else None
    except InvalidPhoneError as error:
        raise _invalid("/phone", str(error)) from error
    moment = request.at or now
    events = []
    for at, imagined in enumerate(request.events):
        moment += timedelta(seconds=imagined.after_seconds)
        said = QueueEventIn(
            event_id=f"imagined-{at + 1}",
            event=imagined.event,
            queue_number=request.queue_number,
            occurred_at=moment,
            matter=imagined.matter,
            window=imagined.window,
            ahead=imagined.ahead,
            attributes=imagined.attributes,
        )
        events.append((said, phone if at == 0 else None))
    return events


def _invalid(pointer: str, message: str) -> ScenarioInvalidError:
    return ScenarioInvalidError(errors=[FieldProblem(pointer=pointer, message=message)])


def _pointer(root: str, place: str) -> str:
    return f"{root}/{place.replace('.', '/')}" if place else root
