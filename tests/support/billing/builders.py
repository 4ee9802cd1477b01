"""A tenant with a small contract, and calls that never ring."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
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
