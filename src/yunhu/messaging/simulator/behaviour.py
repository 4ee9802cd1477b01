"""How simulated phones and the simulated centre behave, by the last digits of the number."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from yunhu.foundation.phone import Phone
from yunhu.messaging.port import MessageState, RefusalClass


class Behaviour(StrEnum):
    """What happens to a message."""

    DELIVERED = "delivered"
    """Accepted, shown by the phone, receipt at once."""
    LATE_RECEIPT = "late_receipt"
    """As delivered, but the receipt takes long."""
    NO_RECEIPT = "no_receipt"
    """As delivered, but no receipt ever comes."""
    UNDELIVERABLE = "undeliverable"
    """Accepted; the receipt says that the phone cannot be reached."""
    EXPIRED = "expired"
    """Accepted; the receipt says that the validity ran out."""
    REJECTED = "rejected"
    """Refused for good: invalid destination."""
    UNAVAILABLE = "unavailable"
    """Refused for now: the centre has an inner error."""
    THROTTLED = "throttled"
    """Refused: too fast, and waiting did not help."""
    CONNECTION_BROKEN = "connection_broken"
    """Shown by the phone, but the connection breaks before the centre's answer: the outcome is uncertain."""


DEFAULT_BEHAVIOURS: Mapping[str, Behaviour] = MappingProxyType(
    {
        "0001": Behaviour.UNDELIVERABLE,
        "0002": Behaviour.EXPIRED,
        "0003": Behaviour.REJECTED,
        "0004": Behaviour.UNAVAILABLE,
        "0005": Behaviour.THROTTLED,
        "0006": Behaviour.NO_RECEIPT,
        "0007": Behaviour.LATE_RECEIPT,
        "0008": Behaviour.CONNECTION_BROKEN,
    }
)
"""Endings of numbers; every other number is `delivered`."""

SHOWN_BY_PHONE = frozenset(
    {Behaviour.DELIVERED, Behaviour.LATE_RECEIPT, Behaviour.NO_RECEIPT, Behaviour.CONNECTION_BROKEN}
)

REFUSALS: Mapping[Behaviour, tuple[RefusalClass, str, str]] = MappingProxyType(
    {
        Behaviour.REJECTED: (RefusalClass.PERMANENT, "0x0000000b", "ESME_RINVDSTADR"),
        Behaviour.UNAVAILABLE: (RefusalClass.TEMPORARY, "0x00000008", "ESME_RSYSERR"),
        Behaviour.THROTTLED: (RefusalClass.THROTTLED, "0x00000058", "ESME_RTHROTTLED"),
    }
)
"""Class, raw code and name, as the SMPP adapter would report them."""

RECEIPTS: Mapping[Behaviour, tuple[MessageState, str, str]] = MappingProxyType(
    {
        Behaviour.DELIVERED: (MessageState.DELIVERED, "DELIVRD", "000"),
        Behaviour.LATE_RECEIPT: (MessageState.DELIVERED, "DELIVRD", "000"),
        Behaviour.UNDELIVERABLE: (MessageState.UNDELIVERABLE, "UNDELIV", "001"),
        Behaviour.EXPIRED: (MessageState.EXPIRED, "EXPIRED", "002"),
    }
)
"""State, stat and err."""


def behaviour_of(phone: Phone, table: Mapping[str, Behaviour]) -> Behaviour:
    """The behaviour of the longest ending in the table that the number has."""
    endings = [ending for ending in table if ending and phone.e164.endswith(ending)]
    return table[max(endings, key=len)] if endings else Behaviour.DELIVERED
