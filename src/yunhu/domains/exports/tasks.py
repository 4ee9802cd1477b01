"""An export as a task. A process of its own does the work: a call node has calls to carry meanwhile."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from yunhu.domains.documents.public import DocumentStore, NewDocument, store_document
from yunhu.domains.exports.errors import ExportBrokenError
from yunhu.domains.exports.making import Order
from yunhu.domains.tasks.public import TaskContext
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.clock import SHANGHAI, natural_day
from yunhu.foundation.http import Services
from yunhu.foundation.settings import environment_of

EXPORT = "exports.write"
DOCUMENT_KIND = "export"
KEPT = timedelta(days=7)
"""A file with people's traces in it does not lie about for longer."""
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK = 1 << 20


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What the writing process is told."""

    tenant_id: UUID | None
    """Without one it is the operator's."""
    order: Order
    path: str


class Said(msgspec.Struct, frozen=True):
    """What the writing process says, a line each: rows so far, and at the end that it is done."""

    rows: int
    done: bool = False


class Exporter:
    """Does one task of the kind `EXPORT`."""

    def __init__(self, services: Services, command: Sequence[str]) -> None:
        self._services = services
        self._command = command
        self._store = DocumentStore(services.settings.documents_dir, services.vault)

    async def run(self, context: TaskContext) -> None:
        """A task that is taken up again begins anew. Raises `ExportBrokenError`."""
        order = msgspec.convert(context.parameters["order"], Order)
        with tempfile.TemporaryDirectory(prefix="yunhu-export-") as folder:
            path = Path(folder) / "export.xlsx"
            job = Job(tenant_id=context.tenant_id, order=order, path=str(path))
            rows = await self._write(context, job)
            now = self._services.clock.now()
            name = f"{context.parameters['file_name']}-{now.astimezone(SHANGHAI):%Y%m%d-%H%M}.xlsx"
            async with self._services.database.transaction() as session:
                document = await store_document(
                    session,
                    self._store,
                    NewDocument(
                        tenant_id=context.tenant_id,
                        kind=DOCUMENT_KIND,
                        file_name=name,
                        media_type=MEDIA_TYPE,
                        actor=Actor(ActorKind.SYSTEM, context.created_by),
                        now=now,
                    ),
                    _content(path),
                )
        context.result_document_id = document.id
        context.report = {
            "rows": rows,
            "file_name": document.file_name,
            "erased_on": natural_day(now + KEPT).isoformat(),
        }

    async def _write(self, context: TaskContext, job: Job) -> int:
        settings = self._services.settings
        environment = {
            **os.environ,
            **environment_of(settings),
            "YUNHU_DATABASE_URL": self._services.database.dsn,
        }
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )
        try:
            return await self._follow(process, context, job)
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
            await process.wait()

    async def _follow(self, process: asyncio.subprocess.Process, context: TaskContext, job: Job) -> int:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None  # noqa: S101, PT018 pipes were asked for
        trouble = asyncio.create_task(process.stderr.read())
        process.stdin.write(msgspec.json.encode(job))
        process.stdin.close()
        said = Said(0)
        async for line in process.stdout:
            said = msgspec.json.decode(line, type=Said)
            await context.progress(said.rows)
        text = (await trouble).decode(errors="replace").strip()
        if await process.wait() != 0 or not said.done:
            raise ExportBrokenError(text.rpartition("\n")[2][:300] or "the writing process ended early")
        return said.rows


async def _content(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _CHUNK):
            yield piece
