"""Alarms: what is told of trouble becomes one open alarm a cause, until the cause is gone or somebody says so.

Two sources: facts that other slices publish (outbox), and states that nobody publishes (trunks, nodes, numbers,
callback endpoints), which are looked at now and then.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.monitoring.models import Severity
from yunhu.domains.monitoring.repository import ALIVE
from yunhu.foundation.ids import new_id
from yunhu.foundation.outbox import Event, ReceivedEvent, read_batch

SUBSCRIBER = "monitoring.alarms"
CLOCK = "monitoring.alarms"
"""Who clears an alarm whose cause is gone."""


class Raise(msgspec.Struct, frozen=True, kw_only=True):
    """Something is wrong."""

    tenant_id: UUID | None
    kind: str
    severity: Severity
    subject: tuple[str, str]
    detail: Mapping[str, Any]
    about: str = ""
    """Part of the key besides kind and subject: another one is another alarm."""

    @property
    def key(self) -> str:
        """Equal ones are one alarm."""
        return ":".join(part for part in (self.kind, self.subject[1], self.about) if part)


class Clear(msgspec.Struct, frozen=True):
    """A cause is gone."""

    keys: tuple[str, ...]


class _Rule(msgspec.Struct, frozen=True):
    kind: str
    severity: Severity
    subject: str
    about: str = ""
    """Field of the payload that tells alarms of one subject apart."""
    shown: tuple[str, ...] = ()
    """Fields of the payload that are shown; contents of a tenant are never among them."""
    of_tenant: bool = False
    """Whether it is about the tenant, whatever the event is about."""


_RAISING: Mapping[str, _Rule] = MappingProxyType(
    {
        "quota.alarm": _Rule(
            "quota", Severity.WARNING, "quota", "percent", ("kind", "percent", "used", "quota")
        ),
        "contract.suspension_proposed": _Rule(
            "suspension_proposed", Severity.CRITICAL, "contract", "cause", ("number", "cause")
        ),
        "contract.suspended": _Rule("suspended", Severity.CRITICAL, "contract", "cause", ("number", "cause")),
        "fault.reported": _Rule(
            "fault_open", Severity.WARNING, "fault", "", ("reference", "title", "severity")
        ),
        "fault.reopened": _Rule(
            "fault_open", Severity.WARNING, "fault", "", ("reference", "title", "severity")
        ),
        "fault.overdue": _Rule(
            "fault_overdue", Severity.CRITICAL, "fault", "", ("reference", "title", "answer_due_at")
        ),
        "fault.report_overdue": _Rule(
            "incident_report_overdue", Severity.CRITICAL, "fault", "", ("reference", "title")
        ),
        "support_visit.overdue": _Rule(
            "support_visit_overdue", Severity.WARNING, "support_visit", "", ("due_on",)
        ),
        "complaint.threshold_reached": _Rule(
            "complaint_threshold",
            Severity.CRITICAL,
            "tenant",
            "month",
            ("month", "counted", "threshold"),
            of_tenant=True,
        ),
        "complaint.overdue": _Rule(
            "complaint_overdue", Severity.CRITICAL, "complaint", "", ("reference", "source", "due_on")
        ),
    }
)
_CLEARING: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "contract.suspension_lifted": (("suspended", "cause"), ("suspension_proposed", "cause")),
        "contract.suspended": (("suspension_proposed", "cause"),),
        "fault.answered": (("fault_open", ""), ("fault_overdue", "")),
        "fault.resolved": (("fault_open", ""), ("fault_overdue", ""), ("incident_report_overdue", "")),
        "fault.closed": (("fault_open", ""), ("fault_overdue", ""), ("incident_report_overdue", "")),
        "complaint.answered": (("complaint_overdue", ""),),
        "complaint.closed": (("complaint_overdue", ""),),
        "complaint.dismissed": (("complaint_overdue", ""),),
        "support_visit.done": (("support_visit_overdue", ""),),
    }
)
WATCHED_TYPES = frozenset(_RAISING) | frozenset(_CLEARING)


def steps_for(event: Event) -> list[Raise | Clear]:
    """Pure: what an event does to alarms. What clears comes first: a suspension follows its own proposal."""
    steps: list[Raise | Clear] = []
    subject = str(event.subject_id)
    keys = tuple(
        ":".join(part for part in (kind, subject, _about(event, field)) if part)
        for kind, field in _CLEARING.get(event.type, ())
    )
    if keys:
        steps.append(Clear(keys))
    rule = _RAISING.get(event.type)
    if rule is not None:
        detail = {name: event.payload[name] for name in rule.shown if event.payload.get(name) is not None}
        steps.append(
            Raise(
                tenant_id=event.tenant_id,
                kind=rule.kind,
                severity=rule.severity,
                subject=(rule.subject, str(event.tenant_id) if rule.of_tenant else subject),
                detail=detail,
                about=_about(event, rule.about),
            )
        )
    return steps


def _about(event: Event, field: str) -> str:
    return str(event.payload.get(field) or "") if field else ""


_RAISE = text(
    """
    INSERT INTO alarms AS a (id, tenant_id, key, kind, severity, subject_kind, subject_id, detail, state, first_at, last_at)
    VALUES (:id, :tenant_id, :key, :kind, :severity, :subject_kind, :subject_id, CAST(:detail AS jsonb), 'open', :now, :now)
    ON CONFLICT (key) WHERE cleared_at IS NULL DO UPDATE
        SET times = a.times + :again, last_at = EXCLUDED.last_at, detail = EXCLUDED.detail
    """
)
_CLEAR = text(
    """
    UPDATE alarms SET state = 'cleared', cleared_at = :now, cleared_by = :by
    WHERE key = ANY(CAST(:keys AS text[])) AND cleared_at IS NULL
    """
)
_CLEAR_OTHERS = text(
    """
    UPDATE alarms SET state = 'cleared', cleared_at = :now, cleared_by = :by
    WHERE cleared_at IS NULL AND kind = ANY(CAST(:kinds AS text[])) AND key <> ALL(CAST(:keys AS text[]))
    """
)


async def raise_alarm(session: AsyncSession, wish: Raise, now: datetime, *, again: bool = True) -> None:
    """Open an alarm, or note on an open one that it was told again."""
    await session.execute(
        _RAISE,
        {
            "id": new_id(),
            "tenant_id": wish.tenant_id,
            "key": wish.key,
            "kind": wish.kind,
            "severity": wish.severity.value,
            "subject_kind": wish.subject[0],
            "subject_id": wish.subject[1],
            "detail": msgspec.json.encode(wish.detail).decode(),
            "again": int(again),
            "now": now,
        },
    )


async def clear_alarms(session: AsyncSession, keys: Iterable[str], by: str, now: datetime) -> None:
    """Their causes are gone."""
    await session.execute(_CLEAR, {"keys": list(keys), "by": by, "now": now})


async def follow_events(session: AsyncSession, now: datetime) -> bool:
    """Read one batch of the outbox; True when there may be more."""
    return await read_batch(session, SUBSCRIBER, _take) > 0


async def _take(session: AsyncSession, events: Sequence[ReceivedEvent]) -> None:
    for event in events:
        if event.type not in WATCHED_TYPES:
            continue
        for step in steps_for(event):
            if isinstance(step, Clear):
                await clear_alarms(session, step.keys, CLOCK, event.at)
            else:
                await raise_alarm(session, step, event.at)


# A trunk is down when nodes work and none of them can use it; without nodes, nodes are the trouble.
_TRUNKS_DOWN = text(
    f"""
    WITH alive AS (SELECT id FROM nodes WHERE {ALIVE})
    SELECT t.id, t.name, coalesce(min(s.detail), 'not loaded') AS detail
    FROM trunks AS t LEFT JOIN trunk_states AS s ON s.trunk_id = t.id AND s.node_id IN (SELECT id FROM alive)
    WHERE t.enabled AND EXISTS (SELECT FROM alive)
    GROUP BY t.id
    HAVING NOT coalesce(bool_or(s.usable), false)
       AND coalesce(max(s.changed_at), t.updated_at) < CAST(:now AS timestamptz) - interval '30 seconds'
    """  # noqa: S608 constant text
)
_NODES_LOST = text(
    """
    SELECT id, name FROM nodes WHERE state = 'lost' AND heartbeat_at > clock_timestamp() - interval '1 hour'
    """
)
_NO_NODE = text(
    f"""
    SELECT EXISTS (SELECT FROM nodes) AND NOT EXISTS (SELECT FROM nodes WHERE {ALIVE})
    """  # noqa: S608 constant text
)
_QUARANTINED = text("SELECT id, tenant_id, e164 FROM caller_numbers WHERE state = 'quarantined'")
WATCHED_KINDS = ("trunk_down", "node_lost", "no_node", "number_quarantined")


async def look_at_states(session: AsyncSession, now: datetime) -> bool:
    """Raise what is wrong now, clear what no longer is."""
    wrong = await _wrong(session, now)
    for one in wrong:
        await raise_alarm(session, one, now, again=False)
    keys = [one.key for one in wrong]
    values = {"kinds": list(WATCHED_KINDS), "keys": keys, "by": CLOCK, "now": now}
    await session.execute(_CLEAR_OTHERS, values)
    return False


async def _wrong(session: AsyncSession, now: datetime) -> list[Raise]:
    trunks = await session.execute(_TRUNKS_DOWN, {"now": now})
    nodes = await session.execute(_NODES_LOST)
    numbers = await session.execute(_QUARANTINED)
    nobody = await session.scalar(_NO_NODE)
    return [
        *(
            _operators(
                "trunk_down",
                Severity.CRITICAL,
                ("trunk", str(row.id)),
                {"trunk": row.name, "detail": row.detail},
            )
            for row in trunks
        ),
        *(
            _operators("node_lost", Severity.WARNING, ("node", str(row.id)), {"node": row.name})
            for row in nodes
        ),
        *([_operators("no_node", Severity.CRITICAL, ("node", "any"), {})] if nobody else []),
        *(_quarantined(row) for row in numbers),
    ]


def _quarantined(row: Any) -> Raise:
    return Raise(
        tenant_id=row.tenant_id,
        kind="number_quarantined",
        severity=Severity.WARNING,
        subject=("caller_number", str(row.id)),
        detail={"number": row.e164},
    )


def _operators(kind: str, severity: Severity, subject: tuple[str, str], detail: dict[str, Any]) -> Raise:
    return Raise(tenant_id=None, kind=kind, severity=severity, subject=subject, detail=detail)
