"""What complaints hold back, and let go: a script by the gate, a caller number by its own state."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.complaints import repository
from yunhu.domains.complaints.history import By, enter
from yunhu.domains.complaints.models import Complaint
from yunhu.domains.complaints.rules import Pause
from yunhu.domains.numbers.public import hold_number, restore_number

_REASON = "complaint {}"
_OURS = "complaint "


async def pause(session: AsyncSession, row: Complaint, what: Pause, reason: str, by: By) -> bool:
    """Hold back what the complaint concerns; False when there is nothing, or this complaint holds it already."""
    if what is Pause.SCRIPT:
        if row.script_id is None or row.script_paused_at is not None:
            return False
        row.script_paused_at = by.now
    else:
        if row.caller_number_id is None or row.number_paused_at is not None:
            return False
        # A number that is out of use anyway stays so until this complaint is settled, too.
        await hold_number(session, row.caller_number_id, _REASON.format(row.reference), by.actor, by.now)
        row.number_paused_at = by.now
    enter(session, row, f"pause_{what}", reason, by)
    await session.flush()
    return True


async def resume(session: AsyncSession, row: Complaint, reason: str, by: By) -> bool:
    """Let go what this complaint held; False when it held nothing. What another complaint wants stays held."""
    if row.script_paused_at is None and row.number_paused_at is None:
        return False
    held_number, row.script_paused_at, row.number_paused_at = row.number_paused_at, None, None
    await session.flush()
    if held_number is not None and row.caller_number_id is not None:
        await _let_go(session, row, row.caller_number_id, by)
    enter(session, row, "resume", reason, by)
    await session.flush()
    return True


async def release(session: AsyncSession, row: Complaint, what: Pause, reason: str, by: By) -> None:
    """Let go one thing of the two; what another complaint wants stays held."""
    if what is Pause.SCRIPT:
        row.script_paused_at = None
    else:
        row.number_paused_at = None
    await session.flush()
    if what is Pause.NUMBER and row.caller_number_id is not None:
        await _let_go(session, row, row.caller_number_id, by)
    enter(session, row, "resume", reason, by)
    await session.flush()


async def _let_go(session: AsyncSession, row: Complaint, number_id: UUID, by: By) -> None:
    """A number that somebody holds for another reason, or that another complaint wants held, stays held."""
    if await repository.others_pausing_number(session, number_id, row.id):
        return
    reason = await repository.reason_of_hold(session, number_id)
    if reason is not None and reason.startswith(_OURS):
        await restore_number(session, number_id, _REASON.format(row.reference), by.actor, by.now)
