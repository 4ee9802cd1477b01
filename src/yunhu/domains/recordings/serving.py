"""Answers with a sound file, whole or one range of bytes, so that a player can jump."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream

from yunhu.domains.recordings.errors import RecordingNotFoundError
from yunhu.domains.recordings.ranges import ByteRange, read_range
from yunhu.foundation.http import Problem, problem_responses

WAV = "audio/wav"
_CHUNK = 1 << 18

WAV_RESPONSES = {
    206: ResponseSpec(bytes, generate_examples=False, description="The part asked for.", media_type=WAV),
    416: ResponseSpec(
        Problem,
        generate_examples=False,
        description="The range lies outside the recording.",
        media_type="application/problem+json",
    ),
    **problem_responses(404),
}
"""`responses=` of a handler that answers so."""


async def wav_answer(path: Path | None, name: str, wanted: str | None) -> Stream:
    """The file, or the part that `Range` asks for. Raises `RecordingNotFoundError`, `RangeInvalidError`."""
    size = await asyncio.to_thread(_size, path) if path else 0
    if path is None or not size:
        raise RecordingNotFoundError("the file is not on this machine")
    part = read_range(wanted, size)
    whole = ByteRange(0, size - 1)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str((part or whole).length),
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'inline; filename="{name}.wav"',
    }
    if part is not None:
        headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    return Stream(
        _read(path, part or whole), status_code=200 if part is None else 206, media_type=WAV, headers=headers
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
