"""HTTP endpoints for notifications and journeys."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.notifications import listing, repository_listing, service
from yunhu.domains.notifications.errors import JourneyNotFoundError
from yunhu.domains.notifications.journey_timeline import JourneyStory, story_of
from yunhu.domains.notifications.repository_listing import JourneyFilter, NotificationFilter
from yunhu.domains.notifications.schemas_notifications import (
    CancelAnswer,
    JourneyDetail,
    JourneyView,
    NotificationDetail,
    NotificationRequest,
    NotificationView,
)
from yunhu.domains.notifications.states import JourneyState, NotificationState, Purpose
from yunhu.domains.scripts.public import Channel
from yunhu.foundation.db.paging import Place
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses
from yunhu.foundation.http.filters import Order, Word, aware, phone_index

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
# `state` itself is a reserved name in handlers.
WantedState = Annotated[NotificationState | None, QueryParameter(name="state")]
_STATE_WITHIN = timedelta(days=14)
"""Visits change their state several times, and no index of it is kept for each of them."""
Cursor = Annotated[str | None, QueryParameter(max_length=512)]


class NotificationController(Controller):
    """Notifications of the caller's tenant."""

    path = "/notifications"
    tags = ("Notifications",)

    @post(
        summary="Create a notification",
        guards=[requires(Scope.NOTIFICATIONS_WRITE)],
        responses={
            **problem_responses(404, 409, 422),
            200: ResponseSpec(
                data_container=NotificationView,
                generate_examples=False,
                description="The notification that was created under this `client_reference` before.",
            ),
        },
    )
    async def create(
        self,
        data: JSONBody[NotificationRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> Response[NotificationView]:
        """Any approved script, to any mainland number. Idempotent by `client_reference`."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row, new = await service.ask(
                session, services.vault, caller.tenant_id, data, services.clock.now(), caller.actor.name
            )
            view = listing.notification_view(row, services.vault)
        return Response(view, status_code=201 if new else 200)

    @get(
        summary="List notifications",
        guards=[requires(Scope.NOTIFICATIONS_READ)],
        responses=problem_responses(422),
    )
    async def list_notifications(  # noqa: PLR0913, PLR0917 one parameter a filter of the API
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        wanted_state: WantedState = None,
        purpose: FromQuery[Purpose | None] = None,
        channel: FromQuery[Channel | None] = None,
        client_reference: Word = None,
        queue_number: Word = None,
        created_from: FromQuery[datetime | None] = None,
        created_to: FromQuery[datetime | None] = None,
        phone: Word = None,
        result: Word = None,
        script_id: FromQuery[UUID | None] = None,
        matter: Word = None,
        window: Word = None,
        order: FromQuery[Order] = Order.NEWEST,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[NotificationView]:
        """Newest first, or oldest first. `phone` finds a number exactly; `created_from` is included, `created_to` is not."""
        narrowed = NotificationFilter(
            state=wanted_state,
            purpose=purpose,
            channel=channel,
            client_reference=client_reference,
            queue_number=queue_number,
            created_from=aware(created_from, "created_from"),
            created_to=aware(created_to, "created_to"),
            callee_index=phone_index(services.vault, phone),
            result=result,
            script_id=script_id,
            matter=matter,
            window=window,
        )
        place = _place(cursor, limit, order)
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            rows = await repository_listing.list_notifications(session, caller.tenant_id, narrowed, place)
        more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
        return Page([listing.notification_view(row, services.vault) for row in rows[:limit]], more)

    @get(
        "/{notification_id:uuid}",
        summary="One notification with its timeline and attempts",
        guards=[requires(Scope.NOTIFICATIONS_READ)],
        responses=problem_responses(404),
    )
    async def detail(
        self,
        notification_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> NotificationDetail:
        """Everything that happened to it, and what each attempt said."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await service.find(session, caller.tenant_id, notification_id)
            lines = await repository_listing.timeline_of(session, row.id)
            tries = await repository_listing.attempts_of(session, caller.tenant_id, row.id)
        return NotificationDetail(
            **listing.notification_fields(row, services.vault),
            timeline=[listing.timeline_line(line) for line in lines],
            tries=[listing.attempt_view(attempt) for attempt in tries],
        )

    @post(
        "/{notification_id:uuid}/cancel",
        summary="Cancel a notification",
        status_code=200,
        guards=[requires(Scope.NOTIFICATIONS_WRITE)],
        responses=problem_responses(404, 409),
    )
    async def cancel(
        self,
        notification_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> CancelAnswer:
        """What waits ends at once; a ringing or talking call is told to end."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await service.cancel(session, caller.tenant_id, notification_id, services.clock.now())
        return CancelAnswer(NotificationState(row.state), row.stop_reason)


class JourneyController(Controller):
    """Visits of the caller's tenant."""

    path = "/journeys"
    tags = ("Journeys",)
    guards = (requires(Scope.NOTIFICATIONS_READ),)

    @get(summary="List journeys", responses=problem_responses(422))
    async def list_journeys(  # noqa: PLR0913, PLR0917 one parameter a filter of the API
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        day: FromQuery[date | None] = None,
        hall: Word = None,
        queue_number: Word = None,
        in_state: Annotated[JourneyState | None, QueryParameter(name="state")] = None,
        phone: Word = None,
        created_from: FromQuery[datetime | None] = None,
        created_to: FromQuery[datetime | None] = None,
        order: FromQuery[Order] = Order.NEWEST,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[JourneyView]:
        """Newest first, or oldest first. With `state` and nothing that says when or who: of the last 14 days."""
        since = aware(created_from, "created_from")
        if in_state is not None and not any((day, queue_number, phone, since)):
            since = (aware(created_to, "created_to") or services.clock.now()) - _STATE_WITHIN
        narrowed = JourneyFilter(
            day=day,
            hall=hall,
            queue_number=queue_number,
            state=in_state,
            callee_index=phone_index(services.vault, phone),
            created_from=since,
            created_to=aware(created_to, "created_to"),
        )
        place = _place(cursor, limit, order)
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            rows = await repository_listing.list_journeys(session, caller.tenant_id, narrowed, place)
        more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
        return Page([listing.journey_view(row, services.vault) for row in rows[:limit]], more)

    @get("/{journey_id:uuid}", summary="One visit", responses=problem_responses(404))
    async def detail(
        self,
        journey_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> JourneyDetail:
        """A visit with its events and notifications."""
        tenant_id = caller.tenant_id
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await repository_listing.journey_by_id(session, tenant_id, journey_id)
            if row is None:
                raise JourneyNotFoundError
            events = await repository_listing.events_of(session, tenant_id, row.id)
            owed = await repository_listing.list_notifications(
                session,
                tenant_id,
                NotificationFilter(journey_id=row.id),
                Place(limit=1000, oldest_first=True),
            )
        return JourneyDetail(
            **listing.journey_fields(row, services.vault),
            events=[listing.event_view(event) for event in events],
            notifications=[listing.notification_view(one, services.vault) for one in owed],
        )

    @get(
        "/{journey_id:uuid}/timeline", summary="One visit as a line of time", responses=problem_responses(404)
    )
    async def timeline(
        self,
        journey_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> JourneyStory:
        """From the number taken to the end: events, texts, calls with verdicts and keys, callbacks."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            if await repository_listing.journey_by_id(session, caller.tenant_id, journey_id) is None:
                raise JourneyNotFoundError
            return await story_of(session, services.vault, caller.tenant_id, journey_id)


def _place(cursor: str | None, limit: int, order: Order) -> Place:
    after = decode_cursor(cursor, UUID) if cursor is not None else None
    return Place(after=after, limit=limit + 1, oldest_first=order is Order.OLDEST)
