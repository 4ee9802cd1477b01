"""What calls and messages were about, for the slices that list them."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

_ABOUT = text(
    """
    SELECT n.id, n.matter, n."window", n.journey_id, j.queue_number
    FROM notifications AS n LEFT JOIN journeys AS j ON j.id = n.journey_id WHERE n.id = ANY(CAST(:ids AS uuid[]))
    """
)
_OF_QUEUE_NUMBER = text(
    """
    SELECT n.id FROM journeys AS j JOIN notifications AS n ON n.journey_id = j.id
    WHERE j.tenant_id = :tenant_id AND j.queue_number = :queue_number AND n.channel = :channel
    """
).columns(id=Uuid())


class About(msgspec.Struct, frozen=True):
    """The visit as it was when the notification was created."""

    journey_id: UUID | None = None
    queue_number: str | None = None
    matter: str | None = None
    window: str | None = None


NOTHING = About()


async def abouts_of(session: AsyncSession, notification_ids: Iterable[UUID]) -> dict[UUID, About]:
    """By notification."""
    found = await session.execute(_ABOUT, {"ids": list(set(notification_ids))})
    return {row.id: About(row.journey_id, row.queue_number, row.matter, row.window) for row in found}


async def of_queue_number(
    session: AsyncSession, tenant_id: UUID, queue_number: str, channel: str
) -> Sequence[UUID]:
    """Every notification of one channel to visitors with this queue number, on whatever day."""
    values = {"tenant_id": tenant_id, "queue_number": queue_number, "channel": channel}
    return (await session.scalars(_OF_QUEUE_NUMBER, values)).all()
