"""HTTP endpoints of recordings."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter
from litestar.response import Stream
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import ContentKind, look_once, require_grant
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.recordings import repository
from yunhu.domains.recordings.errors import RecordingNotFoundError
from yunhu.domains.recordings.files import SETTLED, recording_path
from yunhu.domains.recordings.peaks import Peaks, peaks_of
from yunhu.domains.recordings.serving import WAV, WAV_RESPONSES, wav_answer
from yunhu.foundation.http import Services, problem_responses


class RecordingController(Controller):
    """Recordings of the caller's own tenant."""

    path = "/calls"
    tags = ("Recordings",)
    guards = (requires(Scope.CALLS_READ),)

    @get(
        "/{call_id:uuid}/recording",
        summary="Listen to a call",
        media_type=WAV,
        response_headers=[ResponseHeader(name="Accept-Ranges", value="bytes")],
        responses=WAV_RESPONSES,
    )
    async def play(
        self,
        call_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        wanted: Annotated[str | None, HeaderParameter(name="Range", max_length=200)] = None,
    ) -> Stream:
        """Both directions as a stereo WAV, whole or one range of bytes. Of a running call: what there is so far.

        Who listened is put on record, parts within half an hour as one.
        """
        path, _ = await _recording_of(services, caller, call_id)
        return await wav_answer(path, str(call_id), wanted)

    @get(
        "/{call_id:uuid}/recording/peaks",
        summary="The picture of a recording",
        responses=problem_responses(404, 422),
    )
    async def peaks(
        self, call_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> Peaks:
        """At most 1,000 stretches a channel, the loudest sample of each from 0 to 255. A look like listening."""
        path, finished = await _recording_of(services, caller, call_id)
        if path is None or not path.is_file():
            raise RecordingNotFoundError("the file is not on this machine")
        return await asyncio.to_thread(peaks_of, path, finished=finished)


async def _recording_of(services: Services, caller: Caller, call_id: UUID) -> tuple[Path | None, bool]:
    """Where the recording lies and whether its call is over; the look is on record."""
    async with services.database.tenant_transaction(caller.tenant_id) as session:
        row = await repository.of_call(session, caller.tenant_id, call_id)
        if row is None or row.recording is None:
            raise RecordingNotFoundError("there is no such call with a recording")
        await _put_look_on_record(session, caller, call_id, services.clock.now())
    settled = row.ended_at is not None and services.clock.now() - row.ended_at >= SETTLED
    return recording_path(services.settings.recordings_dir, row.recording), settled


async def _put_look_on_record(session: AsyncSession, caller: Caller, call_id: UUID, now: datetime) -> None:
    """Rows D2, D5, D8. Raises `GrantNeededError` for the operator's staff without the tenant's grant."""
    tenant_id = caller.tenant_id
    if caller.of_operator:
        await require_grant(session, tenant_id, caller.user_id, ContentKind.RECORDINGS, now)
    await look_once(
        session, caller.actor, kind="recording", subject=("call", call_id), tenant_id=tenant_id, now=now
    )
