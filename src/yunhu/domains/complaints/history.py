"""Who did what to a complaint, when: the lines of its history."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.complaints.models import Complaint, ComplaintEntry
from yunhu.domains.complaints.states import Side
from yunhu.foundation.actor import Actor
from yunhu.foundation.ids import new_id


class By(msgspec.Struct, frozen=True):
    """Who does it, for which party, when."""

    actor: Actor
    side: Side
    now: datetime


def enter(session: AsyncSession, row: Complaint, step: str, text: str, by: By) -> None:
    """Add a line."""
    session.add(
        ComplaintEntry(
            id=new_id(),
            complaint_id=row.id,
            tenant_id=row.tenant_id,
            at=by.now,
            step=step,
            state=row.state,
            side=by.side,
            actor=by.actor.name,
            text=text,
        )
    )


def shown(row: Complaint) -> dict[str, Any]:
    """What the audit log compares."""
    return {
        "state": row.state,
        "due_on": row.due_on,
        "answered_at": row.answered_at,
        "script_paused_at": row.script_paused_at,
        "number_paused_at": row.number_paused_at,
        "suspension_id": row.suspension_id,
    }


async def audit(
    session: AsyncSession,
    row: Complaint,
    what: str,
    before: dict[str, Any],
    by: By,
    reason: str = "",
    *,
    besides: dict[str, Any] | None = None,
) -> None:
    """Write the change down; last in the transaction, for it locks the head of the tenant's chain.

    `besides` is what else the log compares, as it is now.
    """
    await session.flush()
    await record(
        session,
        by.actor,
        action=f"complaint.{what}",
        subject=("complaint", row.id),
        tenant_id=row.tenant_id,
        before=before,
        after={**shown(row), **(besides or {})},
        reason=reason,
        now=by.now,
    )
