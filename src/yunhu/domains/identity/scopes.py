"""What a caller may do: the words that roles and API keys are made of."""

from enum import StrEnum


class Scope(StrEnum):
    """One permission. Those below `operator:` belong to the operator's staff alone."""

    EVENTS_WRITE = "events:write"
    NOTIFICATIONS_WRITE = "notifications:write"
    NOTIFICATIONS_READ = "notifications:read"
    CALLBACKS_MANAGE = "callbacks:manage"
    KEYS_MANAGE = "keys:manage"
    CALLS_READ = "calls:read"
    REFUSALS_WRITE = "refusals:write"
    SCRIPTS_READ = "scripts:read"
    SCRIPTS_WRITE = "scripts:write"
    FILINGS_READ = "filings:read"
    FILINGS_SUBMIT = "filings:submit"
    NUMBERS_READ = "numbers:read"
    CONTRACTS_READ = "contracts:read"
    BILLING_READ = "billing:read"
    CONSENTS_READ = "consents:read"
    CONSENTS_WRITE = "consents:write"
    COMPLAINTS_READ = "complaints:read"
    COMPLAINTS_WRITE = "complaints:write"
    EVIDENCE_READ = "evidence:read"
    CARDS_READ = "cards:read"
    CARDS_WRITE = "cards:write"
    INCIDENTS_READ = "incidents:read"
    INCIDENTS_WRITE = "incidents:write"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_WRITE = "documents:write"
    PHONES_REVEAL = "phones:reveal"
    MONITOR_READ = "monitor:read"
    MONITOR_CONTROL = "monitor:control"
    SCENARIOS_READ = "scenarios:read"
    SCENARIOS_WRITE = "scenarios:write"
    USERS_MANAGE = "users:manage"
    GRANTS_MANAGE = "grants:manage"
    AUDIT_READ = "audit:read"
    REPORTS_READ = "reports:read"
    REPORTS_SCHEDULE = "reports:schedule"

    OPERATOR_TENANTS = "operator:tenants"
    OPERATOR_CONTRACTS = "operator:contracts"
    OPERATOR_BILLING = "operator:billing"
    OPERATOR_NUMBERS = "operator:numbers"
    OPERATOR_FILINGS = "operator:filings"
    OPERATOR_SCREENING = "operator:screening"
    OPERATOR_CONSENTS = "operator:consents"
    OPERATOR_COMPLAINTS = "operator:complaints"
    OPERATOR_EVIDENCE = "operator:evidence"
    OPERATOR_CARDS = "operator:cards"
    OPERATOR_INCIDENTS = "operator:incidents"
    OPERATOR_DOCUMENTS = "operator:documents"
    OPERATOR_CALENDAR = "operator:calendar"
    OPERATOR_MONITOR = "operator:monitor"
    OPERATOR_EQUIPMENT = "operator:equipment"
    OPERATOR_USERS = "operator:users"
    OPERATOR_AUDIT = "operator:audit"
    OPERATOR_REPORTS = "operator:reports"


OPERATOR_PREFIX = "operator:"
OPERATOR_SCOPES = frozenset(scope for scope in Scope if scope.startswith(OPERATOR_PREFIX)) | {
    Scope.DOCUMENTS_READ,
    Scope.DOCUMENTS_WRITE,
}
"""What the operator's own keys and roles may hold."""
TENANT_SCOPES = frozenset(scope for scope in Scope if not scope.startswith(OPERATOR_PREFIX))
"""What a tenant's keys and roles may hold."""
