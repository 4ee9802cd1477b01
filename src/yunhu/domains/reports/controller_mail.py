"""HTTP endpoints of mailed reports."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy import select

from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.reports import mailing
from yunhu.domains.reports.errors import MailNotSetUpError
from yunhu.domains.reports.models_mail import ReportSchedule, ReportSend
from yunhu.domains.reports.schemas_mail import (
    ScheduleRequest,
    ScheduleView,
    SendView,
    schedule_view,
    send_view,
)
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses


class ReportScheduleController(Controller):
    """Reports that are mailed by the day, week or month."""

    path = "/reports/schedules"
    tags = ("Reports",)
    guards = (requires(Scope.REPORTS_SCHEDULE),)

    @get(summary="List mailed reports", responses=problem_responses())
    async def list_schedules(
        self, caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> Sequence[ScheduleView]:
        """By name; a tenant has a handful."""
        query = select(ReportSchedule).where(ReportSchedule.tenant_id == caller.tenant_id)
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            rows = await session.scalars(query.order_by(ReportSchedule.name).limit(200))
            return [schedule_view(row) for row in rows]

    @post(summary="Have a report mailed", responses=problem_responses(409, 422))
    async def create(
        self,
        data: JSONBody[ScheduleRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ScheduleView:
        """About the day, week or month that ended last, at an hour of China time."""
        if services.settings.smtp_url is None:
            raise MailNotSetUpError
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return schedule_view(
                await mailing.save_schedule(
                    session, caller.tenant_id, data, caller.actor, services.clock.now()
                )
            )

    @get("/{schedule_id:uuid}", summary="One mailed report", responses=problem_responses(404))
    async def show(
        self,
        schedule_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ScheduleView:
        """With the moment of the next mail."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return schedule_view(await mailing.schedule_of(session, caller.tenant_id, schedule_id))

    @put("/{schedule_id:uuid}", summary="Change a mailed report", responses=problem_responses(404, 409, 422))
    async def change(
        self,
        schedule_id: FromPath[UUID],
        data: JSONBody[ScheduleRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ScheduleView:
        """The whole of it; the next mail is due anew."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await mailing.save_schedule(
                session, caller.tenant_id, data, caller.actor, services.clock.now(), schedule_id=schedule_id
            )
            return schedule_view(row)

    @delete("/{schedule_id:uuid}", summary="End a mailed report", responses=problem_responses(404))
    async def remove(
        self,
        schedule_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> None:
        """With its log of mails."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            await mailing.delete_schedule(
                session, caller.tenant_id, schedule_id, caller.actor, services.clock.now()
            )

    @post(
        "/{schedule_id:uuid}/send-now",
        summary="Mail a report now",
        status_code=202,
        responses=problem_responses(404, 409),
    )
    async def send_now(
        self,
        schedule_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> SendView:
        """About the period that ended last, once more; the schedule goes on as it was."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            await mailing.schedule_of(session, caller.tenant_id, schedule_id)
            if services.settings.smtp_url is None:
                raise MailNotSetUpError
            return send_view(
                await mailing.send_now(
                    session, caller.tenant_id, schedule_id, caller.actor, services.clock.now()
                )
            )

    @get("/{schedule_id:uuid}/sends", summary="Mails of a report", responses=problem_responses(404))
    async def list_sends(
        self,
        schedule_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[SendView]:
        """Newest first, with what the mail server said of those that failed."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await mailing.schedule_of(session, caller.tenant_id, schedule_id)
            query = select(ReportSend).where(ReportSend.schedule_id == row.id)
            if cursor is not None:
                query = query.where(ReportSend.id < decode_cursor(cursor, UUID))
            rows = (await session.scalars(query.order_by(ReportSend.id.desc()).limit(limit + 1))).all()
        more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
        return Page([send_view(row) for row in rows[:limit]], more)
