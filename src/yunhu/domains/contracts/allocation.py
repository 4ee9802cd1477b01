"""Nobody is given more robots or caller numbers than the contract says (rows B2, B3)."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts import repository
from yunhu.domains.contracts.errors import AllocationExceededError
from yunhu.domains.contracts.words import ItemKind


async def check_allocation(
    session: AsyncSession, tenant_id: UUID, kind: ItemKind, wanted: int, day: date
) -> None:
    """Whether a tenant may hold so many robots or caller numbers. Raises `AllocationExceededError`.

    The signed contract of the day counts, or the next one when none has begun: what it grants is made ready before
    its first day. Nothing is locked: allocations of one tenant must not run side by side (`yunhu apply` and the
    numbers slice see to it).
    """
    contract = await repository.next_standing(session, tenant_id, day)
    granted = 0
    if contract is not None:
        whole = await repository.whole(session, contract)
        granted = whole.quota(kind, max(day, contract.first_day))
    if wanted > granted:
        raise AllocationExceededError(
            f"{wanted} of kind {kind} are wanted, the contract grants {granted}",
            kind=kind,
            wanted=wanted,
            granted=granted,
        )
