"""HTTP endpoints of alarms."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import record
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.monitoring import repository
from yunhu.domains.monitoring.errors import (
    AlarmClearedError,
    AlarmNotFoundError,
    MonitoredTenantUnknownError,
)
from yunhu.domains.monitoring.models import Alarm, AlarmState
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses

Most = Annotated[int, QueryParameter(ge=1, le=200)]
InState = Annotated[AlarmState | None, QueryParameter(name="state")]


class AlarmView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that people should look at."""

    id: UUID
    tenant_id: UUID | None
    """Null: it concerns the operator alone."""
    kind: str
    """`quota`, `suspension_proposed`, `suspended`, `complaint_threshold`, `complaint_overdue`, `fault_open`, `fault_overdue`,
    `incident_report_overdue`, `support_visit_overdue`, `trunk_down`, `node_lost`, `no_node`, `number_quarantined`."""
    severity: str
    subject_kind: str
    subject_id: str
    detail: dict[str, Any]
    state: AlarmState
    times: int
    """How often it was told."""
    first_at: datetime
    last_at: datetime
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    note: str
    cleared_at: datetime | None
    cleared_by: str | None


class AlarmNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody says to an alarm."""

    note: Annotated[str, Meta(max_length=500)] = ""


class AlarmController(Controller):
    """Alarms that concern the caller's own tenant."""

    path = "/alarms"
    tags = ("Alarms",)

    @get(summary="List alarms", guards=[requires(Scope.MONITOR_READ)], responses=problem_responses())
    async def list_alarms(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        standing: FromQuery[bool] = True,
        in_state: InState = None,
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[AlarmView]:
        """Newest first; those whose cause is still there, and all with `standing=false`."""
        condition = Alarm.tenant_id == caller.tenant_id
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return await _page(
                session, condition, standing=standing, state=in_state, cursor=cursor, limit=limit
            )

    @post(
        "/{alarm_id:uuid}/acknowledge",
        summary="Acknowledge an alarm",
        status_code=200,
        guards=[requires(Scope.MONITOR_CONTROL)],
        responses=problem_responses(404, 409),
    )
    async def acknowledge(
        self,
        alarm_id: FromPath[UUID],
        data: JSONBody[AlarmNote],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> AlarmView:
        """Somebody has seen it; it stays until its cause is gone. Audited."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await _locked(session, alarm_id, caller.tenant_id)
            return await _acknowledge(session, row, caller, data.note, services.clock.now())


class OperatorAlarmController(Controller):
    """Alarms of the whole platform."""

    path = "/operator/alarms"
    tags = ("Operator: live monitor",)
    guards = (requires(Scope.OPERATOR_MONITOR),)

    @get(summary="List alarms of all tenants", responses=problem_responses(404))
    async def list_alarms(
        self,
        services: NamedDependency[Services],
        tenant: Annotated[str | None, QueryParameter(min_length=1, max_length=64)] = None,
        standing: FromQuery[bool] = True,
        in_state: InState = None,
        cursor: FromQuery[str | None] = None,
        limit: Most = 50,
    ) -> Page[AlarmView]:
        """Newest first; those of one tenant with `tenant`."""
        condition = None
        if tenant is not None:
            tenant_id = await repository.tenant_id_of(services.database, tenant)
            if tenant_id is None:
                raise MonitoredTenantUnknownError(tenant=tenant)
            condition = Alarm.tenant_id == tenant_id
        async with services.database.transaction() as session:
            return await _page(
                session, condition, standing=standing, state=in_state, cursor=cursor, limit=limit
            )

    @post(
        "/{alarm_id:uuid}/acknowledge",
        summary="Acknowledge an alarm",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def acknowledge(
        self,
        alarm_id: FromPath[UUID],
        data: JSONBody[AlarmNote],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> AlarmView:
        """Somebody has seen it; it stays until its cause is gone. Audited."""
        async with services.database.transaction() as session:
            row = await _locked(session, alarm_id, None)
            return await _acknowledge(session, row, caller, data.note, services.clock.now())

    @post(
        "/{alarm_id:uuid}/clear",
        summary="Clear an alarm",
        status_code=200,
        responses=problem_responses(404, 409),
    )
    async def clear(
        self,
        alarm_id: FromPath[UUID],
        data: JSONBody[AlarmNote],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> AlarmView:
        """For a cause that nobody reports as gone, such as a used-up quota. One that is still there comes back."""
        now = services.clock.now()
        async with services.database.transaction() as session:
            row = await _locked(session, alarm_id, None)
            row.state, row.cleared_at, row.cleared_by = AlarmState.CLEARED, now, caller.actor.name
            row.note = data.note or row.note
            await session.flush()
            await _record(session, row, caller, "alarm.clear", data.note, now)
            return alarm_view(row)


def alarm_view(row: Alarm) -> AlarmView:
    """A row of `alarms`."""
    values = {name: getattr(row, name) for name in AlarmView.__struct_fields__}
    return AlarmView(**{**values, "state": AlarmState(row.state)})


async def _page(
    session: AsyncSession,
    condition: Any,
    *,
    standing: bool,
    state: AlarmState | None,
    cursor: str | None,
    limit: int,
) -> Page[AlarmView]:
    query = select(Alarm)
    if condition is not None:
        query = query.where(condition)
    if state is not None:
        query = query.where(Alarm.state == state.value)
    elif standing:
        query = query.where(Alarm.cleared_at.is_(None))
    if cursor is not None:
        query = query.where(Alarm.id < decode_cursor(cursor, UUID))
    rows = (await session.scalars(query.order_by(Alarm.id.desc()).limit(limit + 1))).all()
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page([alarm_view(row) for row in rows[:limit]], more)


async def _locked(session: AsyncSession, alarm_id: UUID, tenant_id: UUID | None) -> Alarm:
    row = await session.get(Alarm, alarm_id, with_for_update=True)
    if row is None or (tenant_id is not None and row.tenant_id != tenant_id):
        raise AlarmNotFoundError
    if row.cleared_at is not None:
        raise AlarmClearedError
    return row


async def _acknowledge(
    session: AsyncSession, row: Alarm, caller: Caller, note: str, now: datetime
) -> AlarmView:
    row.state, row.note = AlarmState.ACKNOWLEDGED, note or row.note
    row.acknowledged_by, row.acknowledged_at = caller.actor.name, now
    await session.flush()
    await _record(session, row, caller, "alarm.acknowledge", note, now)
    return alarm_view(row)


async def _record(
    session: AsyncSession, row: Alarm, caller: Caller, action: str, note: str, now: datetime
) -> None:
    await record(
        session,
        caller.actor,
        action=action,
        subject=("alarm", row.id),
        tenant_id=row.tenant_id,
        after={"kind": row.kind, "state": row.state},
        reason=note,
        now=now,
    )
