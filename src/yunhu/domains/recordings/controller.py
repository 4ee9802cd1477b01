"""HTTP endpoint of recordings."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter
from litestar.response import Stream
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import ContentKind, look_once, require_grant
from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.recordings import repository
from yunhu.domains.recordings.errors import RecordingNotFoundError
from yunhu.domains.recordings.files import recording_path
from yunhu.domains.recordings.ranges import ByteRange, read_range
from yunhu.foundation.http import Problem, Services, problem_responses

_CHUNK = 1 << 18
_WAV = "audio/wav"


class RecordingController(Controller):
    """Recordings of the caller's own tenant."""

    path = "/calls"
    tags = ("Recordings",)
    guards = (requires(Scope.CALLS_READ),)

    @get(
        "/{call_id:uuid}/recording",
        summary="Listen to a call",
        media_type=_WAV,
        response_headers=[ResponseHeader(name="Accept-Ranges", value="bytes")],
        responses={
            206: ResponseSpec(
                bytes, generate_examples=False, description="The part asked for.", media_type=_WAV
            ),
            416: ResponseSpec(
                Problem,
                generate_examples=False,
                description="The range lies outside the recording.",
                media_type="application/problem+json",
            ),
            **problem_responses(404),
        },
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
        async with services.database.tenant_transaction(caller.tenant_id) as session:
            row = await repository.of_call(session, caller.tenant_id, call_id)
            if row is not None and row.recording is not None:
                await _put_look_on_record(session, caller, call_id, services.clock.now())
        if row is None or row.recording is None:
            raise RecordingNotFoundError("there is no such call with a recording")
        path = recording_path(services.settings.recordings_dir, row.recording)
        size = await asyncio.to_thread(_size, path) if path else 0
        if path is None or not size:
            raise RecordingNotFoundError("the file is not on this machine")
        part = read_range(wanted, size)
        whole = ByteRange(0, size - 1)
        headers = {
            "Accept-Ranges": "bytes",
            "Content-Length": str((part or whole).length),
            "Cache-Control": "private, no-store",
            "Content-Disposition": f'inline; filename="{call_id}.wav"',
        }
        if part is not None:
            headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
        return Stream(
            _read(path, part or whole),
            status_code=200 if part is None else 206,
            media_type=_WAV,
            headers=headers,
        )


async def _put_look_on_record(session: AsyncSession, caller: Caller, call_id: UUID, now: datetime) -> None:
    """Rows D2, D5, D8. Raises `GrantNeededError` for the operator's staff without the tenant's grant."""
    tenant_id = caller.tenant_id
    if caller.of_operator:
        await require_grant(session, tenant_id, caller.user_id, ContentKind.RECORDINGS, now)
    await look_once(
        session, caller.actor, kind="recording", subject=("call", call_id), tenant_id=tenant_id, now=now
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


async def _read(path: Path, part: ByteRange) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(file.seek, part.first)
        left = part.length
        while left and (chunk := await asyncio.to_thread(file.read, min(left, _CHUNK))):
            left -= len(chunk)
            yield chunk
    finally:
        file.close()
