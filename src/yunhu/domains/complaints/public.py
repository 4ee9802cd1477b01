"""What other slices and the entrypoints may use of complaints."""

from yunhu.domains.complaints.events import EVENT_TYPES
from yunhu.domains.complaints.gate import GATE_PART

__all__ = ["EVENT_TYPES", "GATE_PART"]
