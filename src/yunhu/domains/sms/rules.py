"""What receipts of parts make of a message."""

from collections.abc import Iterable

from yunhu.domains.sms.models import MessageState
from yunhu.messaging.port import MessageState as PartState

_RECEIVED = frozenset({PartState.DELIVERED})


def settle(parts: Iterable[str | None]) -> MessageState | None:
    """The message's final state, or None while a part may still change.

    One part that failed fails the message: the visitor did not get all of it.
    """
    states = [PartState(state) if state else None for state in parts]
    if any(state is not None and state.final and state not in _RECEIVED for state in states):
        return MessageState.UNDELIVERED
    if states and all(state in _RECEIVED for state in states):
        return MessageState.DELIVERED
    return None
