"""Every query about consents but the insert, which is `notifications.consents`'s."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.consent.models import Consent
from yunhu.domains.documents.public import Document
from yunhu.domains.notifications.public import ConsentPurpose, ConsentSource

REPORT_KIND = "consent_import_report"
FILE_KINDS = ("consent", "consent_import", REPORT_KIND)
"""Kinds of documents: what a person signed, a table of many consents, what became of its rows."""

_WITHDRAW = text(
    """
    UPDATE consents SET withdrawn_at = :now, withdrawn_by = :by, withdrawal_reason = :reason
    WHERE tenant_id = :tenant_id AND callee_index = :index AND purpose = :purpose AND withdrawn_at IS NULL
    RETURNING id
    """
)


class ConsentFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which consents."""

    index: bytes | None = None
    purpose: ConsentPurpose | None = None
    source: ConsentSource | None = None
    standing_on: date | None = None
    """Only those that hold on this natural day."""


async def files_without_consent(session: AsyncSession, before: datetime, limit: int) -> Sequence[Document]:
    """Papers, tables and reports of imports made before a moment that no consent points to (any more), locked."""
    consent = select(Consent.id).where(Consent.document_id == Document.id)
    query = (
        select(Document)
        .where(
            Document.kind.in_(FILE_KINDS),
            Document.erased_at.is_(None),
            Document.created_at < before,
            ~consent.exists(),
        )
        .order_by(Document.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(query)).all()


async def find(session: AsyncSession, tenant_id: UUID, consent_id: UUID) -> Consent | None:
    """A tenant's consent, unless it is erased."""
    query = select(Consent).where(
        Consent.id == consent_id, Consent.tenant_id == tenant_id, Consent.erased_at.is_(None)
    )
    return await session.scalar(query)


async def consents_of(
    session: AsyncSession,
    tenant_id: UUID,
    filters: ConsentFilter,
    *,
    before: UUID | None = None,
    limit: int,
) -> Sequence[Consent]:
    """Newest first, those that no longer hold included unless asked."""
    query = select(Consent).where(Consent.tenant_id == tenant_id, Consent.erased_at.is_(None))
    if filters.index is not None:
        query = query.where(Consent.callee_index == filters.index)
    if filters.purpose is not None:
        query = query.where(Consent.purpose == filters.purpose)
    if filters.source is not None:
        query = query.where(Consent.source == filters.source)
    if filters.standing_on is not None:
        lasts = or_(Consent.valid_until.is_(None), Consent.valid_until >= filters.standing_on)
        query = query.where(Consent.withdrawn_at.is_(None), lasts)
    if before is not None:
        query = query.where(Consent.id < before)
    return (await session.scalars(query.order_by(Consent.id.desc()).limit(limit))).all()


async def withdraw(
    session: AsyncSession,
    tenant_id: UUID,
    index: bytes,
    purpose: ConsentPurpose,
    *,
    by: str,
    reason: str,
    now: datetime,
) -> list[UUID]:
    """Withdraw everything that a person agreed to for a purpose; ids of what stood until now."""
    values = {
        "tenant_id": tenant_id,
        "index": index,
        "purpose": purpose.value,
        "by": by,
        "reason": reason,
        "now": now,
    }
    return list(await session.scalars(_WITHDRAW, values))


async def withdrawn_since(
    session: AsyncSession, tenant_id: UUID, index: bytes, purpose: ConsentPurpose, moment: datetime
) -> datetime | None:
    """The last withdrawal at or after a moment."""
    query = select(func.max(Consent.withdrawn_at)).where(
        Consent.tenant_id == tenant_id,
        Consent.callee_index == index,
        Consent.purpose == purpose,
        Consent.withdrawn_at >= moment,
    )
    return await session.scalar(query)


async def same_act(session: AsyncSession, like: Consent) -> Consent | None:
    """Evidence of the very same act that was kept before and stands."""
    query = select(Consent).where(
        Consent.tenant_id == like.tenant_id,
        Consent.callee_index == like.callee_index,
        Consent.purpose == like.purpose,
        Consent.source == like.source,
        Consent.given_at == like.given_at,
        Consent.reference == like.reference,
        Consent.valid_until.is_not_distinct_from(like.valid_until),
        Consent.withdrawn_at.is_(None),
    )
    return await session.scalar(query.limit(1))
