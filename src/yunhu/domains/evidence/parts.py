"""Who contributes to a pack: one line a slice, in the order in which people read."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import EVIDENCE_PART as AUDIT
from yunhu.domains.billing.public import EVIDENCE_PART as METERING
from yunhu.domains.call_cards.public import EVIDENCE_PART as CALL_CARDS
from yunhu.domains.calls.public import CALLS
from yunhu.domains.calls.public import EVIDENCE_PART as CALL_FACTS
from yunhu.domains.filings.public import EVIDENCE_PART as FILINGS
from yunhu.domains.notifications.public import EVIDENCE_PART as NOTIFICATIONS
from yunhu.domains.numbers.public import EVIDENCE_PART as NUMBERS
from yunhu.domains.recordings.public import EVIDENCE_PART as RECORDINGS
from yunhu.domains.scripts.public import EVIDENCE_PART as SCRIPTS
from yunhu.domains.sms.public import EVIDENCE_PART as MESSAGE_FACTS
from yunhu.domains.sms.public import MESSAGES
from yunhu.foundation.evidence import AttemptSource, EvidencePart

SOURCES: tuple[AttemptSource, ...] = (CALLS, MESSAGES)
PARTS: tuple[EvidencePart, ...] = (
    FILINGS,
    SCRIPTS,
    NUMBERS,
    CALL_FACTS,
    MESSAGE_FACTS,
    NOTIFICATIONS,
    CALL_CARDS,
    RECORDINGS,
    METERING,
    AUDIT,
)

CallsOfComplaint = Callable[[AsyncSession, UUID, UUID], Awaitable[Sequence[UUID] | None]]
"""The calls that a tenant's complaint is about; None: there is no such complaint."""
COMPLAINT_CALLS: CallsOfComplaint | None = None
"""Of the slice that takes complaints."""
