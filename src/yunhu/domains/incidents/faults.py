"""Use cases of fault reports (障碍申报, row C14) and of the report clock of security incidents (row D6)."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.incidents import repository
from yunhu.domains.incidents.errors import FaultExistsError, FaultNotFoundError, NoSecurityIncidentError
from yunhu.domains.incidents.events import fault_events
from yunhu.domains.incidents.models import FaultEntry, FaultReport
from yunhu.domains.incidents.rules import Severity, Term
from yunhu.domains.incidents.states import FaultState, FaultStep, Side, fault_after
from yunhu.foundation.actor import Actor
from yunhu.foundation.ids import new_id
from yunhu.foundation.outbox import publish

_TOLD = {
    FaultStep.ANSWER: "fault.answered",
    FaultStep.RESOLVE: "fault.resolved",
    FaultStep.CLOSE: "fault.closed",
    FaultStep.REOPEN: "fault.reopened",
}


class FaultWish(msgspec.Struct, frozen=True, kw_only=True):
    """What is reported."""

    tenant_id: UUID | None
    reference: str
    title: str
    description: str
    severity: Severity
    security_incident: bool = False


class By(msgspec.Struct, frozen=True):
    """Who does it, for which party, when."""

    actor: Actor
    side: Side
    now: datetime


class StepWish(msgspec.Struct, frozen=True):
    """What is to happen to a fault report."""

    step: FaultStep
    text: str
    severity: Severity | None = None
    """The new one, where it is reclassified."""


async def report_fault(session: AsyncSession, wish: FaultWish, by: By) -> FaultReport:
    """Take a fault report; its clocks begin. Raises `FaultExistsError`."""
    known = await repository.fault_by_reference(session, wish.tenant_id, wish.reference)
    if known is not None:
        raise FaultExistsError(id=str(known))
    terms = await repository.load_terms(session)
    row = FaultReport(
        id=new_id(),
        tenant_id=wish.tenant_id,
        reference=wish.reference,
        title=wish.title,
        description=wish.description,
        severity=wish.severity,
        state=FaultState.OPEN,
        reported_side=by.side,
        reported_by=by.actor.name,
        created_at=by.now,
        clock_from=by.now,
        answer_due_at=by.now + terms.answer(wish.severity),
        security_incident=wish.security_incident,
        report_due_at=by.now + terms.span(Term.SECURITY_REPORT) if wish.security_incident else None,
    )
    session.add(row)
    await session.flush()
    _enter(session, row, "report", wish.description, by)
    await publish(session, fault_events("fault.reported", row, by.now))
    await _record(session, row, "report", {}, by)
    return row


async def take_step(
    session: AsyncSession, fault_id: UUID, tenant_id: UUID | None, wish: StepWish, by: By
) -> FaultReport:
    """Raises `FaultNotFoundError`, `FaultSideError`, `FaultStepError`."""
    row = await _locked(session, fault_id, tenant_id)
    before = _shown(row)
    row.state = fault_after(FaultState(row.state), wish.step, by.side)
    await _keep_clocks(session, row, wish, by.now)
    _enter(session, row, wish.step, wish.text, by)
    await session.flush()
    if wish.step in _TOLD:
        await publish(session, fault_events(_TOLD[wish.step], row, by.now))
    await _record(session, row, wish.step, before, by)
    return row


async def record_security_report(session: AsyncSession, fault_id: UUID, text: str, by: By) -> FaultReport:
    """The security incident was reported to whom it may concern; a second report only adds to the history.

    Raises `FaultNotFoundError`, `NoSecurityIncidentError`.
    """
    row = await _locked(session, fault_id, None)
    if not row.security_incident:
        raise NoSecurityIncidentError
    before = _shown(row)
    row.authority_told_at = row.authority_told_at or by.now
    _enter(session, row, "security_report", text, by)
    await session.flush()
    await _record(session, row, "security_report", before, by)
    return row


async def tell_overdue_answer(session: AsyncSession, by: By) -> bool:
    """Tell of one fault report whose answer is late. True when there was one."""
    row = await repository.unanswered_fault(session, by.now)
    if row is None:
        return False
    before = _shown(row)
    row.overdue_told_at = by.now
    await _alarm(session, row, "overdue", before, by)
    return True


async def tell_overdue_report(session: AsyncSession, by: By) -> bool:
    """Tell of one security incident whose report is late (row D6). True when there was one."""
    row = await repository.unreported_incident(session, by.now)
    if row is None:
        return False
    before = _shown(row)
    row.report_told_at = by.now
    await _alarm(session, row, "report_overdue", before, by)
    return True


async def _alarm(session: AsyncSession, row: FaultReport, what: str, before: dict[str, Any], by: By) -> None:
    _enter(session, row, what, "", by)
    await session.flush()
    await publish(session, fault_events(f"fault.{what}", row, by.now))
    await _record(session, row, what, before, by)


async def _keep_clocks(session: AsyncSession, row: FaultReport, wish: StepWish, now: datetime) -> None:
    match wish.step:
        case FaultStep.ANSWER:
            row.answered_at = row.answered_at or now
        case FaultStep.RESOLVE:
            row.resolved_at = now
        case FaultStep.CLOSE:
            row.closed_at = now
        case FaultStep.REOPEN:
            terms = await repository.load_terms(session)
            row.clock_from, row.answer_due_at = now, now + terms.answer(Severity(row.severity))
            row.answered_at = row.overdue_told_at = row.resolved_at = row.closed_at = None
        case FaultStep.RECLASSIFY if wish.severity is not None:
            await _reclassify(session, row, wish.severity)
        case _:
            pass


async def _reclassify(session: AsyncSession, row: FaultReport, severity: Severity) -> None:
    """The clock keeps its beginning and takes the length of the new severity."""
    terms = await repository.load_terms(session)
    row.severity, row.answer_due_at = severity, row.clock_from + terms.answer(severity)
    row.overdue_told_at = None


async def _locked(session: AsyncSession, fault_id: UUID, tenant_id: UUID | None) -> FaultReport:
    row = await repository.fault(session, fault_id, tenant_id, lock=True)
    if row is None:
        raise FaultNotFoundError
    return row


def _enter(session: AsyncSession, row: FaultReport, step: str, text: str, by: By) -> None:
    session.add(
        FaultEntry(
            id=new_id(),
            fault_id=row.id,
            tenant_id=row.tenant_id,
            at=by.now,
            step=step,
            state=row.state,
            side=by.side,
            actor=by.actor.name,
            text=text,
        )
    )


def _shown(row: FaultReport) -> dict[str, Any]:
    return {
        "severity": row.severity,
        "state": row.state,
        "answer_due_at": row.answer_due_at,
        "answered_at": row.answered_at,
        "authority_told_at": row.authority_told_at,
        "overdue_told_at": row.overdue_told_at,
        "report_told_at": row.report_told_at,
    }


async def _record(session: AsyncSession, row: FaultReport, what: str, before: dict[str, Any], by: By) -> None:
    await session.flush()
    await record(
        session,
        by.actor,
        action=f"fault.{what}",
        subject=("fault", row.id),
        tenant_id=row.tenant_id,
        before=before,
        after=_shown(row),
        now=by.now,
    )
