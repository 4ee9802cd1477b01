"""Fill a script's slots from what is known of a visit, or say why that cannot be done."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from yunhu.domains.notifications.rules import JourneyFacts, Reason
from yunhu.domains.scripts.public import ApprovedScript
from yunhu.speech.reading import Slot, SlotValueError, placeholders, read_slot

_MOST_CHECKED = 20_000


class Unfilled(msgspec.Struct, frozen=True):
    """Why a script cannot be filled."""

    reason: Reason
    parameter: str


class SlotChecker:
    """Checks values by their slot's kind and length. Halls send the same matters and windows all day."""

    def __init__(self) -> None:
        self._fault: Callable[[Slot, str], bool] = functools.lru_cache(_MOST_CHECKED)(_is_unfit)

    def fill(self, script: ApprovedScript, known: Mapping[str, str]) -> dict[str, str] | Unfilled:
        """The parameters that the script needs, taken from what is known."""
        parameters = {}
        slots = {slot.name: slot for slot in script.slots}
        for name in placeholders(script.text):
            value = known.get(name)
            if value is None:
                return Unfilled(Reason.PARAMETER_MISSING, name)
            if self._fault(slots[name], value):
                return Unfilled(Reason.PARAMETER_INVALID, name)
            parameters[name] = value
        return parameters


def known_values(journey: JourneyFacts, queue_number: str, attributes: Mapping[str, Any]) -> dict[str, str]:
    """Every value that may fill a slot, by name.

    The visitor's own number is not among them: parameters are kept and published in the clear.
    """
    known = {name: str(value) for name, value in attributes.items() if _is_plain(value)}
    facts = {
        "queue_number": queue_number,
        "matter": journey.matter,
        "window": journey.window,
        "ahead": journey.ahead,
    }
    known.pop("phone", None)
    known.update({name: str(value) for name, value in facts.items() if value is not None})
    return known


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool)


def _is_unfit(slot: Slot, value: str) -> bool:
    try:
        read_slot(slot, value)
    except SlotValueError:
        return True
    return False
