"""Use cases of refusals (row C5): a refusal is honoured in the transaction that records it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.consent import repository
from yunhu.domains.consent.models import Refusal, RefusalSource
from yunhu.domains.notifications.public import (
    Record,
    StopReason,
    stop_everywhere_for_callee,
    stop_for_callee,
)
from yunhu.foundation.crypto import Vault
from yunhu.foundation.errors import NotFoundError
from yunhu.foundation.ids import new_id
from yunhu.foundation.outbox import Event, publish
from yunhu.foundation.phone import Phone


async def refuse(
    session: AsyncSession,
    vault: Vault,
    *,
    tenant_id: UUID | None,
    phone: Phone,
    source: RefusalSource,
    call_id: UUID | None,
    now: datetime,
    by: str = "",
) -> Refusal:
    """No more calls and texts from this tenant, or without one from any, to this person, from now on.

    What is open for the person is stopped, a call in the air included. Saying it twice changes nothing: the first
    refusal stands and is returned.
    """
    sealed = vault.seal_phone(phone)
    values = {
        "id": new_id(),
        "tenant_id": tenant_id,
        "cipher": sealed.cipher,
        "index": sealed.index,
        "source": source.value,
        "call_id": call_id,
        "now": now,
        "by": by,
    }
    fresh = (await session.execute(repository.STAND, values)).scalar_one_or_none()
    row = await repository.standing(session, tenant_id, sealed.index)
    if row is None:
        raise NotFoundError("the refusal was lifted at this very moment")
    # Also for a repeated refusal: something may have been created by a transaction that did not see the first.
    record = Record(now)
    if tenant_id is None:
        await stop_everywhere_for_callee(session, sealed.index, StopReason.REFUSED, record)
    else:
        await stop_for_callee(session, tenant_id, sealed.index, StopReason.REFUSED, record)
    await record.write(session)
    if fresh is not None:
        await publish(session, _told(row, phone, now))
    return row


async def lift(
    session: AsyncSession, tenant_id: UUID | None, refusal_id: UUID, now: datetime, by: str = ""
) -> Refusal:
    """The person wants to be called again. Lifting twice changes nothing. Raises `NotFoundError`."""
    row = await repository.find(session, tenant_id, refusal_id)
    if row is None:
        raise NotFoundError("there is no such refusal")
    if row.lifted_at is None:
        row.lifted_at, row.lifted_by = now, by
        await session.flush()
    return row


async def standing_refusals(session: AsyncSession, tenant_id: UUID, indexes: Collection[bytes]) -> set[bytes]:
    """Which of these persons (blind indexes) refuse further calls and texts of the tenant."""
    return await repository.standing_of(session, tenant_id, indexes)


def _told(row: Refusal, phone: Phone, now: datetime) -> list[Event]:
    """No tenant learns of a person who refuses all: each is told of its own notifications alone."""
    if row.tenant_id is None:
        return []
    payload = {
        "refusal_id": str(row.id),
        "phone": phone.masked,
        "source": row.source,
        "call_id": str(row.call_id) if row.call_id else None,
    }
    return [Event(row.tenant_id, "callee.refused", row.id, payload, now)]
