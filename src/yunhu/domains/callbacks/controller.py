"""HTTP endpoints for callbacks."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter
from msgspec import Meta

from yunhu.domains.callbacks.deliveries import (
    Filters,
    deliveries_of,
    find_delivery,
    redeliver,
    send_test,
    tries_of,
)
from yunhu.domains.callbacks.endpoints import (
    Endpoints,
    EndpointWish,
    check_may_ask,
    endpoints_of,
    find_endpoint,
)
from yunhu.domains.callbacks.models import DeliveryState
from yunhu.domains.callbacks.schemas import (
    DeliveryView,
    EndpointPatch,
    EndpointRequest,
    EndpointView,
    NewEndpoint,
    TryView,
    delivery_view,
    endpoint_view,
    try_view,
)
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.foundation.http import Page, Services, decode_cursor, encode_cursor, problem_responses

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
DeliveryId = Annotated[int, PathParameter(ge=1, le=2**63 - 1)]
DeliveryCursor = Annotated[int, Meta(ge=1, le=2**63 - 1)]


def _endpoints(services: Services) -> Endpoints:
    return Endpoints(services.vault, services.clock, allow_private=services.settings.callbacks_to_private)


class EndpointController(Controller):
    """Addresses of the caller's own tenant that want to be told."""

    path = "/callback-endpoints"
    tags = ("Callbacks",)
    guards = (requires(Scope.CALLBACKS_MANAGE),)

    @post(summary="Add an endpoint", responses=problem_responses(409, 422))
    async def add(
        self,
        data: JSONBody[EndpointRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> NewEndpoint:
        """The signing secret is in this answer and nowhere else."""
        check_may_ask(caller.scopes, data.event_types)
        wish = EndpointWish(url=data.url, event_types=data.event_types)
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row, secret = await _endpoints(services).add(session, caller.tenant_id, wish)
            return NewEndpoint(secret=secret, endpoint=endpoint_view(row))

    @get(summary="List endpoints", responses=problem_responses())
    async def list_endpoints(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[EndpointView]:
        """Newest first."""
        before = decode_cursor(cursor, UUID) if cursor is not None else None
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            rows = await endpoints_of(session, caller.tenant_id, before=before, limit=limit + 1)
        more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
        return Page([endpoint_view(row) for row in rows[:limit]], more)

    @get("/{endpoint_id:uuid}", summary="Show an endpoint", responses=problem_responses(404))
    async def show(
        self,
        endpoint_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> EndpointView:
        """Without its secret."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return endpoint_view(await find_endpoint(session, caller.tenant_id, endpoint_id))

    @patch("/{endpoint_id:uuid}", summary="Change an endpoint", responses=problem_responses(404, 409, 422))
    async def change(
        self,
        endpoint_id: FromPath[UUID],
        data: JSONBody[EndpointPatch],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> EndpointView:
        """Another URL, or other event types."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find_endpoint(session, caller.tenant_id, endpoint_id)
            check_may_ask(caller.scopes, set(data.event_types or ()) - set(row.event_types))
            types = row.event_types if data.event_types is None else data.event_types
            wish = EndpointWish(url=data.url or row.url, event_types=types)
            return endpoint_view(await _endpoints(services).change(session, row, wish))

    @delete("/{endpoint_id:uuid}", summary="Remove an endpoint", responses=problem_responses(404))
    async def remove(
        self,
        endpoint_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> None:
        """Its deliveries and their log go with it."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find_endpoint(session, caller.tenant_id, endpoint_id)
            await _endpoints(services).remove(session, row)

    @post("/{endpoint_id:uuid}/rotate", summary="Rotate the secret", responses=problem_responses(404))
    async def rotate(
        self,
        endpoint_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> NewEndpoint:
        """For 24 hours requests carry two signatures: the new secret's and the old one's."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find_endpoint(session, caller.tenant_id, endpoint_id)
            secret = await _endpoints(services).rotate(session, row)
            return NewEndpoint(secret=secret, endpoint=endpoint_view(row))

    @post(
        "/{endpoint_id:uuid}/pause",
        summary="Pause an endpoint",
        status_code=200,
        responses=problem_responses(404),
    )
    async def pause(
        self,
        endpoint_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> EndpointView:
        """What is published meanwhile waits, for seven days at most."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find_endpoint(session, caller.tenant_id, endpoint_id)
            return endpoint_view(await _endpoints(services).pause(session, row))

    @post(
        "/{endpoint_id:uuid}/resume",
        summary="Resume an endpoint",
        status_code=200,
        responses=problem_responses(404),
    )
    async def resume(
        self,
        endpoint_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> EndpointView:
        """What waits is sent now."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find_endpoint(session, caller.tenant_id, endpoint_id)
            return endpoint_view(await _endpoints(services).resume(session, row))

    @post(
        "/{endpoint_id:uuid}/test",
        summary="Send a test event",
        status_code=202,
        responses=problem_responses(404),
    )
    async def test(
        self,
        endpoint_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> DeliveryView:
        """A `callback.test` event, signed and logged like any other; look its delivery up by the id returned."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await find_endpoint(session, caller.tenant_id, endpoint_id)
            return delivery_view(await send_test(session, row, services.clock.now()))


class DeliveryController(Controller):
    """The delivery log of the caller's own tenant."""

    path = "/callback-deliveries"
    tags = ("Callbacks",)
    guards = (requires(Scope.CALLBACKS_MANAGE),)

    @get(summary="List deliveries", responses=problem_responses())
    async def list_deliveries(
        self,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        endpoint_id: FromQuery[UUID | None] = None,
        delivery_state: Annotated[DeliveryState | None, QueryParameter(name="state")] = None,
        event_type: Annotated[str | None, QueryParameter(name="type", max_length=64)] = None,
        subject_id: FromQuery[UUID | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[DeliveryView]:
        """Newest first. `subject_id` is the notification (or callee's refusal) that the event is about."""
        before = decode_cursor(cursor, DeliveryCursor) if cursor is not None else None
        filters = Filters(
            endpoint_id=endpoint_id, state=delivery_state, type=event_type, subject_id=subject_id
        )
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            rows = await deliveries_of(session, caller.tenant_id, filters, before=before, limit=limit + 1)
        more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
        return Page([delivery_view(row) for row in rows[:limit]], more)

    @get("/{delivery_id:int}", summary="Show a delivery", responses=problem_responses(404))
    async def show(
        self, delivery_id: DeliveryId, caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> DeliveryView:
        """With the data that it carries."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return delivery_view(await find_delivery(session, caller.tenant_id, delivery_id))

    @get("/{delivery_id:int}/tries", summary="List the tries", responses=problem_responses(404))
    async def list_tries(
        self,
        delivery_id: DeliveryId,
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Page[TryView]:
        """Every HTTP request of a delivery and what came back, newest first."""
        before = decode_cursor(cursor, DeliveryCursor) if cursor is not None else None
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            await find_delivery(session, caller.tenant_id, delivery_id)
            rows = await tries_of(session, delivery_id, before=before, limit=limit + 1)
        more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
        return Page([try_view(row) for row in rows[:limit]], more)

    @post(
        "/{delivery_id:int}/redeliver",
        summary="Deliver again",
        status_code=202,
        responses=problem_responses(404, 409),
    )
    async def redeliver(
        self, delivery_id: DeliveryId, caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> DeliveryView:
        """Under the same `webhook-id`; 409 while it is still under way."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            return delivery_view(
                await redeliver(session, caller.tenant_id, delivery_id, services.clock.now())
            )
