"""What can be exported, of every slice, and the process that writes an export."""

import sys
from collections.abc import Callable, Sequence

from yunhu.domains.audit import wiring as audit
from yunhu.domains.billing import wiring as billing
from yunhu.domains.call_cards import wiring as call_cards
from yunhu.domains.callbacks import wiring as callbacks
from yunhu.domains.calls import wiring as calls
from yunhu.domains.complaints import wiring as complaints
from yunhu.domains.consent import wiring as consent
from yunhu.domains.contracts import wiring as contracts
from yunhu.domains.documents import wiring as documents
from yunhu.domains.equipment import wiring as equipment
from yunhu.domains.evidence import wiring as evidence
from yunhu.domains.exports.public import AnyOffer
from yunhu.domains.filings import wiring as filings
from yunhu.domains.identity import wiring as identity
from yunhu.domains.incidents import wiring as incidents
from yunhu.domains.monitoring import wiring as monitoring
from yunhu.domains.notifications import wiring as notifications
from yunhu.domains.numbers import wiring as numbers
from yunhu.domains.privacy import wiring as privacy
from yunhu.domains.reports import wiring as reports
from yunhu.domains.scenarios import wiring as scenarios
from yunhu.domains.screening import wiring as screening
from yunhu.domains.scripts import wiring as scripts
from yunhu.domains.sms import wiring as sms
from yunhu.domains.tasks import wiring as tasks

SLICES: tuple[Callable[[], Sequence[AnyOffer]], ...] = (
    notifications.exports,
    calls.exports,
    sms.exports,
    reports.exports,
    filings.exports,
    scripts.exports,
    scenarios.exports,
    numbers.exports,
    consent.exports,
    complaints.exports,
    call_cards.exports,
    contracts.exports,
    billing.exports,
    evidence.exports,
    audit.exports,
    incidents.exports,
    callbacks.exports,
    monitoring.exports,
    identity.exports,
    screening.exports,
    documents.exports,
    tasks.exports,
    privacy.exports,
    equipment.exports,
)
WRITER = (sys.executable, "-m", "yunhu.entrypoints.export_child")
"""Takes the settings from its environment, the job from standard input."""


def all_offers() -> dict[str, AnyOffer]:
    """By name."""
    offers = [offer for slice_ in SLICES for offer in slice_()]
    named = {offer.name: offer for offer in offers}
    if len(named) != len(offers):
        raise ValueError("two offers of exports have one name")
    return named
