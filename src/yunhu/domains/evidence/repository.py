"""Every query about packs."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.documents.public import Document
from yunhu.domains.evidence.models import EvidencePack
from yunhu.domains.evidence.words import DOCUMENT_KIND, SubjectKind

MOST_EARLIER = 200
_TENANT = text("SELECT slug, name FROM tenants WHERE id = :id")
_TENANT_BY_SLUG = text("SELECT id FROM tenants WHERE slug = :slug")


class Tenant(msgspec.Struct, frozen=True):
    """Whose pack it is, in words."""

    slug: str
    name: str


class PackFilters(msgspec.Struct, frozen=True, kw_only=True):
    """What a list may be narrowed to."""

    tenant_id: UUID | None = None
    kind: SubjectKind | None = None
    call_id: UUID | None = None
    callee_index: bytes | None = None


async def pack_of(
    session: AsyncSession, tenant_id: UUID, pack_id: UUID, *, lock: bool = False
) -> EvidencePack | None:
    """One pack, if it is the tenant's."""
    query = select(EvidencePack).where(EvidencePack.id == pack_id, EvidencePack.tenant_id == tenant_id)
    return await session.scalar(query.with_for_update() if lock else query)


async def packs_of(
    session: AsyncSession, filters: PackFilters, *, before: UUID | None, limit: int
) -> Sequence[EvidencePack]:
    """Newest first."""
    query = select(EvidencePack).order_by(EvidencePack.id.desc()).limit(limit)
    for name in msgspec.structs.asdict(filters):
        wanted = getattr(filters, name)
        if wanted is not None:
            query = query.where(getattr(EvidencePack, name) == wanted)
    if before is not None:
        query = query.where(EvidencePack.id < before)
    return (await session.scalars(query)).all()


async def earlier_packs(session: AsyncSession, pack: EvidencePack) -> Sequence[EvidencePack]:
    """Finished packs of before that held something of the same, the newest `MOST_EARLIER`, oldest first."""
    query = (
        select(EvidencePack)
        .where(
            EvidencePack.tenant_id == pack.tenant_id,
            EvidencePack.requested_at <= pack.requested_at,
            EvidencePack.id != pack.id,
            EvidencePack.document_id.is_not(None),
            _overlaps(pack),
        )
        .order_by(EvidencePack.requested_at.desc(), EvidencePack.id.desc())
        .limit(MOST_EARLIER)
    )
    return list(reversed((await session.scalars(query)).all()))


async def archives_without_pack(session: AsyncSession, *, limit: int) -> Sequence[Document]:
    """Archives that no pack has any more, locked."""
    pack = select(EvidencePack.id).where(EvidencePack.document_id == Document.id)
    query = (
        select(Document)
        .where(Document.kind == DOCUMENT_KIND, Document.erased_at.is_(None), ~pack.exists())
        .order_by(Document.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(query)).all()


def _overlaps(pack: EvidencePack) -> ColumnElement[bool]:
    same: list[ColumnElement[bool]] = []
    if pack.complaint_id is not None:
        same.append(EvidencePack.complaint_id == pack.complaint_id)
    if pack.call_id is not None:
        same.append(EvidencePack.call_id == pack.call_id)
    if pack.callee_index is not None:
        same.append(
            (EvidencePack.kind == SubjectKind.CALLEE) & (EvidencePack.callee_index == pack.callee_index)
        )
    if pack.kind == SubjectKind.CALLEE:
        same.append(EvidencePack.callee_index == pack.callee_index)
    if pack.first_day is not None and pack.last_day is not None:
        same.append((EvidencePack.kind == SubjectKind.PERIOD) & _meets(pack.first_day, pack.last_day))
    if pack.kind == SubjectKind.PERIOD and pack.first_day is not None and pack.last_day is not None:
        same.append(_meets(pack.first_day, pack.last_day))
    return or_(*same)


def _meets(first: date, last: date) -> ColumnElement[bool]:
    return (EvidencePack.first_day <= last) & (EvidencePack.last_day >= first)


async def tenant_in_words(session: AsyncSession, tenant_id: UUID) -> Tenant:
    """Slug and name."""
    row = (await session.execute(_TENANT, {"id": tenant_id})).one()
    return Tenant(row.slug, row.name)


async def tenant_by_slug(session: AsyncSession, slug: str) -> UUID | None:
    """The tenant's id."""
    found: UUID | None = await session.scalar(_TENANT_BY_SLUG, {"slug": slug})
    return found
