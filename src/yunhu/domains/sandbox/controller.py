"""HTTP endpoints of trying out."""

import secrets
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody
from litestar.response import Stream

from yunhu.domains.audit.public import record
from yunhu.domains.filings.public import reaches_nobody
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.notifications.public import EventDesk, QueueEventIn, QueueEventKind
from yunhu.domains.recordings.public import WAV, WAV_RESPONSES, wav_answer
from yunhu.domains.sandbox import repository
from yunhu.domains.sandbox.errors import NothingHeardError, RealEquipmentError, VisitNotFoundError
from yunhu.domains.sandbox.schemas import PhoneView, StepRequest, VisitAnswer, VisitRequest, phone_view
from yunhu.foundation.http import Services, problem_responses


class SandboxController(Controller):
    """An imagined visitor of the caller's own tenant, while none of its equipment reaches anybody."""

    path = "/sandbox"
    tags = ("Sandbox",)
    guards = (requires(Scope.SCENARIOS_WRITE),)

    @post("/visits", summary="Take a number", responses=problem_responses(409, 422))
    async def take_number(
        self,
        data: JSONBody[VisitRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        event_desk: NamedDependency[EventDesk],
    ) -> VisitAnswer:
        """A real queue event through the whole house, to a simulated phone. Refused where real people are reached."""
        await _require_sandbox(services, caller)
        said = QueueEventIn(
            event_id=_event_id(),
            event=QueueEventKind.TAKEN,
            queue_number=data.queue_number or f"T{secrets.randbelow(9000) + 1000}",
            occurred_at=services.clock.now(),
            hall=data.hall,
            matter=data.matter,
            ahead=data.ahead,
            phone=data.phone,
        )
        return await _post(services, caller, event_desk, said)

    @post(
        "/visits/{journey_id:uuid}/steps",
        summary="Advance the queue",
        responses=problem_responses(404, 409, 422),
    )
    async def step(
        self,
        journey_id: FromPath[UUID],
        data: JSONBody[StepRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        event_desk: NamedDependency[EventDesk],
    ) -> VisitAnswer:
        """`progress`, `called`, `recalled`, `served`, `missed` or `cancelled`."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            journey = await repository.journey(session, caller.tenant_id, journey_id)
        if journey is None:
            raise VisitNotFoundError
        await _require_sandbox(services, caller)
        said = QueueEventIn(
            event_id=_event_id(),
            event=data.event,
            queue_number=journey.queue_number,
            occurred_at=services.clock.now(),
            hall=journey.hall,
            ahead=data.ahead,
            window=data.window,
        )
        return await _post(services, caller, event_desk, said)

    @get("/visits/{journey_id:uuid}", summary="The visitor's phone", responses=problem_responses(404))
    async def phone(
        self, journey_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> PhoneView:
        """Texts and calls, in order."""
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            journey = await repository.journey(session, caller.tenant_id, journey_id)
            if journey is None:
                raise VisitNotFoundError
            messages, calls = await repository.on_the_phone(session, caller.tenant_id, journey_id)
        return phone_view(journey, list(messages), list(calls), services.vault)

    @get(
        "/calls/{call_id:uuid}/heard",
        summary="Listen to what the phone heard",
        media_type=WAV,
        response_headers=[ResponseHeader(name="Accept-Ranges", value="bytes")],
        responses=WAV_RESPONSES,
    )
    async def heard(
        self,
        call_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        wanted: Annotated[str | None, HeaderParameter(name="Range", max_length=200)] = None,
    ) -> Stream:
        """A stereo WAV, whole or one range of bytes; the left channel is what we said."""
        # Trunks belong to no tenant: this look goes past row security and names the tenant itself.
        async with services.database.transaction() as session:
            known = await repository.is_sandbox_call(session, caller.tenant_id, call_id)
        path = services.settings.sandbox_dir / "heard" / f"{call_id}.wav"
        if not known or not path.is_file():
            raise NothingHeardError
        return await wav_answer(path, str(call_id), wanted)


async def _require_sandbox(services: Services, caller: Caller) -> None:
    # Trunks belong to no tenant: this one look goes past row security.
    async with services.database.transaction() as session:
        if not await reaches_nobody(session, caller.tenant_id):
            raise RealEquipmentError


async def _post(services: Services, caller: Caller, desk: EventDesk, said: QueueEventIn) -> VisitAnswer:
    answer = await desk.take(caller.tenant_id, said)
    journey_id = answer.journey_id
    if journey_id is None:
        raise VisitNotFoundError
    async with services.database.tenant_transaction(caller.tenant_id) as session:
        await record(
            session,
            caller.actor,
            action="sandbox.event",
            subject=("journey", journey_id),
            tenant_id=caller.tenant_id,
            after={"event": said.event.value, "queue_number": said.queue_number},
        )
    return VisitAnswer(journey_id=journey_id, queue_number=said.queue_number, answer=answer)


def _event_id() -> str:
    return f"try-{secrets.token_hex(8)}"
