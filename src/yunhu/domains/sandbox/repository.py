"""What is on the simulated phone of a visit."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_JOURNEY = text("SELECT * FROM journeys WHERE id = :id AND tenant_id = :tenant_id")
_MESSAGES = text(
    """
    SELECT m.id, m.notification_id, coalesce(a.config ->> 'source', a.name) AS sender, m.text, m.state,
        m.created_at AS at
    FROM notifications AS n JOIN sms_messages AS m ON m.notification_id = n.id
    JOIN smsc_accounts AS a ON a.id = m.account_id
    WHERE n.journey_id = :id AND n.tenant_id = :tenant_id ORDER BY m.id LIMIT 100
    """
)
_CALLS = text(
    """
    SELECT c.id, c.notification_id, c.caller_number, c.state, c.result, c.digits, c.reserved_at AS at,
        c.ringing_at, c.answered_at, c.ended_at, c.text
    FROM notifications AS n JOIN calls AS c ON c.notification_id = n.id
    WHERE n.journey_id = :id AND n.tenant_id = :tenant_id ORDER BY c.id LIMIT 100
    """
)
_CALL = text(
    """
    SELECT c.id FROM calls AS c JOIN trunks AS t ON t.id = c.trunk_id
    WHERE c.id = :id AND c.tenant_id = :tenant_id AND t.kind = 'sandbox' AND c.ended_at IS NOT NULL
    """
)


async def journey(session: AsyncSession, tenant_id: UUID, journey_id: UUID) -> Any | None:
    """A visit of the tenant."""
    values = {"id": journey_id, "tenant_id": tenant_id}
    return (await session.execute(_JOURNEY, values)).one_or_none()


async def on_the_phone(
    session: AsyncSession, tenant_id: UUID, journey_id: UUID
) -> tuple[Sequence[Any], Sequence[Any]]:
    """Messages and calls of a visit, in order."""
    values = {"id": journey_id, "tenant_id": tenant_id}
    messages = (await session.execute(_MESSAGES, values)).all()
    return messages, (await session.execute(_CALLS, values)).all()


async def is_sandbox_call(session: AsyncSession, tenant_id: UUID, call_id: UUID) -> bool:
    """Whether a call of the tenant went to a simulated phone and is over."""
    values = {"id": call_id, "tenant_id": tenant_id}
    return (await session.execute(_CALL, values)).one_or_none() is not None
