"""The words of a contract: what is sold, the states, what can stand against service."""

from enum import StrEnum


class ItemKind(StrEnum):
    """What can be sold (rows B1 to B6)."""

    CONSOLE = "console"
    ROBOT = "robot"
    CALLER_NUMBER = "caller_number"
    VOICE_NOTIFICATION = "voice_notification"
    CALL_CARD = "call_card"
    DATA_INTERFACE = "data_interface"


METERED = frozenset({ItemKind.VOICE_NOTIFICATION, ItemKind.CALL_CARD})
"""Used up one by one; everything else is used by time."""


class Period(StrEnum):
    """How often the quota and the price of an item come anew, counted from the item's first day."""

    TERM = "term"
    YEAR = "year"
    MONTH = "month"


class Charging(StrEnum):
    """When a voice notification counts as used."""

    ON_ANSWER = "on_answer"
    ON_ATTEMPT = "on_attempt"


class ServiceStart(StrEnum):
    """What service waits for."""

    ON_PAYMENT = "on_payment"
    ON_FIRST_DAY = "on_first_day"
    """Service begins with the term although the prepayment is still to come."""


class ContractState(StrEnum):
    """Where a contract is."""

    DRAFT = "draft"
    SIGNED = "signed"
    AWAITING_PAYMENT = "awaiting_payment"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"
    TERMINATED = "terminated"
    SETTLED = "settled"


STANDING = frozenset(
    {
        ContractState.SIGNED,
        ContractState.AWAITING_PAYMENT,
        ContractState.ACTIVE,
        ContractState.SUSPENDED,
    }
)
"""Signed and not over."""
IN_SERVICE = frozenset({ContractState.ACTIVE, ContractState.SUSPENDED})
OVER = frozenset({ContractState.ENDED, ContractState.TERMINATED})


class Cause(StrEnum):
    """What stands against service. Each is set and lifted by itself."""

    UNPAID = "unpaid"
    COMPLAINT = "complaint"
    DEVIATION = "deviation"
    QUALIFICATION_EXPIRED = "qualification_expired"
    MANUAL = "manual"


class SuspensionState(StrEnum):
    """Where one cause is."""

    PROPOSED = "proposed"
    """A rule asks for it; a person has to confirm."""
    STANDING = "standing"
    LIFTED = "lifted"
    DECLINED = "declined"


class SupplementState(StrEnum):
    """Where a supplement is."""

    DRAFT = "draft"
    SIGNED = "signed"
    """Its day has not come."""
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"


class Side(StrEnum):
    """Who caused the end of a contract."""

    OPERATOR = "operator"
    TENANT = "tenant"
    NOBODY = "nobody"
    """By agreement, or the term is over."""


class ClaimKind(StrEnum):
    """What a claim for money is about."""

    PREPAYMENT = "prepayment"
    SUPPLEMENT = "supplement"


class ShortfallKind(StrEnum):
    """What the operator supplied less of than the contract grants."""

    ROBOT = "robot"
    CALLER_NUMBER = "caller_number"
    TRUNK = "trunk"
    """The numbers are there, but nothing carries them."""
