"""Keeps the money row and the quota rows of a contract as the contract says."""

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.contracts.public import METERED, ActiveContract, active_contract, period_of

# What may be used: what came in, or under a contract whose service begins before the payment, what is to come in.
# Kept as an expression over a contract `c`, for the gate looks at it too.
GRANTED = """
    (SELECT CASE WHEN promised.sum = 0 THEN NULL ELSE greatest(
        (SELECT coalesce(sum(p.amount), 0) FROM contract_payments AS p WHERE p.contract_id = c.id),
        CASE WHEN c.service_start = 'on_first_day' THEN promised.sum ELSE 0 END) END
     FROM (SELECT c.prepayment + coalesce(sum(s.prepayment), 0) AS sum FROM contract_supplements AS s
           WHERE s.contract_id = c.id AND s.state = 'in_force') AS promised)
"""
_ACCOUNT = text(
    f"""
    INSERT INTO billing_accounts AS a (contract_id, tenant_id, granted, open_from)
    SELECT c.id, c.tenant_id, {GRANTED}, date_trunc('month', c.first_day)::date FROM contracts AS c WHERE c.id = :id
    ON CONFLICT (contract_id) DO UPDATE SET granted = EXCLUDED.granted
    WHERE a.granted IS DISTINCT FROM EXCLUDED.granted
    """  # noqa: S608 constant text
)
_QUOTA = text(
    """
    INSERT INTO quota_periods AS q (id, tenant_id, contract_id, item_id, kind, charging, first_day, last_day, quota,
        price)
    VALUES (gen_random_uuid(), :tenant_id, :contract_id, :item_id, :kind, :charging, :first, :last, :quota, :price)
    ON CONFLICT (item_id, first_day) DO UPDATE SET last_day = EXCLUDED.last_day
    WHERE q.last_day <> EXCLUDED.last_day
    """
)


async def keep_account(session: AsyncSession, tenant_id: UUID, day: date) -> ActiveContract | None:
    """Make the rows of the tenant's contract in service on a day agree with it; None when there is no such contract.

    Locks the account, then the quota rows.
    """
    contract = await active_contract(session, tenant_id, day)
    if contract is None:
        return None
    await open_account(session, contract.id)
    for item in contract.items:
        if item.kind not in METERED or not item.covers(day):
            continue
        first, last = period_of(item, day)
        values = {
            "tenant_id": tenant_id,
            "contract_id": contract.id,
            "item_id": item.id,
            "kind": item.kind.value,
            "charging": contract.charging.value,
            "first": first,
            "last": last,
            "quota": item.quota,
            "price": item.price,
        }
        await session.execute(_QUOTA, values)
    return contract


async def open_account(session: AsyncSession, contract_id: UUID) -> None:
    """Make the money row of a contract, or bring what it grants up to date. Locks it."""
    await session.execute(_ACCOUNT, {"id": contract_id})
