"""What dispatch learns about cards with the rest of its snapshot. Nothing here ever stops a call."""

from datetime import datetime
from uuid import UUID

import msgspec

from yunhu.foundation.verdicts import Asked, Finding, GatePart, allowed


class CardFacts(msgspec.Struct, frozen=True):
    """The card that a call would show; without a profile or a way there is none."""

    profile_id: UUID | None
    carrier_id: UUID | None
    name: str | None
    reason: str | None
    valid_until: datetime | None
    logo_sha256: str | None = None
    """Of the logo, hexadecimal; none: the card has no logo."""

    def shown_at(self, now: datetime) -> bool:
        """Whether there is a card to show."""
        if self.profile_id is None or self.carrier_id is None:
            return False
        return self.valid_until is None or now < self.valid_until


_SQL = """
    SELECT p.id AS profile_id, c.id AS carrier_id, p.name, p.reasons ->> s.slug AS reason, p.valid_until,
        logo.sha256 AS logo_sha256
    FROM (SELECT 1) AS one
    LEFT JOIN card_profiles AS p ON p.tenant_id = picked.tenant_id AND p.state = 'approved'
    LEFT JOIN documents AS logo ON logo.id = p.logo_document_id AND logo.erased_at IS NULL
    LEFT JOIN card_carriers AS c ON c.tenant_id = picked.tenant_id AND c.enabled
    LEFT JOIN script_versions AS v ON v.id = picked.script_version_id
    LEFT JOIN scripts AS s ON s.id = v.script_id
"""


def call_card(facts: CardFacts, asked: Asked) -> Finding:
    """Says whether the phone will show a card; a call without one is still a call."""
    if not facts.shown_at(asked.now):
        return allowed("call_card", shown=False)
    return allowed("call_card", shown=True, profile_id=str(facts.profile_id))


GATE_PART = GatePart(name="call_cards", sql=_SQL, facts=CardFacts, rules={"voice": (call_card,)})
