"""What the gate asks of a contract (rows C10, C12): it stands, it is served, and nothing is against it today."""

from collections.abc import Callable
from datetime import date

import msgspec

from yunhu.domains.contracts.words import Cause, ContractState
from yunhu.foundation.clock import natural_day
from yunhu.foundation.verdicts import Asked, Finding, GatePart, allowed, refused

# The contract of the day; where there is none, the one that ended last, so that a finding can say what was seen.
_SQL = """
    SELECT c.number, c.state, c.first_day, c.last_day,
        coalesce((SELECT array_agg(DISTINCT s.cause) FROM contract_suspensions AS s
            WHERE s.contract_id = c.id AND s.state = 'standing'), '{}') AS causes,
        coalesce((SELECT array_agg(needed.kind) FROM unnest(c.required_documents) AS needed(kind)
            WHERE NOT EXISTS (SELECT FROM contract_qualifications AS q
                WHERE q.contract_id = c.id AND q.kind = needed.kind AND q.checked_at IS NOT NULL
                  AND (q.valid_until IS NULL OR q.valid_until >= :day))), '{}') AS lacking
    FROM (SELECT 1) AS always LEFT JOIN LATERAL (
        SELECT * FROM contracts AS o WHERE o.tenant_id = picked.tenant_id AND o.state <> 'draft'
        ORDER BY (o.first_day <= :day AND o.last_day >= :day AND o.ended_on IS NULL) DESC, o.last_day DESC LIMIT 1
    ) AS c ON true
"""


class ContractFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant's contract as the gate sees it; everything empty when there is none."""

    number: str | None
    state: ContractState | None
    first_day: date | None
    last_day: date | None
    causes: tuple[Cause, ...] = ()
    """That stand now."""
    lacking: tuple[str, ...] = ()
    """Kinds of required documents of which none is checked and valid today."""


def contract_active(seen: ContractFacts, asked: Asked) -> Finding:
    """There is a contract in service, and the day lies in its term."""
    name = "contract_active"
    if seen.number is None or seen.first_day is None or seen.last_day is None:
        return refused(name, contract=None)
    saw = {"contract": seen.number, "state": seen.state}
    if seen.state is not ContractState.ACTIVE:
        return refused(name, **saw)
    if not seen.first_day <= natural_day(asked.now) <= seen.last_day:
        return refused(name, **saw, first_day=seen.first_day, last_day=seen.last_day)
    return allowed(name, **saw)


def contract_qualified(seen: ContractFacts, _asked: Asked) -> Finding:
    """Every required qualification document is there, checked and valid today (row C12)."""
    name = "contract_qualified"
    return refused(name, lacking=list(seen.lacking)) if seen.lacking else allowed(name)


def _nothing_stands(cause: Cause) -> Callable[[ContractFacts, Asked], Finding]:
    name = f"contract_{cause}"

    def rule(seen: ContractFacts, _asked: Asked) -> Finding:
        return refused(name, contract=seen.number) if cause in seen.causes else allowed(name)

    rule.__name__ = name
    rule.__doc__ = f"Service is not suspended for the cause `{cause}`."
    return rule


RULES = (*(_nothing_stands(cause) for cause in Cause), contract_qualified, contract_active)
"""The causes come first: the reason of a refusal is then the cause, not that the contract is suspended."""

GATE_PART = GatePart(name="contracts", sql=_SQL, facts=ContractFacts, rules={"voice": RULES, "sms": RULES})
