"""Reconciliation as a task: the file comes from the operator's documents."""

import asyncio
import io
import tempfile
from pathlib import Path
from uuid import UUID

import msgspec

from yunhu.domains.billing.call_details import read_call_details
from yunhu.domains.billing.reconciliation import ReconciliationWish, reconcile
from yunhu.domains.documents.public import DocumentNotFoundError, DocumentStore, document_by_id, open_document
from yunhu.domains.tasks.public import TaskContext
from yunhu.foundation.http import Services

RECONCILE = "billing.reconcile"


class Reconciler:
    """Does one task of the kind `RECONCILE`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._store = DocumentStore(services.settings.documents_dir, services.vault)

    async def run(self, context: TaskContext) -> None:
        """The whole comparison is one transaction: a task that is taken up again begins anew."""
        if context.input_document_id is None:
            raise DocumentNotFoundError
        wish = msgspec.convert(context.parameters["wish"], ReconciliationWish)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "details.csv"
            await self._fetch(context.input_document_id, path)
            with path.open("rb") as file:
                lines = io.TextIOWrapper(file, encoding=wish.format.encoding, newline="")
                records = read_call_details(lines, wish.format, self._services.vault)
                async with self._services.database.transaction() as session:
                    run = await reconcile(
                        session,
                        UUID(context.parameters["tenant_id"]),
                        wish,
                        records,
                        now=self._services.clock.now(),
                        by=context.created_by,
                        document_id=context.input_document_id,
                        progress=context.progress,
                    )
        context.report = {"reconciliation_id": str(run.id), "counts": run.counts}

    async def _fetch(self, document_id: UUID, path: Path) -> None:
        async with self._services.database.transaction() as session:
            document = await document_by_id(session, document_id, None)
        with path.open("wb") as file:
            async for piece in open_document(self._store, document):
                await asyncio.to_thread(file.write, piece)
