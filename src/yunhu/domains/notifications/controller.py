"""HTTP endpoint of the intake."""

from typing import Any

from litestar import HttpMethod, Request
from litestar.datastructures import ResponseHeader
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import ASGIApp

from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.notifications.controller_docs import QueueEventsOperation
from yunhu.domains.notifications.intake_events import Refused, read_body
from yunhu.domains.notifications.intake_gate import IntakeGate
from yunhu.domains.notifications.schemas import BatchAnswer, EventAnswer
from yunhu.foundation.http import problem_responses
from yunhu.foundation.http.quick import JsonAnswer, QuickHandler

REPLAYED_HEADER = "Idempotent-Replayed"
_REPLAYED = ((REPLAYED_HEADER.lower().encode(), b"true"),)


def queue_events(intake_gate: IntakeGate) -> HTTPRouteHandler:
    """The handler over one gate. It takes the request as it is: injected parts would cost a task group an event."""

    @QuickHandler(
        "/queue-events",
        http_method=HttpMethod.POST,
        tags=("Queue events",),
        guards=(requires(Scope.EVENTS_WRITE),),
        summary="Report queue events",
        operation_id="ReportQueueEvents",
        operation_class=QueueEventsOperation,
        status_code=202,
        responses={
            **problem_responses(409, 413, 422, 503),
            202: ResponseSpec(
                data_container=EventAnswer | BatchAnswer,
                generate_examples=False,
                description="Recorded. One event is answered by one answer, several by a list in their order.",
            ),
        },
        response_headers=[
            ResponseHeader(
                name=REPLAYED_HEADER,
                description="`true` when the event was known: this is its first answer, word for word.",
                documentation_only=True,
                required=False,
            )
        ],
    )
    async def report(request: Request[Caller, Any, Any]) -> ASGIApp:
        """One event, an array of up to 1,000, or `{"events": […]}`.

        The same `event_id` with the same body gets its first answer again; with another body it is a conflict:
        409 for a single event, `conflict` in the answer to a batch. Order is judged by `occurred_at`.
        """
        tenant_id = request.user.tenant_id
        read = read_body(await request.body())
        if not read.single:
            return JsonAnswer(await intake_gate.take_batch(tenant_id, read.items), status=202)
        said = read.items[0]
        if isinstance(said, Refused):
            raise said.error
        answer, known = await intake_gate.take_one(tenant_id, said)
        return JsonAnswer(answer, status=202, headers=_REPLAYED if known else ())

    return report
