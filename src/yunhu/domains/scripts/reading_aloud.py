"""HTTP endpoint that reads a wording aloud, as the telephone would carry it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Protocol
from uuid import UUID

import msgspec
from litestar import Controller, Response, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody
from msgspec import Meta

from yunhu.domains.identity.public import Caller, Scope, requires
from yunhu.domains.scripts import repository
from yunhu.domains.scripts.errors import (
    ReadingBusyError,
    ReadingImpossibleError,
    ScriptInvalidError,
    VersionNotFoundError,
)
from yunhu.domains.scripts.filling import ApprovedScript, fill
from yunhu.domains.scripts.models import Channel
from yunhu.domains.scripts.rules import faults_of, text_hash
from yunhu.domains.scripts.schemas import Slots, Text
from yunhu.foundation.http import RateLimitedError, Services, problem_responses
from yunhu.foundation.http.rate import TokenBuckets
from yunhu.speech.reading import OneReading, ReadingStyle, Segment, Slot, render_segments, render_text

READINGS_PER_MINUTE = 20
"""Of one person or key: a second of speech costs about half a second of a core."""
MOST_WAITING = 4
_WAV = "audio/wav"


class Reader(Protocol):
    """A voice."""

    async def read(self, words: Sequence[Segment]) -> bytes:
        """A WAV file. Raises `YunhuError` classes of the voice."""


class ReadingRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be read: a kept version, or a wording as it is being written."""

    version_id: UUID | None = None
    text: Text | None = None
    slots: Slots = []
    parameters: Annotated[dict[str, Annotated[str, Meta(max_length=200)]], Meta(max_length=16)] = {}
    queue_digits: OneReading = OneReading.YAO
    """How the digit 1 is read in queue numbers."""


class ReadingWords(msgspec.Struct, frozen=True, kw_only=True):
    """A wording with its values, as it is shown and as it is spoken."""

    text: str
    segments: list[Segment]


class ReadingRoom:
    """Lets a few readings in at a time, and each caller a few a minute. One a process."""

    def __init__(self, reader: Reader, buckets: TokenBuckets) -> None:
        self._reader = reader
        self._buckets = buckets
        self._turn = asyncio.Semaphore(1)
        self._waiting = 0

    async def read(self, whose: object, words: Sequence[Segment]) -> bytes:
        """Raises `RateLimitedError`, `ReadingBusyError`."""
        allowance = self._buckets.take(whose, READINGS_PER_MINUTE)
        if not allowance.allowed:
            raise RateLimitedError(retry_after=allowance.retry_after)
        if self._waiting >= MOST_WAITING:
            raise ReadingBusyError(retry_after=3)
        self._waiting += 1
        try:
            async with self._turn:
                return await self._reader.read(words)
        finally:
            self._waiting -= 1


class ReadingController(Controller):
    """Reads wordings aloud."""

    path = "/scripts/reading-aloud"
    tags = ("Scripts",)
    guards = (requires(Scope.SCRIPTS_READ),)

    @post(
        summary="Read a wording aloud",
        status_code=200,
        media_type=_WAV,
        responses={
            200: ResponseSpec(bytes, generate_examples=False, description="8 kHz, mono.", media_type=_WAV),
            **problem_responses(404, 422, 503),
        },
    )
    async def read(
        self,
        data: JSONBody[ReadingRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
        reading_room: NamedDependency[ReadingRoom],
    ) -> Response[bytes]:
        """By the voice that speaks in calls, at telephone quality. At most 20 a minute; the same words are rendered
        once."""
        text, slots = await _wording(services, caller, data)
        words = words_of(text, slots, data.parameters, data.queue_digits)
        sound = await reading_room.read(caller.session_id or caller.key_id, words)
        return Response(sound, media_type=_WAV, headers={"Cache-Control": "private, no-store"})

    @post(
        "/words",
        summary="The words of a reading",
        status_code=200,
        responses=problem_responses(404, 422),
    )
    async def words(
        self,
        data: JSONBody[ReadingRequest],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> ReadingWords:
        """What the voice would say, part by part, with numbers as they are read. Nothing is rendered."""
        text, slots = await _wording(services, caller, data)
        words = words_of(text, slots, data.parameters, data.queue_digits)
        return ReadingWords(text=render_text(text, data.parameters), segments=list(words))


def words_of(
    text: str, slots: Sequence[Slot], parameters: Mapping[str, str], digits: OneReading
) -> Sequence[Segment]:
    """Pure: what the voice is to say. Raises `ScriptInvalidError`, `ParameterInvalidError`."""
    faults = faults_of(text, slots, Channel.VOICE)
    if faults:
        raise ScriptInvalidError(faults=faults)
    nobody = UUID(int=0)
    wording = ApprovedScript(nobody, nobody, "", Channel.VOICE, text, tuple(slots), text_hash(text, slots))
    style = ReadingStyle(one=digits)
    fill(wording, parameters, style)
    return render_segments(text, tuple(slots), dict(parameters), style)


async def _wording(services: Services, caller: Caller, data: ReadingRequest) -> tuple[str, list[Slot]]:
    if (data.version_id is None) == (data.text is None):
        raise ReadingImpossibleError("give version_id or text")
    if data.version_id is None:
        return data.text or "", list(data.slots)
    async with services.database.tenant_transaction(caller.tenant_id) as session:
        rows: Sequence[Any] = await repository.versions_of(session, [data.version_id])
    if not rows or rows[0].ScriptVersion.tenant_id != caller.tenant_id:
        raise VersionNotFoundError
    version = rows[0].ScriptVersion
    return version.text, msgspec.convert(version.slots, list[Slot])
