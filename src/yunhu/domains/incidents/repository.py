"""Every query about notices, fault reports, support visits and clocks."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.identity.public import Tenant
from yunhu.domains.incidents.models import (
    FaultEntry,
    FaultReport,
    IncidentTerm,
    Notice,
    NoticeRecipient,
    SupportVisit,
)
from yunhu.domains.incidents.rules import Severity, Terms
from yunhu.domains.incidents.states import UNANSWERED, FaultState, NoticeState
from yunhu.foundation.db.paging import after_in_order

Row = TypeVar("Row", FaultReport, SupportVisit)
_STANDING = (NoticeState.PUBLISHED, NoticeState.AMENDED)

_UNVISITED = text(
    """
    SELECT DISTINCT c.tenant_id, c.activated_on FROM contracts AS c
    WHERE c.activated_on >= :since AND NOT EXISTS (
        SELECT FROM support_visits AS v WHERE v.tenant_id = c.tenant_id AND v.activated_on = c.activated_on)
    ORDER BY c.activated_on
    """
)


class ListPlace(msgspec.Struct, frozen=True):
    """Which page of a list."""

    before: UUID | None
    limit: int
    oldest_first: bool = False


class FaultFilters(msgspec.Struct, frozen=True):
    """Which fault reports."""

    tenant_id: UUID | None = None
    """Without one, of everybody."""
    state: FaultState | None = None
    severity: Severity | None = None
    late_at: datetime | None = None
    """Only those whose answer was due before this moment and did not come."""


# Tenants that came while a notice to all stands.
_MISSING_RECIPIENTS = text(
    """
    SELECT n.id AS notice_id, t.id AS tenant_id FROM notices AS n CROSS JOIN tenants AS t
    WHERE n.to_all AND n.state IN ('published', 'amended') AND n.ends_at > :now
      AND NOT EXISTS (SELECT FROM notice_recipients AS r WHERE r.notice_id = n.id AND r.tenant_id = t.id)
    ORDER BY n.id, t.id LIMIT 1
    """
)

_ADD_RECIPIENT = text(
    """
    INSERT INTO notice_recipients (notice_id, tenant_id) VALUES (:notice_id, :tenant_id)
    ON CONFLICT (notice_id, tenant_id) DO NOTHING RETURNING 1
    """
)

_ADD_VISIT = text(
    """
    INSERT INTO support_visits (id, tenant_id, activated_on, due_on)
    VALUES (:id, :tenant_id, :activated_on, :due_on) ON CONFLICT (tenant_id, activated_on) DO NOTHING RETURNING 1
    """
)

_SET_TERM = text(
    """
    INSERT INTO incident_terms (name, hours, changed_at, changed_by) VALUES (:name, :hours, :now, :by)
    ON CONFLICT (name) DO UPDATE SET hours = :hours, changed_at = :now, changed_by = :by
    """
)


async def load_terms(session: AsyncSession) -> Terms:
    """The clocks in force."""
    rows = await session.execute(select(IncidentTerm.name, IncidentTerm.hours))
    return Terms({row.name: row.hours for row in rows})


async def set_term(session: AsyncSession, name: str, hours: int, by: str, now: datetime) -> None:
    """Set a clock."""
    await session.execute(_SET_TERM, {"name": name, "hours": hours, "by": by, "now": now})


async def tenants(session: AsyncSession, slugs: Sequence[str] | None) -> dict[str, UUID]:
    """Slug → id, of these tenants or of all."""
    query = select(Tenant.slug, Tenant.id)
    if slugs is not None:
        query = query.where(Tenant.slug.in_(slugs))
    return {row.slug: row.id for row in await session.execute(query)}


async def notice_by_reference(session: AsyncSession, reference: str) -> UUID | None:
    """Id of the notice of this reference."""
    return await session.scalar(select(Notice.id).where(Notice.reference == reference))


async def notice(session: AsyncSession, notice_id: UUID) -> Notice | None:
    """A notice."""
    return await session.get(Notice, notice_id)


async def locked_notice(session: AsyncSession, notice_id: UUID) -> Notice | None:
    """A notice, locked for a step."""
    return await session.scalar(select(Notice).where(Notice.id == notice_id).with_for_update())


async def notices(session: AsyncSession, state: NoticeState | None, place: ListPlace) -> Sequence[Notice]:
    """Newest first."""
    query = select(Notice)
    if state is not None:
        query = query.where(Notice.state == state)
    return (await session.scalars(_page(query, Notice.id, place))).all()


async def notices_for(
    session: AsyncSession, tenant_id: UUID, state: NoticeState | None, place: ListPlace
) -> Sequence[Any]:
    """(Notice, NoticeRecipient) of a tenant, newest first."""
    query = (
        select(Notice, NoticeRecipient)
        .join(NoticeRecipient, NoticeRecipient.notice_id == Notice.id)
        .where(NoticeRecipient.tenant_id == tenant_id)
    )
    if state is not None:
        query = query.where(Notice.state == state)
    return (await session.execute(_page(query, Notice.id, place))).all()


async def notice_for(
    session: AsyncSession, tenant_id: UUID, notice_id: UUID, *, lock: bool = False
) -> Any | None:
    """(Notice, NoticeRecipient) of a tenant."""
    query = (
        select(Notice, NoticeRecipient)
        .join(NoticeRecipient, NoticeRecipient.notice_id == Notice.id)
        .where(NoticeRecipient.tenant_id == tenant_id, Notice.id == notice_id)
    )
    if lock:
        query = query.with_for_update()
    return (await session.execute(query)).one_or_none()


async def recipients(session: AsyncSession, notice_id: UUID) -> Sequence[Any]:
    """(slug, NoticeRecipient) of a notice, by slug."""
    query = (
        select(Tenant.slug, NoticeRecipient)
        .join(Tenant, Tenant.id == NoticeRecipient.tenant_id)
        .where(NoticeRecipient.notice_id == notice_id)
        .order_by(Tenant.slug)
    )
    return (await session.execute(query)).all()


async def missing_recipient(session: AsyncSession, now: datetime) -> Any | None:
    """(notice_id, tenant_id) of one tenant that a standing notice to all does not reach yet."""
    return (await session.execute(_MISSING_RECIPIENTS, {"now": now})).one_or_none()


async def add_recipient(session: AsyncSession, notice_id: UUID, tenant_id: UUID) -> bool:
    """Whether it was not one before."""
    found = await session.scalar(_ADD_RECIPIENT, {"notice_id": notice_id, "tenant_id": tenant_id})
    return found is not None


async def notice_over(session: AsyncSession, now: datetime) -> UUID | None:
    """One notice whose time is over."""
    query = select(Notice.id).where(Notice.state.in_(_STANDING), Notice.ends_at <= now)
    return await session.scalar(query.order_by(Notice.ends_at).limit(1))


async def fault_by_reference(session: AsyncSession, tenant_id: UUID | None, reference: str) -> UUID | None:
    """Id of the fault report of this reference."""
    query = select(FaultReport.id).where(FaultReport.reference == reference)
    return await session.scalar(query.where(FaultReport.tenant_id.is_not_distinct_from(tenant_id)))


async def fault(
    session: AsyncSession, fault_id: UUID, tenant_id: UUID | None, *, lock: bool = False
) -> FaultReport | None:
    """A fault report of a tenant, or of anybody; locked for a step."""
    query = select(FaultReport).where(FaultReport.id == fault_id)
    if tenant_id is not None:
        query = query.where(FaultReport.tenant_id == tenant_id)
    return await session.scalar(query.with_for_update() if lock else query)


async def faults(session: AsyncSession, filters: FaultFilters, place: ListPlace) -> Sequence[FaultReport]:
    """Newest first."""
    wanted: list[ColumnElement[bool]] = []
    if filters.tenant_id is not None:
        wanted.append(FaultReport.tenant_id == filters.tenant_id)
    if filters.state is not None:
        wanted.append(FaultReport.state == filters.state)
    if filters.severity is not None:
        wanted.append(FaultReport.severity == filters.severity)
    if filters.late_at is not None:
        wanted += [FaultReport.state.in_(UNANSWERED), FaultReport.answer_due_at < filters.late_at]
    query = select(FaultReport).where(*wanted)
    return (await session.scalars(_page(query, FaultReport.id, place))).all()


async def fault_entries(session: AsyncSession, fault_id: UUID) -> Sequence[FaultEntry]:
    """The history, oldest first."""
    query = select(FaultEntry).where(FaultEntry.fault_id == fault_id).order_by(FaultEntry.id)
    return (await session.scalars(query)).all()


async def unanswered_fault(session: AsyncSession, now: datetime) -> FaultReport | None:
    """One whose answer is overdue and nobody has been told, locked."""
    query = select(FaultReport).where(
        FaultReport.state.in_(UNANSWERED),
        FaultReport.overdue_told_at.is_(None),
        FaultReport.answer_due_at < now,
    )
    return await session.scalar(_next(query.order_by(FaultReport.answer_due_at)))


async def unreported_incident(session: AsyncSession, now: datetime) -> FaultReport | None:
    """A security incident whose report is overdue and nobody has been told, locked."""
    query = select(FaultReport).where(
        FaultReport.report_due_at < now,
        FaultReport.authority_told_at.is_(None),
        FaultReport.report_told_at.is_(None),
    )
    return await session.scalar(_next(query.order_by(FaultReport.report_due_at)))


async def add_visit(session: AsyncSession, visit: SupportVisit) -> bool:
    """Whether there was none for this activation."""
    values = {
        "id": visit.id,
        "tenant_id": visit.tenant_id,
        "activated_on": visit.activated_on,
        "due_on": visit.due_on,
    }
    return await session.scalar(_ADD_VISIT, values) is not None


async def unvisited_activations(session: AsyncSession, since: date) -> Sequence[Any]:
    """Days on which a tenant's contract came into service, without a visit that was planned for them."""
    return (await session.execute(_UNVISITED, {"since": since})).all()


async def visit(session: AsyncSession, visit_id: UUID) -> SupportVisit | None:
    """A visit, locked."""
    return await session.scalar(select(SupportVisit).where(SupportVisit.id == visit_id).with_for_update())


async def visits(
    session: AsyncSession, tenant_id: UUID | None, place: ListPlace, *, pending: bool = False
) -> Sequence[SupportVisit]:
    """Of one tenant or of all, newest first."""
    query = select(SupportVisit)
    if tenant_id is not None:
        query = query.where(SupportVisit.tenant_id == tenant_id)
    if pending:
        query = query.where(SupportVisit.done_on.is_(None))
    return (await session.scalars(_page(query, SupportVisit.id, place))).all()


async def overdue_visit(session: AsyncSession, today: date) -> SupportVisit | None:
    """One that should have been, and nobody has been told, locked."""
    query = select(SupportVisit).where(
        SupportVisit.done_on.is_(None),
        SupportVisit.overdue_told_at.is_(None),
        SupportVisit.due_on < today,
    )
    return await session.scalar(_next(query.order_by(SupportVisit.due_on)))


def _next(query: Select[Row]) -> Select[Row]:
    return query.limit(1).with_for_update(skip_locked=True)


def _page(query: Any, id_: Any, place: ListPlace) -> Any:
    return after_in_order(query, id_, place.before, place.limit, oldest_first=place.oldest_first)
