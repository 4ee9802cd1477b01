"""Reconciliation as a task: the file comes from the operator's documents."""

import asyncio
import io
import tempfile
from pathlib import Path
from uuid import UUID

import msgspec

from yunhu.domains.billing.call_details import read_call_details
from yunhu.domains.billing.models_ledger import Reconciliation
from yunhu.domains.billing.reconciliation import ReconciliationWish, reconcile
from yunhu.domains.billing.reconciliation_records import compare_records
from yunhu.domains.documents.public import DocumentStore, document_by_id, open_document
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
        wish = msgspec.convert(context.parameters["wish"], ReconciliationWish)
        tenant_id = UUID(context.parameters["tenant_id"])
        if context.input_document_id is None:
            async with self._services.database.transaction() as session:
                now, by = self._services.clock.now(), context.created_by
                run = await compare_records(session, tenant_id, wish.first_day, wish.last_day, now=now, by=by)
        else:
            run = await self._with_file(context, context.input_document_id, tenant_id, wish)
        context.report = {"reconciliation_id": str(run.id), "counts": run.counts}

    async def _with_file(
        self, context: TaskContext, document_id: UUID, tenant_id: UUID, wish: ReconciliationWish
    ) -> Reconciliation:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "details.csv"
            await self._fetch(document_id, path)
            with path.open("rb") as file:
                lines = io.TextIOWrapper(file, encoding=wish.format.encoding, newline="")
                records = read_call_details(lines, wish.format, self._services.vault)
                async with self._services.database.transaction() as session:
                    return await reconcile(
                        session,
                        tenant_id,
                        wish,
                        records,
                        now=self._services.clock.now(),
                        by=context.created_by,
                        document_id=document_id,
                        progress=context.progress,
                    )

    async def _fetch(self, document_id: UUID, path: Path) -> None:
        async with self._services.database.transaction() as session:
            document = await document_by_id(session, document_id, None)
        with path.open("wb") as file:
            async for piece in open_document(self._store, document):
                await asyncio.to_thread(file.write, piece)
