"""What the gate looks at: dispatch's own facts and those that other slices asked for, in one statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from yunhu.domains.billing import public as billing
from yunhu.domains.call_cards import public as call_cards
from yunhu.domains.complaints import public as complaints
from yunhu.domains.consent import public as consent
from yunhu.domains.contracts import public as contracts
from yunhu.domains.dispatch.rules import Snapshot
from yunhu.domains.filings import public as filings
from yunhu.domains.identity import public as identity
from yunhu.domains.monitoring import public as monitoring
from yunhu.domains.notifications.public import DeliveryPlan, Purpose
from yunhu.foundation.verdicts import Finding, GatePart

F = TypeVar("F")

PARTS: tuple[GatePart[Any], ...] = (
    contracts.GATE_PART,
    billing.GATE_PART,
    filings.GATE_PART,
    call_cards.GATE_PART,
    monitoring.GATE_PART,
    identity.GATE_PART,
    consent.GATE_PART,
    complaints.GATE_PART,
)
"""Every slice that has a say, in the order in which their findings are shown."""


def facts_sql(parts: Sequence[GatePart[Any]] = PARTS) -> str:
    """Columns of a SELECT over `picked`, one JSON object a part; empty when there are no parts."""
    return "".join(
        f",\n(SELECT to_jsonb(facts) FROM ({part.sql}) AS facts) AS {_column(part)}"  # noqa: S608 constant text
        for part in parts
    )


def snapshot_of(
    row: Any, plan: DeliveryPlan, channel: str, now: datetime, wording: Finding | None = None
) -> Snapshot:
    """What the gate looks at, from a row of the snapshot statement."""
    return Snapshot(
        now=now,
        channel=channel,
        purpose=Purpose(row.purpose),
        deadline=row.deadline,
        due_at=row.due_at,
        plan=plan,
        script_state=row.script_state,
        refused=row.refused,
        calls_today=row.calls_today,
        callee_in_call=row.callee_in_call,
        robots=row.robots,
        robots_free=row.robots_free,
        numbers=row.numbers,
        numbers_free=row.numbers_free,
        numbers_on_open_trunks=row.numbers_on_open_trunks,
        sms_account=row.sms_account,
        parts=tuple(
            (part, msgspec.convert(getattr(row, _column(part)), part.facts, strict=False)) for part in PARTS
        ),
        wording=(wording,) if wording is not None else (),
    )


def facts_of(seen: Snapshot, type_: type[F]) -> F:
    """What one slice looked up."""
    return next(facts for _, facts in seen.parts if isinstance(facts, type_))


def _column(part: GatePart[Any]) -> str:
    return f"part_{part.name}"
