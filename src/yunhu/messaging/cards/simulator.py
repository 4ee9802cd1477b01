"""The sandbox's card service: cards lie as JSON files beside what simulated phones heard."""

from datetime import timedelta
from pathlib import Path

import msgspec

from yunhu.messaging.cards.port import Card, CardState, Pushed

_BEHAVIOUR = {"7001": CardState.UNSUPPORTED, "7002": CardState.FAILED, "7003": CardState.ACCEPTED}
"""By the last four digits of the phone; every other phone shows its card at once."""


class SimulatedCards:
    """Writes what a phone would show to `cards/<push id>.json`."""

    with_invite = False

    def __init__(self, directory: Path, lead: timedelta = timedelta(seconds=1)) -> None:
        self._directory = directory / "cards"
        self.lead = lead

    async def push(self, card: Card) -> Pushed:
        """Show it, unless the phone is one of those that cannot."""
        state = _BEHAVIOUR.get(card.callee.national[-4:], CardState.DISPLAYED)
        if state in (CardState.UNSUPPORTED, CardState.FAILED):
            return Pushed(state=state, detail="so this simulated phone behaves")
        self._directory.mkdir(parents=True, exist_ok=True)
        shown = {
            "phone": card.callee.masked,
            "caller_number": card.caller_number.dialled,
            "name": card.name,
            "reason": card.reason,
            "state": state.value,
        }
        target = self._directory / f"{card.push_id}.json"
        target.write_bytes(msgspec.json.format(msgspec.json.encode(shown), indent=2) + b"\n")
        return Pushed(state=state, reference=str(card.push_id))

    async def close(self) -> None:
        """Nothing is held."""
