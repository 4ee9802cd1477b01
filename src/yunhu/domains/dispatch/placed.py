"""A call as it was committed, and the trunks that it may leave by."""

from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

import msgspec

from yunhu.domains.call_cards.public import Ticket
from yunhu.domains.notifications.public import DeliveryPlan
from yunhu.foundation.phone import Phone
from yunhu.telephony.port import CallEngine


class Way(msgspec.Struct, frozen=True):
    """One trunk that may carry the numbers of a trunk: itself, or one that stands in for it."""

    numbers_of: UUID
    """The trunk whose numbers may leave by it."""
    trunk: UUID
    limit: int
    """Most calls at a time on `trunk`, of all nodes together."""


class Trunks(Protocol):
    """Which engine carries a trunk on this node."""

    def ways(self) -> list[Way]:
        """Trunks that a call could leave by just now; of equal `numbers_of`, the best first."""

    def engine_of(self, trunk_id: UUID) -> tuple[CallEngine, str]:
        """The engine, and the trunk's name in it."""


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it was committed."""

    call_id: UUID
    notification_id: UUID
    tenant_id: UUID
    journey_id: UUID | None
    callee: Phone
    caller_number: Phone
    trunk_id: UUID
    backups: tuple[UUID, ...] = ()
    """Trunks to try, in this order, when that one refuses before anything rang."""
    recording: Path
    plan: DeliveryPlan
    created_at: datetime
    first_attempt: bool
    card: Ticket | None = None
