"""What the gate asks of consent (row C5): evidence stands, and the person does not refuse every tenant."""

from datetime import date
from uuid import UUID

import msgspec

from yunhu.domains.notifications.public import COVERING
from yunhu.foundation.verdicts import Asked, Finding, GatePart, allowed, refused

_COVERING = " ".join(f"WHEN '{purpose}' THEN '{covering}'" for purpose, covering in COVERING.items())

# One look-up by ix_consents_callee, read backwards: evidence without an end comes first, then what lasts longest.
_SQL = f"""
    SELECT stands.id AS consent_id, stands.source, stands.valid_until,
        EXISTS (SELECT FROM yunhu_refusing_all(ARRAY[picked.callee_index])) AS refuses_all
    FROM (SELECT) AS one LEFT JOIN LATERAL (
        SELECT c.id, c.source, c.valid_until FROM consents AS c
        WHERE c.tenant_id = picked.tenant_id AND c.callee_index = picked.callee_index
          AND c.purpose = CASE picked.purpose {_COVERING} END AND c.withdrawn_at IS NULL
          AND c.given_at <= CAST(:now AS timestamptz) AND (c.valid_until IS NULL OR c.valid_until >= :day)
        ORDER BY c.valid_until DESC LIMIT 1
    ) AS stands ON true
"""  # noqa: S608 constant text


class ConsentFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules look at."""

    consent_id: UUID | None
    """Of the evidence that stands for this person and purpose; the one that lasts longest."""
    source: str | None
    valid_until: date | None
    refuses_all: bool


def platform_refusal(seen: ConsentFacts, _asked: Asked) -> Finding:
    """The person does not refuse the calls and texts of every tenant."""
    name = "platform_refusal"
    return refused(name) if seen.refuses_all else allowed(name)


def consent(seen: ConsentFacts, _asked: Asked) -> Finding:
    """Evidence stands that the person agreed to be called and texted for this."""
    name = "consent"
    if seen.consent_id is None:
        return refused(name)
    return allowed(name, consent_id=str(seen.consent_id), source=seen.source, valid_until=seen.valid_until)


_RULES = (platform_refusal, consent)
GATE_PART = GatePart(name="consent", sql=_SQL, facts=ConsentFacts, rules={"voice": _RULES, "sms": _RULES})
