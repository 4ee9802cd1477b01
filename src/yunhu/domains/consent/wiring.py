"""Mounts the slice."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import RevealLimits
from yunhu.domains.consent.controller import OperatorRefusalController, RefusalController
from yunhu.domains.consent.controller_consents import ConsentController
from yunhu.domains.consent.controller_public import public_routes
from yunhu.domains.consent.exports import OFFERS
from yunhu.domains.consent.importing import IMPORT, ConsentImporter
from yunhu.domains.consent.repository_consents import files_without_consent
from yunhu.domains.documents.public import DocumentStore, erase_document
from yunhu.domains.exports.public import ListOffer
from yunhu.domains.tasks.public import TaskHandler
from yunhu.foundation.http import Services, provided
from yunhu.foundation.http.quick import OwnRouter
from yunhu.foundation.jobs import Job

_UNUSED = timedelta(days=30)
"""How long a file is kept that nothing points to: a table that was refused is mended and sent again."""
_A_STEP = 100


def routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """Everything below `/api/v1`."""
    consents = OwnRouter(
        "/",
        route_handlers=[ConsentController],
        dependencies={"reveal_limits": provided(RevealLimits(services))},
    )
    return (RefusalController, OperatorRefusalController, consents)


def open_routes(services: Services) -> Sequence[ControllerRouterHandler]:
    """The pages behind persons' links, below the root."""
    return public_routes(services)


def handlers(services: Services) -> Mapping[str, TaskHandler]:
    """Long work that the slice can do."""
    return {IMPORT: ConsentImporter(services).run}


def jobs(services: Services) -> Sequence[Job]:
    """What the slice does by itself."""
    store = DocumentStore(services.settings.documents_dir, services.vault)

    async def erase(session: AsyncSession, now: datetime) -> bool:
        """Erase files whose consents are gone with their term, or never came to be (row D3)."""
        rows = await files_without_consent(session, now - _UNUSED, _A_STEP)
        for row in rows:
            await erase_document(store, row, now)
        await session.flush()
        return len(rows) == _A_STEP

    return (Job("consent.erase_files", timedelta(hours=1), erase),)


def exports() -> Sequence[ListOffer]:
    """What of the slice can be exported."""
    return OFFERS
