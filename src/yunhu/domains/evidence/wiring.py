"""Mounts the slice."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.documents.public import DocumentStore, erase_document
from yunhu.domains.evidence import repository
from yunhu.domains.evidence.controller import EvidenceController
from yunhu.domains.evidence.controller_operator import OperatorEvidenceController
from yunhu.domains.evidence.controller_public import public_routes
from yunhu.domains.evidence.exports import OFFERS
from yunhu.domains.evidence.tasks import PackWorker
from yunhu.domains.evidence.words import TASK_KIND
from yunhu.domains.exports.public import ListOffer
from yunhu.domains.tasks.public import TaskHandler
from yunhu.foundation.http import Services, provided
from yunhu.foundation.http.quick import OwnRouter
from yunhu.foundation.jobs import Job

_A_STEP = 100


def routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    store = DocumentStore(services.settings.documents_dir, services.vault)
    return (
        OwnRouter(
            "/",
            route_handlers=[EvidenceController, OperatorEvidenceController],
            dependencies={"documents": provided(store)},
        ),
    )


def open_routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """What is asked for without a key, below the root."""
    return public_routes(services)


def handlers(services: Services) -> Mapping[str, TaskHandler]:
    """Long work that the slice can do."""
    return {TASK_KIND: PackWorker(services).run}


def jobs(services: Services) -> Sequence[Job]:
    """What the slice does by itself."""
    store = DocumentStore(services.settings.documents_dir, services.vault)

    async def erase(session: AsyncSession, now: datetime) -> bool:
        """Erase archives whose packs are gone: their term was over, or another node made the pack, too."""
        rows = await repository.archives_without_pack(session, limit=_A_STEP)
        for row in rows:
            await erase_document(store, row, now)
        await session.flush()
        return len(rows) == _A_STEP

    return (Job("evidence.erase", timedelta(hours=1), erase),)


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
