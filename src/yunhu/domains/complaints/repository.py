"""Every query about complaints."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.complaints.models import (
    Complaint,
    ComplaintCall,
    ComplaintEntry,
    ComplaintMessage,
    ComplaintMonth,
    ComplaintTerm,
)
from yunhu.domains.complaints.rules import (
    DEFAULT_TERMS,
    LINKED_BACK,
    MOST_LINKED,
    ComplaintSource,
    LinkKind,
)
from yunhu.domains.complaints.states import UNANSWERED, ComplaintState
from yunhu.domains.identity.public import Tenant
from yunhu.foundation.clock import natural_day
from yunhu.foundation.db.paging import after_in_order

# The row is locked until the transaction ends: two complaints never read the same count.
_COUNT = text(
    """
    INSERT INTO complaint_months AS m (tenant_id, month, counted) VALUES (:tenant_id, :month, greatest(:change, 0))
    ON CONFLICT (tenant_id, month) DO UPDATE SET counted = m.counted + :change
    RETURNING counted
    """
)

# The tables belong to other slices: calls and messages are looked at here, and never changed.
_CALLS_BY_ID = text(
    """
    SELECT c.id, v.script_id, c.caller_number_id, n.tenant_id AS number_tenant_id
    FROM calls AS c JOIN script_versions AS v ON v.id = c.script_version_id
    JOIN caller_numbers AS n ON n.id = c.caller_number_id
    WHERE c.id = ANY(CAST(:ids AS uuid[])) AND c.tenant_id = :tenant_id ORDER BY c.id DESC
    """
)
_CALLS_TO = text(
    """
    SELECT c.id FROM calls AS c
    WHERE c.callee_index = :index AND c.tenant_id = :tenant_id AND c.day >= :first_day AND c.reserved_at <= :until
    ORDER BY c.id DESC LIMIT :limit
    """
)
_EVIDENCE = text(
    """
    SELECT k.call_id, c.reserved_at, c.answered_at, c.result, c.caller_number, s.slug AS script, c.text_hash,
        c.filing_version_id, f.name AS filing, w.number AS filing_number, r.sha256 AS recording_sha256,
        (SELECT found -> 'saw' ->> 'consent_id' FROM jsonb_array_elements(c.verdict -> 'findings') AS found
         WHERE found ->> 'rule' = 'consent' LIMIT 1) AS consent_id
    FROM complaint_calls AS k
    LEFT JOIN calls AS c ON c.id = k.call_id
    LEFT JOIN script_versions AS v ON v.id = c.script_version_id
    LEFT JOIN scripts AS s ON s.id = v.script_id
    LEFT JOIN filing_versions AS w ON w.id = c.filing_version_id
    LEFT JOIN filings AS f ON f.id = w.filing_id
    LEFT JOIN recordings AS r ON r.call_id = c.id
    WHERE k.complaint_id = :complaint_id ORDER BY k.call_id
    """
)
_MESSAGES_BY_ID = text(
    """
    SELECT m.id, v.script_id FROM sms_messages AS m JOIN script_versions AS v ON v.id = m.script_version_id
    WHERE m.id = ANY(CAST(:ids AS uuid[])) AND m.tenant_id = :tenant_id ORDER BY m.id DESC
    """
)
_MESSAGES_TO = text(
    """
    SELECT m.id FROM sms_messages AS m
    WHERE m.callee_index = :index AND m.tenant_id = :tenant_id AND m.created_at BETWEEN :since AND :until
    ORDER BY m.created_at DESC LIMIT :limit
    """
)
_MESSAGE_EVIDENCE = text(
    """
    SELECT k.message_id, m.created_at, m.final_at, m.state, m.callee_cipher, m.text, s.slug AS script, m.text_hash,
        m.filing_version_id, f.name AS filing, w.number AS filing_number,
        (SELECT found -> 'saw' ->> 'consent_id' FROM jsonb_array_elements(m.verdict -> 'findings') AS found
         WHERE found ->> 'rule' = 'consent' LIMIT 1) AS consent_id
    FROM complaint_messages AS k
    LEFT JOIN sms_messages AS m ON m.id = k.message_id
    LEFT JOIN script_versions AS v ON v.id = m.script_version_id
    LEFT JOIN scripts AS s ON s.id = v.script_id
    LEFT JOIN filing_versions AS w ON w.id = m.filing_version_id
    LEFT JOIN filings AS f ON f.id = w.filing_id
    WHERE k.complaint_id = :complaint_id ORDER BY k.message_id
    """
)
_SET_TERM = text(
    """
    INSERT INTO complaint_terms (source, working_days, changed_at, changed_by) VALUES (:source, :days, :now, :by)
    ON CONFLICT (source) DO UPDATE SET working_days = :days, changed_at = :now, changed_by = :by
    """
)


_CALL_MOMENT = text("SELECT reserved_at FROM calls WHERE id = :id AND tenant_id = :tenant_id")
_MESSAGE_MOMENT = text("SELECT created_at FROM sms_messages WHERE id = :id AND tenant_id = :tenant_id")
_SCRIPTS_OF = text(
    """
    SELECT v.id, s.slug FROM script_versions AS v JOIN scripts AS s ON s.id = v.script_id
    WHERE v.id = ANY(CAST(:ids AS uuid[]))
    """
)
_LINKS: Mapping[LinkKind, tuple[Any, Any]] = {
    LinkKind.CALLS: (ComplaintCall, ComplaintCall.call_id),
    LinkKind.MESSAGES: (ComplaintMessage, ComplaintMessage.message_id),
}
_PROPOSAL = text("SELECT contract_id, state, asked_at FROM contract_suspensions WHERE id = :id")
_HELD_FOR = text("SELECT state_reason FROM caller_numbers WHERE id = :id AND state = 'held'")


class ComplaintFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which complaints."""

    tenant_id: UUID | None = None
    """Without one, of everybody."""
    state: ComplaintState | None = None
    source: ComplaintSource | None = None
    month: date | None = None
    call_id: UUID | None = None
    message_id: UUID | None = None
    late_at: datetime | None = None
    """Only those whose answer was due before this day and did not come."""
    oldest_first: bool = False


async def tenant_of(session: AsyncSession, slug: str) -> UUID | None:
    """Id of the tenant with that slug."""
    return await session.scalar(select(Tenant.id).where(Tenant.slug == slug))


async def tenants_of(session: AsyncSession, tenant_ids: Collection[UUID]) -> Mapping[UUID, Any]:
    """(slug, name) of tenants by id."""
    query = select(Tenant.id, Tenant.slug, Tenant.name).where(Tenant.id.in_(tenant_ids))
    return {row.id: row for row in await session.execute(query)}


async def proposal_of(session: AsyncSession, suspension_id: UUID) -> Any | None:
    """(contract_id, state, asked_at) of the suspension that a complaint proposed."""
    return (await session.execute(_PROPOSAL, {"id": suspension_id})).one_or_none()


async def by_reference(session: AsyncSession, tenant_id: UUID, reference: str) -> UUID | None:
    """Id of the complaint of this reference."""
    query = select(Complaint.id).where(Complaint.tenant_id == tenant_id, Complaint.reference == reference)
    return await session.scalar(query)


async def find(
    session: AsyncSession, complaint_id: UUID, tenant_id: UUID | None, *, lock: bool = False
) -> Complaint | None:
    """A complaint about a tenant, or about anybody; locked for a step."""
    query = select(Complaint).where(Complaint.id == complaint_id)
    if tenant_id is not None:
        query = query.where(Complaint.tenant_id == tenant_id)
    return await session.scalar(query.with_for_update() if lock else query)


async def complaints(
    session: AsyncSession, filters: ComplaintFilter, *, before: UUID | None, limit: int
) -> Sequence[Complaint]:
    """Newest first, unless the filters say otherwise."""
    query: Select[Complaint] = select(Complaint)
    if filters.tenant_id is not None:
        query = query.where(Complaint.tenant_id == filters.tenant_id)
    for column, wanted in (
        (Complaint.state, filters.state),
        (Complaint.source, filters.source),
        (Complaint.month, filters.month),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if filters.call_id is not None:
        linked = select(ComplaintCall.complaint_id).where(ComplaintCall.call_id == filters.call_id)
        query = query.where(Complaint.id.in_(linked))
    if filters.message_id is not None:
        about = select(ComplaintMessage.complaint_id).where(ComplaintMessage.message_id == filters.message_id)
        query = query.where(Complaint.id.in_(about))
    if filters.late_at is not None:
        today = natural_day(filters.late_at)
        query = query.where(Complaint.state.in_(UNANSWERED), Complaint.due_on < today)
    query = after_in_order(query, Complaint.id, before, limit, oldest_first=filters.oldest_first)
    return (await session.scalars(query)).all()


async def entries_of(session: AsyncSession, complaint_id: UUID) -> Sequence[ComplaintEntry]:
    """The history, oldest first."""
    query = select(ComplaintEntry).where(ComplaintEntry.complaint_id == complaint_id)
    return (await session.scalars(query.order_by(ComplaintEntry.id))).all()


async def evidence_of(session: AsyncSession, complaint_id: UUID) -> Sequence[Any]:
    """The linked calls with what proves them; a call that was removed since has its id alone."""
    return (await session.execute(_EVIDENCE, {"complaint_id": complaint_id})).all()


async def messages_of(session: AsyncSession, complaint_id: UUID) -> Sequence[Any]:
    """The linked messages with what proves them; one that was removed since has its id alone."""
    return (await session.execute(_MESSAGE_EVIDENCE, {"complaint_id": complaint_id})).all()


async def messages_by_id(session: AsyncSession, tenant_id: UUID, ids: Collection[UUID]) -> Sequence[Any]:
    """(id, script_id) of a tenant's messages, newest first."""
    return (await session.execute(_MESSAGES_BY_ID, {"ids": list(ids), "tenant_id": tenant_id})).all()


async def messages_to(
    session: AsyncSession, tenant_id: UUID, index: bytes, until: datetime
) -> Sequence[UUID]:
    """The tenant's messages to one person in the time before a complaint, newest first."""
    values = {
        "tenant_id": tenant_id,
        "index": index,
        "since": until - LINKED_BACK,
        "until": until,
        "limit": MOST_LINKED,
    }
    return (await session.scalars(_MESSAGES_TO, values)).all()


async def calls_by_id(session: AsyncSession, tenant_id: UUID, ids: Collection[UUID]) -> Sequence[Any]:
    """(id, script_id, caller_number_id, number_tenant_id) of a tenant's calls, newest first."""
    return (await session.execute(_CALLS_BY_ID, {"ids": list(ids), "tenant_id": tenant_id})).all()


async def calls_to(session: AsyncSession, tenant_id: UUID, index: bytes, until: datetime) -> Sequence[UUID]:
    """The tenant's calls to one person in the time before a complaint, newest first."""
    values = {
        "tenant_id": tenant_id,
        "index": index,
        "first_day": natural_day(until - LINKED_BACK),
        "until": until,
        "limit": MOST_LINKED,
    }
    return (await session.scalars(_CALLS_TO, values)).all()


async def linked_ids(session: AsyncSession, complaint_id: UUID, kind: LinkKind) -> list[UUID]:
    """What a complaint is linked to, oldest first; also what was removed since."""
    table, column = _LINKS[kind]
    query = select(column).where(table.complaint_id == complaint_id).order_by(column)
    return list((await session.scalars(query)).all())


async def add_link(session: AsyncSession, row: Complaint, kind: LinkKind, attempt_id: UUID) -> None:
    """Link it; the complaint is locked, so nobody else does."""
    table, column = _LINKS[kind]
    session.add(table(complaint_id=row.id, tenant_id=row.tenant_id, **{column.key: attempt_id}))
    await session.flush()


async def remove_link(session: AsyncSession, complaint_id: UUID, kind: LinkKind, attempt_id: UUID) -> None:
    """Take a link away."""
    table, column = _LINKS[kind]
    await session.execute(delete(table).where(table.complaint_id == complaint_id, column == attempt_id))


async def moment_of(
    session: AsyncSession, tenant_id: UUID, kind: LinkKind, attempt_id: UUID
) -> datetime | None:
    """When a tenant's call or message began."""
    statement = _CALL_MOMENT if kind is LinkKind.CALLS else _MESSAGE_MOMENT
    found: datetime | None = await session.scalar(statement, {"id": attempt_id, "tenant_id": tenant_id})
    return found


async def scripts_of_versions(session: AsyncSession, version_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Slugs of the scripts that these are versions of."""
    found = await session.execute(_SCRIPTS_OF, {"ids": list(version_ids)})
    return {row.id: row.slug for row in found}


async def count(session: AsyncSession, tenant_id: UUID, month: date, change: int) -> int:
    """Change the month's counter; what it says now. Nobody else changes it until the transaction ends."""
    counted = await session.scalar(_COUNT, {"tenant_id": tenant_id, "month": month, "change": change})
    return int(counted or 0)


async def months_of(session: AsyncSession, tenant_id: UUID, limit: int) -> Sequence[ComplaintMonth]:
    """The newest months in which a complaint counts."""
    query = select(ComplaintMonth).where(ComplaintMonth.tenant_id == tenant_id)
    return (await session.scalars(query.order_by(ComplaintMonth.month.desc()).limit(limit))).all()


async def others_pausing_number(session: AsyncSession, number_id: UUID, but: UUID) -> bool:
    """Whether another complaint wants the number paused."""
    query = select(Complaint.id).where(
        Complaint.caller_number_id == number_id, Complaint.number_paused_at.is_not(None), Complaint.id != but
    )
    return await session.scalar(query.limit(1)) is not None


async def reason_of_hold(session: AsyncSession, number_id: UUID) -> str | None:
    """Why a caller number is held; None when it is not."""
    reason: str | None = await session.scalar(_HELD_FOR, {"id": number_id})
    return reason


async def unanswered(session: AsyncSession, now: datetime) -> Complaint | None:
    """One whose answer is late and nobody has been told, locked."""
    query = select(Complaint).where(
        Complaint.state.in_(UNANSWERED),
        Complaint.overdue_told_at.is_(None),
        Complaint.due_on < natural_day(now),
    )
    return await session.scalar(query.order_by(Complaint.due_on).limit(1).with_for_update(skip_locked=True))


async def terms(session: AsyncSession) -> Mapping[ComplaintSource, int]:
    """Working days until the answer, for each source."""
    rows = (await session.scalars(select(ComplaintTerm))).all()
    return {**DEFAULT_TERMS, **{ComplaintSource(row.source): row.working_days for row in rows}}


async def set_term(session: AsyncSession, source: ComplaintSource, days: int, by: str, now: datetime) -> None:
    """Set a term; what runs already keeps its own."""
    await session.execute(_SET_TERM, {"source": source.value, "days": days, "by": by, "now": now})
