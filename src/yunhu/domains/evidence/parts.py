"""Who contributes to a pack: one line a slice, in the order in which people read."""

from yunhu.domains.audit.public import EVIDENCE_PART as AUDIT
from yunhu.domains.billing.public import EVIDENCE_PART as METERING
from yunhu.domains.call_cards.public import EVIDENCE_PART as CALL_CARDS
from yunhu.domains.calls.public import CALLS
from yunhu.domains.calls.public import EVIDENCE_PART as CALL_FACTS
from yunhu.domains.complaints.public import EVIDENCE_PART as COMPLAINTS
from yunhu.domains.complaints.public import attempts_of_complaint
from yunhu.domains.consent.public import CONSENTS_PART, REFUSALS_PART
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
    COMPLAINTS,
    CONSENTS_PART,
    REFUSALS_PART,
    CALL_FACTS,
    MESSAGE_FACTS,
    NOTIFICATIONS,
    CALL_CARDS,
    RECORDINGS,
    METERING,
    AUDIT,
)
__all__ = ["PARTS", "SOURCES", "attempts_of_complaint"]
