"""What can be exported, of every slice, and the process that writes an export."""

import sys
from collections.abc import Callable, Sequence

from yunhu.domains.calls import wiring as calls
from yunhu.domains.exports.public import Offer
from yunhu.domains.notifications import wiring as notifications
from yunhu.domains.reports import wiring as reports
from yunhu.domains.sms import wiring as sms

SLICES: tuple[Callable[[], Sequence[Offer]], ...] = (
    notifications.exports,
    calls.exports,
    sms.exports,
    reports.exports,
)
WRITER = (sys.executable, "-m", "yunhu.entrypoints.export_child")
"""Takes the settings from its environment, the job from standard input."""


def all_offers() -> dict[str, Offer]:
    """By name."""
    offers = [offer for slice_ in SLICES for offer in slice_()]
    named = {offer.name: offer for offer in offers}
    if len(named) != len(offers):
        raise ValueError("two offers of exports have one name")
    return named
