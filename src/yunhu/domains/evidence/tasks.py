"""Packs as tasks of the nodes."""

from uuid import UUID

from yunhu.domains.documents.public import DocumentStore
from yunhu.domains.evidence.builder import Outcome, PackBuilder, Places
from yunhu.domains.evidence.errors import PackNotFoundError
from yunhu.domains.evidence.service import build_pack
from yunhu.domains.tasks.public import TaskContext
from yunhu.foundation.http import Services
from yunhu.foundation.settings import Settings


def places_of(settings: Settings) -> Places:
    """Where things lie, by the settings."""
    return Places(
        keys_dir=settings.keys_dir,
        documents_dir=settings.documents_dir,
        recordings_dir=settings.recordings_dir,
    )


class PackWorker:
    """Does one task of the kind `evidence.build`. Begun again, it begins from the first byte: no half is kept."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._store = DocumentStore(services.settings.documents_dir, services.vault)

    async def run(self, context: TaskContext) -> None:
        """Make the pack that the parameters name."""
        services = self._services
        if context.tenant_id is None:
            raise PackNotFoundError
        builder = PackBuilder(services.database, services.vault, services.clock, places_of(services.settings))
        outcome = Outcome()
        pack = await build_pack(
            services.database,
            builder,
            self._store,
            UUID(context.parameters["pack_id"]),
            context.tenant_id,
            services.clock.now(),
            context.progress,
            outcome,
        )
        context.report = {
            "pack_id": str(pack.id), "attempts": pack.attempts, "content_sha256": pack.content_sha256,
            "calls": outcome.calls, "messages": outcome.messages, "files": outcome.files,
        }  # fmt: skip
