"""What other slices may use of caller numbers."""

from yunhu.domains.numbers.repository import cool_down, trunks_in_use

__all__ = ["cool_down", "trunks_in_use"]
