"""What other slices and the entrypoints may use of complaints."""

from yunhu.domains.complaints.events import EVENT_TYPES
from yunhu.domains.complaints.evidence import EVIDENCE_PART, attempts_of_complaint
from yunhu.domains.complaints.gate import GATE_PART

__all__ = ["EVENT_TYPES", "EVIDENCE_PART", "GATE_PART", "attempts_of_complaint"]
