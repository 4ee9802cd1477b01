"""Mounts the slice."""

import functools
from collections.abc import Sequence
from datetime import datetime, timedelta

from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.documents.controller import DocumentController, OperatorDocumentController
from yunhu.domains.documents.store import DocumentStore, sweep_orphans
from yunhu.foundation.http import Services, provided
from yunhu.foundation.http.quick import OwnRouter
from yunhu.foundation.jobs import Job


def store_of(services: Services) -> DocumentStore:
    """The folder that the settings name."""
    return DocumentStore(services.settings.documents_dir, services.vault)


def routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    return (
        OwnRouter(
            "/",
            route_handlers=[DocumentController, OperatorDocumentController],
            dependencies={"documents": provided(store_of(services))},
        ),
    )


def jobs(services: Services) -> Sequence[Job]:
    """What the slice does by itself."""
    return (Job("documents.orphans", timedelta(hours=6), functools.partial(_sweep, store_of(services))),)


async def _sweep(store: DocumentStore, session: AsyncSession, _: datetime) -> bool:
    await sweep_orphans(session, store)
    return False
