"""A card as a flash SMS (class 0): shown at once and not stored, where the network lets it through."""

from collections.abc import Callable
from datetime import timedelta

from yunhu.messaging.cards.port import Card, CardState, Pushed
from yunhu.messaging.port import Accepted, RefusalClass, ShortMessage, SmscClient, SubmitUncertainError

_WORTH = timedelta(seconds=60)
"""A flash that arrives long after the call only puzzles."""


class FlashCards:
    """Pushes through the tenant's own SMSC account. Receipts come with the account's others, by reference."""

    with_invite = False

    def __init__(self, client: Callable[[], SmscClient | None], source: str, lead: timedelta) -> None:
        self._client = client
        self._source = source
        self.lead = lead

    async def push(self, card: Card) -> Pushed:
        """Submit it and wait for the SMSC's answer."""
        client = self._client()
        if client is None:
            return Pushed(state=CardState.FAILED, detail="the SMSC account is not connected")
        message = ShortMessage(
            message_id=card.push_id,
            destination=card.callee,
            source=self._source,
            text=flash_text(card),
            flash=True,
            validity=_WORTH,
        )
        try:
            answer = await client.submit(message)
        except SubmitUncertainError as error:
            return Pushed(state=CardState.REQUESTED, detail=error.reason)
        if isinstance(answer, Accepted):
            return Pushed(state=CardState.ACCEPTED, reference=answer.smsc_message_ids[0])
        state = CardState.UNSUPPORTED if answer.refusal is RefusalClass.PERMANENT else CardState.FAILED
        return Pushed(state=state, detail=f"{answer.code} {answer.detail}".strip())

    async def close(self) -> None:
        """The account belongs to others."""


def flash_text(card: Card) -> str:
    """What the phone shows for a moment: the signature first, as carriers want it."""
    return f"【{card.name}】即将来电：{card.reason}" if card.reason else f"【{card.name}】即将来电"
