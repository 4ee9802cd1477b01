"""A tenant with a small contract, and calls that never ring."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from tests.support.contracts.builders import contract_wish, serve

from yunhu.domains.contracts.wishes import ItemWish
from yunhu.domains.contracts.words import Charging, ItemKind
from yunhu.domains.identity.public import Tenant
from yunhu.foundation.clock import natural_day
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id


async def small_contract(
    database: Database,
    now: datetime,
    *,
    quota: int = 10,
    price: int = 48,
    prepayment: int = 1_000,
    charging: Charging = Charging.ON_ANSWER,
) -> tuple[UUID, UUID]:
    """A tenant with voice and cards of a small quota, and a robot for 365 fen; its id and the contract's."""
    items = (
        ItemWish(kind=ItemKind.ROBOT, name="robots", unit="robot", quota=1, price=365),
        ItemWish(kind=ItemKind.VOICE_NOTIFICATION, name="voice", unit="call", quota=quota, price=price),
        ItemWish(kind=ItemKind.CALL_CARD, name="cards", unit="card", quota=quota, price=price // 2),
    )
    tenant_id = new_id()
    async with database.transaction() as session:
        session.add(Tenant(id=tenant_id, slug=f"t{tenant_id.hex[-8:]}", name="tenant", created_at=now))
    first = natural_day(now)
    wish = contract_wish(
        first, number=f"S-{tenant_id}", items=items, prepayment=prepayment, charging=charging
    )
    async with database.transaction() as session:
        return tenant_id, await serve(session, tenant_id, now, wish=wish)


async def ledger_sums(database: Database) -> dict[str, int]:
    """The balance of each account over all tenants."""
    async with database.transaction() as session:
        found = await session.execute(
            text("SELECT account, sum(amount)::bigint AS sum FROM ledger_lines GROUP BY account")
        )
        return {row.account: row.sum for row in found}


_CALL = text(
    """
    INSERT INTO calls (id, tenant_id, notification_id, attempt, callee_cipher, callee_index, day, caller_number,
        caller_number_id, trunk_id, robot_id, node_id, script_version_id, text, verdict, state, reserved_at)
    VALUES (:id, :tenant_id, :id, 1, '', :callee_index, :day, '+862988880000', :id, :id, :id, :id, :id, '', '{}',
        'dialling', :now)
    """
)
_CARD = text(
    """
    INSERT INTO call_cards (id, tenant_id, call_id, profile_id, carrier_id, name, reason, state, requested_at, changed_at)
    VALUES (:id, :tenant_id, :id, :id, :id, '', '', 'requested', :now, :now)
    """
)


async def reserved_call(
    session: AsyncSession, tenant_id: UUID, call_id: UUID, now: datetime, *, card: bool = False
) -> None:
    """The record of a call as dispatch commits it, with the card that goes with it; what it hangs on is left out."""
    values = {
        "id": call_id,
        "tenant_id": tenant_id,
        "callee_index": call_id.bytes,
        "day": natural_day(now),
        "now": now,
    }
    await session.execute(text("SET LOCAL session_replication_role = replica"))
    await session.execute(_CALL, values)
    if card:
        await session.execute(_CARD, values)
    await session.execute(text("SET LOCAL session_replication_role = origin"))
