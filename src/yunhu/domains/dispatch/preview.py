"""Would this be allowed, and why not? The gate's own function over a notification that is never created (law 2)."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.dispatch import repository
from yunhu.domains.dispatch.rules import Snapshot, Verdict, judge
from yunhu.domains.notifications.public import DeliveryPlan, NotificationRequest, draft_of
from yunhu.foundation.clock import natural_day
from yunhu.foundation.crypto import Vault


async def preview(
    session: AsyncSession, vault: Vault, tenant_id: UUID, request: NotificationRequest, now: datetime
) -> Verdict:
    """The verdict that the request would get now. Raises what creating it would raise for its input."""
    draft = await draft_of(session, vault, tenant_id, request, now)
    row = await repository.preview(
        session,
        {
            **repository.clock_columns(now, natural_day(now)),
            "tenant_id": tenant_id,
            "callee_index": draft.callee_index,
            "version_id": draft.script_version_id,
        },
    )
    return judge(
        Snapshot(
            now=now,
            channel=draft.channel,
            purpose=draft.purpose,
            deadline=draft.deadline,
            due_at=draft.due_at,
            plan=msgspec.json.decode(draft.plan, type=DeliveryPlan),
            script_state=row.script_state,
            refused=row.refused,
            calls_today=row.calls_today,
            callee_in_call=row.callee_in_call,
            robots=row.robots,
            robots_free=row.robots_free,
            numbers=row.numbers,
            numbers_free=row.numbers_free,
            sms_account=row.sms_account,
        )
    )
