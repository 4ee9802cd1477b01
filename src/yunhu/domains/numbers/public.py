"""What other slices may use of caller numbers."""

from yunhu.domains.numbers.repository import trunks_in_use

__all__ = ["trunks_in_use"]
