"""What the gate asks of complaints (row C9): no script leaves that one pauses. A paused number is held by `numbers`."""

from datetime import datetime, timedelta

import msgspec

from yunhu.foundation.verdicts import Asked, Finding, GatePart, allowed, deferred

ASK_AGAIN = timedelta(minutes=5)
"""A pause ends when somebody ends it: what waits is looked at again, and expires at its own deadline."""

_SQL = """
    SELECT min(c.script_paused_at) AS paused_at FROM script_versions AS v
    JOIN complaints AS c ON c.script_id = v.script_id AND c.script_paused_at IS NOT NULL
    WHERE v.id = picked.script_version_id
"""


class ComplaintFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rule looks at."""

    paused_at: datetime | None
    """Since when the script is paused."""


def script_paused(seen: ComplaintFacts, asked: Asked) -> Finding:
    """No complaint pauses the script."""
    name = "script_paused"
    if seen.paused_at is None:
        return allowed(name)
    return deferred(name, asked.now + ASK_AGAIN, since=seen.paused_at)


GATE_PART = GatePart(
    name="complaints",
    sql=_SQL,
    facts=ComplaintFacts,
    rules={"voice": (script_paused,), "sms": (script_paused,)},
)
