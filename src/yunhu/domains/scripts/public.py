"""What other slices may use of scripts."""

from collections.abc import Collection
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.scripts import repository
from yunhu.domains.scripts.errors import ParameterInvalidError, ScriptNotFoundError
from yunhu.domains.scripts.filling import ApprovedScript, FilledText, fill
from yunhu.domains.scripts.models import Channel
from yunhu.speech.reading import Slot

__all__ = [
    "ApprovedScript",
    "Channel",
    "FilledText",
    "ParameterInvalidError",
    "ScriptNotFoundError",
    "approved_scripts",
    "fill",
    "versions_by_id",
]


async def approved_scripts(session: AsyncSession, tenant_id: UUID) -> dict[str, ApprovedScript]:
    """Every script of a tenant that may be used now, by slug."""
    rows = await repository.approved_of(session, tenant_id)
    return {row.Script.slug: _as_approved(row) for row in rows}


async def versions_by_id(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, ApprovedScript]:
    """Versions that were approved when a notification was made, also when they have been retired since."""
    rows = await repository.versions_of(session, ids) if ids else ()
    return {row.ScriptVersion.id: _as_approved(row) for row in rows}


def _as_approved(row: repository.ApprovedRow) -> ApprovedScript:
    version, script = row.ScriptVersion, row.Script
    return ApprovedScript(
        version_id=version.id,
        script_id=script.id,
        slug=script.slug,
        channel=Channel(script.channel),
        text=version.text,
        slots=msgspec.convert(version.slots, tuple[Slot, ...]),
        text_hash=version.text_hash,
    )
