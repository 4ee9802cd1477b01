"""Mounts the slice. What can be exported, and the process that writes, are the entrypoints' to give."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.documents.public import DocumentStore, erase_documents
from yunhu.domains.exports.controller import ExportController, OperatorExportController
from yunhu.domains.exports.offers import AnyOffer, Lists
from yunhu.domains.exports.service import Desk
from yunhu.domains.exports.tasks import DOCUMENT_KIND, EXPORT, KEPT, Exporter
from yunhu.domains.tasks.public import TaskHandler
from yunhu.foundation.http import Services, provided
from yunhu.foundation.http.quick import OwnRouter
from yunhu.foundation.jobs import Job

_A_STEP = 100


def routes(
    services: Services, offers: Mapping[str, AnyOffer], lists: Lists
) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    store = DocumentStore(services.settings.documents_dir, services.vault)
    sides = ((ExportController, False), (OperatorExportController, True))
    return [
        OwnRouter(
            "/",
            route_handlers=[controller],
            dependencies={
                "export_desk": provided(Desk(offers, lists, operator=operator)),
                "documents": provided(store),
            },
        )
        for controller, operator in sides
    ]


def handlers(services: Services, command: Sequence[str]) -> Mapping[str, TaskHandler]:
    """Long work that the slice can do."""
    return {EXPORT: Exporter(services, command).run}


def jobs(services: Services) -> Sequence[Job]:
    """What the slice does by itself."""
    store = DocumentStore(services.settings.documents_dir, services.vault)

    async def expire(session: AsyncSession, now: datetime) -> bool:
        """Erase files whose days are over."""
        erased = await erase_documents(session, store, DOCUMENT_KIND, now - KEPT, now, limit=_A_STEP)
        return erased == _A_STEP

    return (Job("exports.expire", timedelta(hours=1), expire),)
