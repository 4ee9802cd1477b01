"""Use cases of the operator: approve with validity, return with remarks; and what the clock does afterwards."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.filings import repository
from yunhu.domains.filings.errors import ScriptFiledElsewhereError
from yunhu.domains.filings.models import FilingVersion
from yunhu.domains.filings.rules import Validity, check_reviewer, force_of, moment_range
from yunhu.domains.filings.service import cut
from yunhu.domains.filings.states import FilingState, Step, after
from yunhu.domains.notifications.public import PROMPTS_CHANNEL
from yunhu.domains.scripts.public import follow_filings
from yunhu.foundation.actor import Actor, stored_actor
from yunhu.foundation.calendar import load_calendar
from yunhu.foundation.changes import CONFIG_CHANNEL
from yunhu.foundation.db import notify

_BATCH = 100


async def pass_review(
    session: AsyncSession, version: FilingVersion, reviewer: Actor, remarks: str, now: datetime
) -> None:
    """The first of two people finds it in order. Raises `FilingStateError`, `SamePersonError`."""
    version.state = after(FilingState(version.state), Step.REVIEW)
    _check(version, reviewer)
    version.reviewed_by, version.reviewed_at = msgspec.to_builtins(reviewer), now
    version.remarks, version.updated_at = remarks, now
    await session.flush()


async def send_back(
    session: AsyncSession, version: FilingVersion, reviewer: Actor, remarks: str, now: datetime
) -> None:
    """Return it with remarks. Raises `FilingStateError`, `SamePersonError`."""
    version.state = after(FilingState(version.state), Step.RETURN)
    _check(version, reviewer)
    version.remarks, version.updated_at = remarks, now
    await session.flush()


async def approve(
    session: AsyncSession, version: FilingVersion, reviewer: Actor, validity: Validity, now: datetime
) -> None:
    """The second of two people approves, and fixes from when to when it holds.

    The tenant's first filing holds at once; whatever comes later is a change and holds from the end of its notice,
    unless the tenant's equipment is the sandbox's alone and reaches nobody. What it replaces holds until then.
    Raises `FilingStateError`, `SamePersonError`, `ValidityInvalidError`, `ScriptFiledElsewhereError`,
    `CalendarYearUnknownError`.
    """
    state = after(FilingState(version.state), Step.APPROVE)
    _check(version, reviewer)
    if version.reviewed_by is not None:
        check_reviewer(reviewer, (stored_actor(version.reviewed_by),), None)
    await repository.hold_approvals(session, version.tenant_id)
    notice = await repository.was_ever_approved(session, version.tenant_id) and not (
        await repository.reaches_nobody(session, version.tenant_id)
    )
    start, end = force_of(now, validity, await load_calendar(session), notice=notice)
    version.state = state
    version.decided_by, version.decided_at, version.updated_at = msgspec.to_builtins(reviewer), now, now
    version.valid_from, version.valid_until = validity.first, validity.last
    for former in await repository.standing(session, version.filing_id):
        if former.id != version.id:
            await _give_way(session, former, start, now)
    force = moment_range(start, end)
    elsewhere = await repository.scripts_elsewhere(session, version, force)
    if elsewhere:
        raise ScriptFiledElsewhereError(scripts=list(elsewhere))
    await repository.set_force(session, version, force)
    if start <= now:
        version.state = after(state, Step.TAKE_EFFECT)
    await session.flush()
    await follow(session, version.tenant_id, now)
    for script_version_id in version.content["script_versions"]:
        await notify(session, PROMPTS_CHANNEL, f"version:{script_version_id}")


async def follow(session: AsyncSession, tenant_id: UUID | None, now: datetime) -> None:
    """Bring script states in line with the filings, and tell the nodes."""
    changed = {row.tenant_id for row in await follow_filings(session, tenant_id, now)}
    for each in changed:
        await notify(session, CONFIG_CHANNEL, str(each))


async def keep_time(session: AsyncSession, now: datetime) -> bool:
    """A step of the job: states follow the clock. What may be dialled never waits for it (see `gate`)."""
    ids = await repository.due(session, now, _BATCH)
    for id_ in ids:
        version = await session.get_one(FilingVersion, id_)
        await _move_on(session, version, now)
    await session.flush()
    await follow(session, None, now)
    return len(ids) == _BATCH


async def _move_on(session: AsyncSession, version: FilingVersion, now: datetime) -> None:
    force = version.in_force
    if force is None or force.lower is None:
        return
    state = FilingState(version.state)
    if state is FilingState.APPROVED and force.lower <= now:
        state = after(state, Step.TAKE_EFFECT)
    if force.upper is not None and force.upper <= now:
        state = after(state, await _ending(session, version))
        version.ended_at = force.upper
    version.state, version.updated_at = state, now


async def _ending(session: AsyncSession, version: FilingVersion) -> Step:
    """Superseded where the filing goes on with another version from that moment, else expired."""
    force = version.in_force
    if force is None or force.upper is None:
        return Step.EXPIRE
    following = await repository.version_in_force(session, version.filing_id, force.upper)
    return Step.SUPERSEDE if following is not None else Step.EXPIRE


async def _give_way(session: AsyncSession, former: FilingVersion, start: datetime, now: datetime) -> None:
    await cut(session, former, start)
    force = former.in_force
    if force is None or (force.upper is not None and force.upper <= now):
        former.state, former.ended_at = after(FilingState(former.state), Step.SUPERSEDE), now
    former.updated_at = now
    await session.flush()


def _check(version: FilingVersion, reviewer: Actor) -> None:
    submitted = stored_actor(version.submitted_by) if version.submitted_by else None
    check_reviewer(reviewer, [stored_actor(drafter) for drafter in version.drafted_by], submitted)
