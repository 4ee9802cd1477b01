"""What other slices may use of consent."""

from yunhu.domains.consent.evidence import ConsentWish, give_consent, withdraw_consent
from yunhu.domains.consent.evidence_part import CONSENTS_PART, REFUSALS_PART
from yunhu.domains.consent.gate import GATE_PART
from yunhu.domains.consent.models import RefusalSource
from yunhu.domains.consent.service import lift, refuse, standing_refusals

__all__ = [
    "CONSENTS_PART",
    "GATE_PART",
    "REFUSALS_PART",
    "ConsentWish",
    "RefusalSource",
    "give_consent",
    "lift",
    "refuse",
    "standing_refusals",
    "withdraw_consent",
]
