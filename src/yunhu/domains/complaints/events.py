"""What this slice publishes."""

from datetime import datetime
from typing import Any

from yunhu.domains.complaints.models import Complaint
from yunhu.foundation.outbox import Event

EVENT_TYPES = {
    "complaint.registered": "A complaint about the tenant's calls came in.",
    "complaint.answered": "A complaint was answered.",
    "complaint.closed": "A complaint was closed.",
    "complaint.dismissed": "A complaint does not concern the tenant's calls.",
    "complaint.reopened": "A complaint is looked into again.",
    "complaint.overdue": "A complaint was not answered in time.",
    "complaint.threshold_reached": "The complaints of a month reached the contract's threshold.",
    "complaint.paused": "A complaint pauses a script or a caller number.",
    "complaint.resumed": "A script or a caller number may be used again.",
}
"""Every type, with its meaning. The subject is the complaint."""


def complaint_event(type_: str, row: Complaint, at: datetime, **more: Any) -> Event:
    """About one complaint; nothing of the person who complains."""
    payload = {
        "complaint_id": str(row.id),
        "reference": row.reference,
        "source": row.source,
        "about": row.about,
        "state": row.state,
        "month": row.month.isoformat(),
        "due_on": row.due_on.isoformat(),
        **more,
    }
    return Event(row.tenant_id, type_, row.id, payload, at)
