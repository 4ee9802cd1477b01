"""What other slices may use of consent."""

from yunhu.domains.consent.models import RefusalSource
from yunhu.domains.consent.service import lift, refuse, standing_refusals

__all__ = ["RefusalSource", "lift", "refuse", "standing_refusals"]
