"""What other slices and the entrypoints may use of privacy."""

from yunhu.domains.privacy.holds import hold_call, lift_hold
from yunhu.domains.privacy.kinds import DataKind

__all__ = ["DataKind", "hold_call", "lift_hold"]
