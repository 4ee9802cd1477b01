"""What pauses have to say about an outgoing notification: it waits."""

from datetime import datetime, timedelta

import msgspec

from yunhu.foundation.verdicts import Asked, Finding, GatePart, allowed, deferred

LOOK_AGAIN = timedelta(seconds=30)
"""How long a notification waits before the gate is asked once more; going on brings it forward."""
LAST_LOOK = timedelta(seconds=3)
"""Before the deadline: it may be resumed until then."""
RULES_OF_PAUSES = ("paused_tenant", "paused_scenario")


class PauseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The pauses that hold now; empty where there is none."""

    tenant_since: datetime | None
    tenant_until: datetime | None
    scenario_since: datetime | None
    scenario_until: datetime | None
    scenario: str | None


def wait_until(asked: Asked, until: datetime | None) -> datetime:
    """When to ask again: soon, at the pause's own end where that is sooner, and once more before the deadline."""
    again = asked.now + LOOK_AGAIN
    if until is not None:
        again = min(again, until)
    last = asked.deadline - LAST_LOOK
    return last if asked.now < last < again else again


def paused_tenant(seen: PauseFacts, asked: Asked) -> Finding:
    """Nobody has paused the tenant."""
    name = "paused_tenant"
    if seen.tenant_since is None:
        return allowed(name)
    return deferred(name, wait_until(asked, seen.tenant_until), since=seen.tenant_since)


def paused_scenario(seen: PauseFacts, asked: Asked) -> Finding:
    """Nobody has paused the scenario of the visit."""
    name = "paused_scenario"
    if seen.scenario_since is None:
        return allowed(name)
    saw = {"since": seen.scenario_since, "scenario": seen.scenario}
    return deferred(name, wait_until(asked, seen.scenario_until), **saw)


# By `uq_pauses_standing`, whose first column is the tenant: a handful of rows at most.
_SQL = """
    SELECT tenant.since AS tenant_since, tenant.until AS tenant_until,
        scenario.since AS scenario_since, scenario.until AS scenario_until, scenario.slug AS scenario
    FROM (SELECT 1) AS always
    LEFT JOIN LATERAL (
        SELECT min(p.paused_at) AS since,
            CASE WHEN bool_or(p."until" IS NULL) THEN NULL ELSE max(p."until") END AS until
        FROM pauses AS p WHERE p.tenant_id = picked.tenant_id AND p.scenario_id IS NULL AND p.resumed_at IS NULL
          AND (p."until" IS NULL OR p."until" > :now)
    ) AS tenant ON true
    LEFT JOIN LATERAL (
        SELECT min(p.paused_at) AS since,
            CASE WHEN bool_or(p."until" IS NULL) THEN NULL ELSE max(p."until") END AS until, min(s.slug) AS slug
        FROM pauses AS p JOIN scenarios AS s ON s.id = p.scenario_id
        WHERE p.tenant_id = picked.tenant_id AND p.resumed_at IS NULL AND (p."until" IS NULL OR p."until" > :now)
          AND p.scenario_id = (SELECT j.scenario_id FROM journeys AS j WHERE j.id = picked.journey_id)
    ) AS scenario ON true
"""
_RULES = (paused_tenant, paused_scenario)

GATE_PART = GatePart(name="monitoring", sql=_SQL, facts=PauseFacts, rules={"voice": _RULES, "sms": _RULES})
