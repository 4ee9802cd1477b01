"""The filled text before the gate: what the variables bring in is screened each time (row C7)."""

from typing import Any

import msgspec

from yunhu.domains.screening.public import RULE, Screen, screen_filled
from yunhu.foundation.errors import YunhuError
from yunhu.foundation.verdicts import Finding, allowed
from yunhu.speech.reading import Slot, render_text


def content_screened(screen: Screen, row: Any) -> Finding:
    """The finding about a row's text with its parameters. One that cannot be filled at all fails later, by name."""
    try:
        filled = render_text(row.script_text, row.parameters)
    except YunhuError:
        return allowed(RULE, filled=False)
    slots = msgspec.convert(row.slots, tuple[Slot, ...])
    return screen_filled(screen, row.script_text, slots, row.parameters, filled)
