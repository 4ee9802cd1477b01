"""Scenarios over the wire."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from yunhu.domains.notifications.public import (
    Hall,
    QueueEventKind,
    Scenario,
    ScenarioPlan,
    ScenarioVersion,
    Slug,
    Step,
)
from yunhu.domains.scenarios.rules import FilingFault

Name = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\S")]
MOST_EVENTS = 50


class ScenarioView(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario as it is now."""

    slug: str
    name: str
    hall: str
    """The `hall` of the queue events that it answers."""
    enabled: bool
    version: int
    plan: ScenarioPlan
    created_at: datetime
    updated_at: datetime


class ScenarioDetail(ScenarioView, frozen=True, kw_only=True):
    """With what stands against it today."""

    faults: list[FilingFault]
    """Where it goes beyond the filings in force now: the gate refuses or defers there."""


class ScenarioVersionView(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario as it was from one change to the next."""

    number: int
    name: str
    hall: str
    enabled: bool
    plan: ScenarioPlan
    changed_by: str
    changed_at: datetime
    reason: str


class ScenarioRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scenario as it should be."""

    name: Name
    hall: Hall = "main"
    enabled: bool = True
    """One that is not enabled may still lie outside the filings."""
    plan: ScenarioPlan
    version: Annotated[int, Meta(ge=0)] = 0
    """The version that was changed; 0 for a new one."""
    reason: Annotated[str, Meta(max_length=500)] = ""


class ImaginedEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event of the visit that is played through."""

    event: QueueEventKind
    after_seconds: Annotated[int, Meta(ge=0, le=86_400)] = 0
    """After the event before it, or after `at`."""
    matter: Annotated[str, Meta(max_length=100)] | None = None
    window: Annotated[str, Meta(max_length=32)] | None = None
    ahead: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    attributes: dict[str, Any] = {}


class PreviewRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to play through, with which plan."""

    events: Annotated[list[ImaginedEvent], Meta(min_length=1, max_length=MOST_EVENTS)]
    plan: ScenarioPlan | None = None
    """One that is being edited; left out, that of `scenario`."""
    scenario: Slug | None = None
    queue_number: Annotated[str, Meta(min_length=1, max_length=32)] = "A001"
    phone: Annotated[str, Meta(max_length=24)] | None = "13800138000"
    """Of the imagined visitor; null: none is known. Nobody is called."""
    at: Annotated[datetime, Meta(tz=True)] | None = None
    """When it begins; left out, now."""


class PreviewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What would happen, event by event."""

    steps: list[Step]
    faults: list[FilingFault]
    """Where the plan goes beyond the filings in force now."""


def scenario_fields(row: Scenario) -> dict[str, Any]:
    """What a view and a detail have in common."""
    return {
        "slug": row.slug,
        "name": row.name,
        "hall": row.hall,
        "enabled": row.enabled,
        "version": row.version,
        "plan": msgspec.convert(row.plan, ScenarioPlan),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def version_view(row: ScenarioVersion) -> ScenarioVersionView:
    """A row of `scenario_versions`."""
    return ScenarioVersionView(
        number=row.number,
        name=row.name,
        hall=row.hall,
        enabled=row.enabled,
        plan=msgspec.convert(row.plan, ScenarioPlan),
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        reason=row.reason,
    )
