"""What other slices and the entrypoints may use of billing."""

from yunhu.domains.billing.evidence import EVIDENCE_PART
from yunhu.domains.billing.gate import GATE_PART
from yunhu.domains.billing.metering import HOLD, hold, settle_call

__all__ = ["EVIDENCE_PART", "GATE_PART", "HOLD", "hold", "settle_call"]
