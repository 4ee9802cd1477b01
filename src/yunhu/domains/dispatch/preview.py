"""Would this be allowed, and why not? The gate's own function over a notification that is never created (law 2)."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.dispatch import repository
from yunhu.domains.dispatch.gate import snapshot_of
from yunhu.domains.dispatch.rules import Verdict, judge
from yunhu.domains.dispatch.wording import content_screened
from yunhu.domains.notifications.public import (
    DeliveryPlan,
    Draft,
    NotificationRequest,
    draft_of,
    keep_carried_consent,
)
from yunhu.domains.numbers.public import clock_columns
from yunhu.domains.screening.public import current_screen
from yunhu.foundation.crypto import Vault


async def preview(
    session: AsyncSession, vault: Vault, tenant_id: UUID, request: NotificationRequest, now: datetime
) -> Verdict:
    """The verdict that the request would get now. Raises what creating it would raise for its input."""
    draft = await draft_of(session, vault, tenant_id, request, now)
    # What the request carries counts as it would, and is not kept.
    async with session.begin_nested() as savepoint:
        await keep_carried_consent(session, request, draft, now, by="")
        verdict = await _verdict(session, draft, now)
        await savepoint.rollback()
    return verdict


async def _verdict(session: AsyncSession, draft: Draft, now: datetime) -> Verdict:
    row = await repository.preview(
        session,
        {
            **clock_columns(now),
            "tenant_id": draft.tenant_id,
            "callee_index": draft.callee_index,
            "version_id": draft.script_version_id,
            "channel": draft.channel,
            "purpose": draft.purpose.value,
            "deadline": draft.deadline,
            "due_at": draft.due_at,
            "parameters": msgspec.json.encode(draft.parameters).decode(),
        },
    )
    plan = msgspec.json.decode(draft.plan, type=DeliveryPlan)
    wording = content_screened(await current_screen(session), row)
    return judge(snapshot_of(row, plan, draft.channel, now, wording))
