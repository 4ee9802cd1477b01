"""HTTP endpoints for text messages."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.notifications.public import NOTHING, abouts_of
from yunhu.domains.sms.errors import MessageNotFoundError
from yunhu.domains.sms.listing import MessageFilters, message_of, messages_of, parts_of
from yunhu.domains.sms.models import MessageState
from yunhu.domains.sms.schemas import MessageDetail, MessageView, message_detail, message_view
from yunhu.foundation.db.paging import Place
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses
from yunhu.foundation.http.filters import Order, Word, aware, phone_index


class MessageController(Controller):
    """Text messages of the caller's own tenant."""

    path = "/messages"
    tags = ("Messages",)
    guards = (requires(Scope.NOTIFICATIONS_READ),)

    @get(summary="List text messages", responses=problem_responses(422))
    async def list_messages(  # noqa: PLR0913 one parameter a filter of the API
        self,
        *,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        in_state: Annotated[MessageState | None, QueryParameter(name="state")] = None,
        notification_id: FromQuery[UUID | None] = None,
        script_id: FromQuery[UUID | None] = None,
        queue_number: Word = None,
        phone: Word = None,
        since: FromQuery[datetime | None] = None,
        until: FromQuery[datetime | None] = None,
        order: FromQuery[Order] = Order.NEWEST,
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> Page[MessageView]:
        """Newest first, or oldest first. `phone` finds a number exactly; `since` is included, `until` is not."""
        filters = MessageFilters(
            state=in_state,
            notification_id=notification_id,
            script_id=script_id,
            queue_number=queue_number,
            callee_index=phone_index(services.vault, phone),
            since=aware(since, "since"),
            until=aware(until, "until"),
        )
        after = decode_cursor(cursor, UUID) if cursor is not None else None
        place = Place(after=after, limit=limit + 1, oldest_first=order is Order.OLDEST)
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            rows = await messages_of(session, caller.tenant_id, filters, place)
            abouts = await abouts_of(session, (row.notification_id for row in rows))
        more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
        views = [
            message_view(row, services.vault, abouts.get(row.notification_id, NOTHING))
            for row in rows[:limit]
        ]
        return Page(views, more)

    @get("/{message_id:uuid}", summary="Show a text message", responses=problem_responses(404))
    async def show(
        self, message_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> MessageDetail:
        """With the gate's verdict and its segments."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await message_of(session, caller.tenant_id, message_id)
            if row is None:
                raise MessageNotFoundError
            abouts = await abouts_of(session, [row.notification_id])
            parts = await parts_of(session, row.id)
        return message_detail(row, services.vault, abouts.get(row.notification_id, NOTHING), parts)
