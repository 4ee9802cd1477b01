"""What the product does by itself, and the long work that it can do: every slice's jobs and task handlers."""

from collections.abc import Callable, Mapping, Sequence

from yunhu.domains.billing import wiring as billing
from yunhu.domains.call_cards import wiring as call_cards
from yunhu.domains.complaints import wiring as complaints
from yunhu.domains.consent import wiring as consent
from yunhu.domains.contracts import wiring as contracts
from yunhu.domains.documents import wiring as documents
from yunhu.domains.evidence import wiring as evidence
from yunhu.domains.exports import wiring as exports
from yunhu.domains.identity import wiring as identity
from yunhu.domains.incidents import wiring as incidents
from yunhu.domains.monitoring import wiring as monitoring
from yunhu.domains.numbers import wiring as numbers
from yunhu.domains.privacy import wiring as privacy
from yunhu.domains.reports import wiring as reports
from yunhu.domains.tasks.public import TaskHandler
from yunhu.entrypoints import equipment_tests
from yunhu.entrypoints.exports import WRITER
from yunhu.foundation.http import Services
from yunhu.foundation.jobs import Job

JOBS: tuple[Callable[[Services], Sequence[Job]], ...] = (
    contracts.jobs,
    consent.jobs,
    billing.jobs,
    numbers.jobs,
    call_cards.jobs,
    complaints.jobs,
    evidence.jobs,
    documents.jobs,
    identity.jobs,
    incidents.jobs,
    monitoring.jobs,
    privacy.jobs,
    exports.jobs,
    reports.jobs,
)
HANDLERS: tuple[Callable[[Services], Mapping[str, TaskHandler]], ...] = (
    billing.handlers,
    consent.handlers,
    equipment_tests.handlers,
    evidence.handlers,
    lambda services: exports.handlers(services, WRITER),
    reports.handlers,
)


def all_jobs(services: Services) -> list[Job]:
    """Every job of the product."""
    return [job for slice_ in JOBS for job in slice_(services)]


def all_handlers(services: Services) -> dict[str, TaskHandler]:
    """Every kind of task that a node can do."""
    return {kind: handler for slice_ in HANDLERS for kind, handler in slice_(services).items()}
