"""What this slice publishes."""

from datetime import datetime
from uuid import UUID

from yunhu.domains.incidents.models import FaultReport, Notice, SupportVisit
from yunhu.foundation.outbox import Event

EVENT_TYPES = {
    "notice.published": "Maintenance or expansion is announced.",
    "notice.amended": "An announcement has a new text or new times; it is to be acknowledged again.",
    "notice.withdrawn": "What was announced will not happen.",
    "notice.ended": "What was announced is over.",
    "fault.reported": "A fault report was taken.",
    "fault.answered": "The operator answered a fault report.",
    "fault.resolved": "The operator says that the fault is mended.",
    "fault.closed": "A fault report was closed.",
    "fault.reopened": "A fault is there again; the answer clock runs anew.",
    "fault.overdue": "A fault report was not answered in time.",
    "fault.report_overdue": "A security incident was not reported in time.",
    "support_visit.planned": "A support visit is due after an activation.",
    "support_visit.done": "A support visit took place.",
    "support_visit.overdue": "A support visit did not take place in time.",
}
"""Every type, with its meaning. The subject is the notice, the fault report or the visit."""


def notice_event(type_: str, notice: Notice, tenant_id: UUID, at: datetime) -> Event:
    """For one tenant that the notice is addressed to."""
    payload = {
        "notice_id": str(notice.id),
        "reference": notice.reference,
        "kind": notice.kind,
        "urgency": notice.urgency,
        "title": notice.title,
        "starts_at": notice.starts_at.isoformat(),
        "ends_at": notice.ends_at.isoformat(),
        "state": notice.state,
        "revision": notice.revision,
    }
    return Event(tenant_id, type_, notice.id, payload, at)


def fault_events(type_: str, fault: FaultReport, at: datetime) -> list[Event]:
    """None for a fault that concerns no tenant in particular."""
    if fault.tenant_id is None:
        return []
    payload = {
        "fault_id": str(fault.id),
        "reference": fault.reference,
        "title": fault.title,
        "severity": fault.severity,
        "state": fault.state,
        "answer_due_at": fault.answer_due_at.isoformat(),
    }
    return [Event(fault.tenant_id, type_, fault.id, payload, at)]


def visit_event(type_: str, visit: SupportVisit, at: datetime) -> Event:
    """About a support visit."""
    payload = {
        "visit_id": str(visit.id),
        "activated_on": visit.activated_on.isoformat(),
        "due_on": visit.due_on.isoformat(),
        "done_on": visit.done_on.isoformat() if visit.done_on else None,
    }
    return Event(visit.tenant_id, type_, visit.id, payload, at)
