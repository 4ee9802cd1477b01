"""What identity has to say about an outgoing notification: its tenant is in use."""

from datetime import datetime

import msgspec

from yunhu.foundation.verdicts import Asked, Finding, GatePart, allowed, refused


class TenantFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Of the notification's tenant."""

    disabled_at: datetime | None


def tenant_enabled(seen: TenantFacts, _asked: Asked) -> Finding:
    """The operator has not disabled the tenant."""
    name = "tenant_enabled"
    return allowed(name) if seen.disabled_at is None else refused(name, since=seen.disabled_at)


GATE_PART = GatePart(
    name="identity",
    sql="SELECT t.disabled_at FROM tenants AS t WHERE t.id = picked.tenant_id",
    facts=TenantFacts,
    rules={"voice": (tenant_enabled,), "sms": (tenant_enabled,)},
)
