"""The live monitor over the wire. Callees are masked; the operator without a tenant's grant gets no content (row D8)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from yunhu.domains.calls.public import Stage


class LiveCallView(msgspec.Struct, frozen=True, kw_only=True):
    """A running call."""

    call_id: UUID
    notification_id: UUID
    journey_id: UUID | None
    tenant: str
    """Slug."""
    stage: Stage
    stage_at: datetime
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    result: str | None
    """Result class, once ended."""
    caller_number: str
    trunk: str | None
    robot: str | None
    purpose: str | None
    scenario: str | None
    """Slug."""
    callee: str | None
    """Masked. Null, like the six below, where the operator looks without the tenant's grant."""
    hall: str | None
    queue_number: str | None
    matter: str | None
    window: str | None
    line: str | None
    """What is being spoken just now."""
    line_script: str | None
    line_at: datetime | None
    line_seconds: float | None
    """Length of the line; it began at `line_at`."""


class RobotView(msgspec.Struct, frozen=True, kw_only=True):
    """A robot (机器人), and the call that it speaks in."""

    id: UUID
    name: str
    tenant: str
    call_id: UUID | None


class TrunkView(msgspec.Struct, frozen=True, kw_only=True):
    """A trunk as the nodes see it."""

    id: UUID
    name: str
    kind: str
    usable: bool
    """By one node at least."""
    nodes_usable: int
    nodes: int
    calls: int | None
    """Running ones of all tenants; null for a tenant."""
    detail: str | None
    """What a node says of it; null for a tenant."""


class WaitingView(msgspec.Struct, frozen=True, kw_only=True):
    """What waits to leave."""

    channel: str
    waiting: int
    due: int
    """Of these, those whose time has come."""
    next_deadline: datetime | None


class PauseView(msgspec.Struct, frozen=True, kw_only=True):
    """A pause and its end."""

    id: UUID
    tenant: str | None
    scenario: str | None
    """Slug; null: everything of the tenant."""
    by_operator: bool
    reason: str
    paused_by: str
    paused_at: datetime
    until: datetime | None
    resumed_by: str | None
    resumed_at: datetime | None
    resume_reason: str


class NodeView(msgspec.Struct, frozen=True, kw_only=True):
    """A call node (呼叫节点)."""

    id: UUID
    name: str
    state: str
    """`running`, `draining`, `stopped`, `lost`."""
    alive: bool
    started_at: datetime
    heartbeat_at: datetime
    silent_seconds: float
    calls: int


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything but the calls; event `state` of the stream."""

    robots: list[RobotView]
    trunks: list[TrunkView]
    waiting: list[WaitingView]
    pauses: list[PauseView]
    nodes: list[NodeView]
    """Empty for a tenant."""


class LiveView(Surroundings, frozen=True, kw_only=True):
    """Everything at one moment; event `snapshot` of the stream."""

    at: datetime
    calls: list[LiveCallView]


class CallsChanged(msgspec.Struct, frozen=True, kw_only=True):
    """Event `calls` of the stream: what changed since the event before."""

    at: datetime
    changed: list[LiveCallView]
    """New and changed ones; one with the stage `ended` goes."""
    gone: list[UUID]
    """Calls that are no longer known to run, without word of their end."""


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """Events `heartbeat` and `bye` of the stream."""

    at: datetime
    reason: str | None = None
    """Of `bye`: `session_over`."""


_CONTENT = frozenset(
    {"callee", "hall", "queue_number", "matter", "window", "line", "line_script", "line_at", "line_seconds"}
)
_NAMES = tuple(field.name for field in msgspec.structs.fields(LiveCallView))


def live_call_view(row: Any, *, content: bool) -> LiveCallView:
    """A row of the monitors' query; without `content` for the operator."""
    values: dict[str, Any] = {
        name: None if name in _CONTENT and not content else getattr(row, name) for name in _NAMES
    }
    values["stage"] = Stage(row.stage)
    return LiveCallView(**values)


def pause_view(row: Any, tenant: str | None) -> PauseView:
    """A row of `pauses` with its scenario's slug."""
    names = PauseView.__struct_fields__
    values = {name: getattr(row, name) for name in names if name != "tenant"}
    return PauseView(**values, tenant=tenant)


def trunk_view(row: Any, *, operator: bool) -> TrunkView:
    """A row of the monitors' query."""
    return TrunkView(
        id=row.id,
        name=row.name,
        kind=row.kind,
        usable=row.usable > 0,
        nodes_usable=row.usable,
        nodes=row.nodes,
        calls=row.calls if operator else None,
        detail=row.detail if operator else None,
    )


def node_view(row: Any) -> NodeView:
    """A row of `nodes`."""
    return NodeView(
        id=row.id,
        name=row.name,
        state=row.state,
        alive=row.alive,
        started_at=row.started_at,
        heartbeat_at=row.heartbeat_at,
        silent_seconds=round(float(row.silent_seconds), 1),
        calls=row.calls,
    )


def waiting_views(rows: Iterable[Any]) -> list[WaitingView]:
    """Sums over the tenants that were asked about."""
    by_channel: dict[str, list[Any]] = {}
    for row in rows:
        by_channel.setdefault(row.channel, []).append(row)
    return [
        WaitingView(
            channel=channel,
            waiting=sum(row.waiting for row in found),
            due=sum(row.due for row in found),
            next_deadline=min(row.next_deadline for row in found),
        )
        for channel, found in sorted(by_channel.items())
    ]
