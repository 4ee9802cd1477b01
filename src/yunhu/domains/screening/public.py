"""What other slices and the entrypoints may use of screening."""

from yunhu.domains.screening.carriers import CarrierFinding, carrier_findings
from yunhu.domains.screening.screen import RULE, Action, Hit, Screen, WordList, blocking, screen_filled
from yunhu.domains.screening.store import Screens, current_screen

__all__ = [
    "RULE",
    "Action",
    "CarrierFinding",
    "Hit",
    "Screen",
    "Screens",
    "WordList",
    "blocking",
    "carrier_findings",
    "current_screen",
    "screen_filled",
]
