"""What other slices and the entrypoints may use of screening."""

from yunhu.domains.screening.carriers import CarrierFinding, MessageLength, carrier_findings, message_length
from yunhu.domains.screening.screen import RULE, Action, Hit, Screen, WordList, blocking, screen_filled
from yunhu.domains.screening.store import Screens, current_screen

__all__ = [
    "RULE",
    "Action",
    "CarrierFinding",
    "Hit",
    "MessageLength",
    "Screen",
    "Screens",
    "WordList",
    "blocking",
    "carrier_findings",
    "current_screen",
    "message_length",
    "screen_filled",
]
