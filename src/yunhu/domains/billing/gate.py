"""What the gate asks of quota and balance (rows B4, C10): nothing is dialled beyond."""

import msgspec

from yunhu.domains.billing.accounts import GRANTED
from yunhu.foundation.verdicts import Asked, Finding, GatePart, allowed, refused

# A period in which nothing was held yet has no row: then all of it is left.
_SQL = f"""
    SELECT c.number AS contract, coalesce(q.quota, 0) AS quota, coalesce(q.taken, 0) AS taken, q.price,
        CASE WHEN a.contract_id IS NULL THEN {GRANTED} ELSE a.granted END AS granted,
        coalesce(a.held + a.used, 0) AS spent
    FROM (SELECT 1) AS always LEFT JOIN LATERAL (
        SELECT * FROM contracts AS o WHERE o.tenant_id = picked.tenant_id AND o.state IN ('active', 'suspended')
          AND o.first_day <= :day AND o.last_day >= :day AND o.ended_on IS NULL
        ORDER BY o.last_day DESC LIMIT 1
    ) AS c ON true
    LEFT JOIN billing_accounts AS a ON a.contract_id = c.id
    LEFT JOIN LATERAL (
        SELECT sum(i.quota) AS quota, sum(p.held + p.used) AS taken, max(ceil(i.price::numeric / i.quota)) AS price
        FROM contract_items AS i
        LEFT JOIN contract_supplements AS s ON s.id = i.supplement_id
        LEFT JOIN quota_periods AS p ON p.item_id = i.id AND p.first_day <= :day
          AND (p.last_day >= :day OR i.period = 'term')
        WHERE i.contract_id = c.id AND i.kind = 'voice_notification' AND i.first_day <= :day
          AND (i.last_day IS NULL OR i.last_day >= :day) AND (i.supplement_id IS NULL OR s.state = 'in_force')
    ) AS q ON true
"""  # noqa: S608 constant text


class QuotaFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of the tenant's voice notifications today. Money in fen."""

    contract: str | None
    quota: int
    taken: int
    """Used, or held by calls in the air."""
    price: int | None
    """Of one more."""
    granted: int | None
    """Money that may be used; none when the contract asks for no prepayment."""
    spent: int


def quota_left(seen: QuotaFacts, _asked: Asked) -> Finding:
    """One more piece fits into the period's quota."""
    name = "quota_left"
    saw = {"quota": seen.quota, "taken": seen.taken}
    if seen.contract is None:
        return refused(name, contract=None)
    return allowed(name, **saw) if seen.taken < seen.quota else refused(name, **saw)


def balance_left(seen: QuotaFacts, _asked: Asked) -> Finding:
    """The prepayment covers one more."""
    name = "balance_left"
    if seen.contract is None or seen.price is None:
        return refused(name, contract=seen.contract)
    if seen.granted is None:
        return allowed(name, granted=None)
    saw = {"granted": seen.granted, "spent": seen.spent, "price": seen.price}
    return allowed(name, **saw) if seen.spent + seen.price <= seen.granted else refused(name, **saw)


GATE_PART = GatePart(
    name="billing", sql=_SQL, facts=QuotaFacts, rules={"voice": (quota_left, balance_left), "sms": ()}
)
