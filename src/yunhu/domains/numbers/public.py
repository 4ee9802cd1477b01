"""What other slices may use of caller numbers."""

from yunhu.domains.numbers.evidence import EVIDENCE_PART
from yunhu.domains.numbers.repository import trunks_in_use
from yunhu.domains.numbers.rotation import (
    BELOW_LIMITS,
    COUNT,
    SHOWABLE,
    TAKE,
    Shown,
    clock_columns,
    give_back,
    next_minute,
)
from yunhu.domains.numbers.service import hold_number, restore_number

__all__ = [
    "BELOW_LIMITS",
    "COUNT",
    "EVIDENCE_PART",
    "SHOWABLE",
    "TAKE",
    "Shown",
    "clock_columns",
    "give_back",
    "hold_number",
    "next_minute",
    "restore_number",
    "trunks_in_use",
]
