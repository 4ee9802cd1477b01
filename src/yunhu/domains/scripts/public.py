"""What other slices may use of scripts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.scripts import repository
from yunhu.domains.scripts.comparison import Run, compare_words
from yunhu.domains.scripts.errors import ParameterInvalidError, ScriptNotFoundError
from yunhu.domains.scripts.evidence import EVIDENCE_PART
from yunhu.domains.scripts.exports import SCRIPT_NAMES
from yunhu.domains.scripts.filling import ApprovedScript, FilledText, fill
from yunhu.domains.scripts.models import Channel, FiledScript
from yunhu.domains.scripts.repository import IN_FORCE, follow_filings
from yunhu.domains.scripts.rules import text_hash
from yunhu.speech.reading import Slot

__all__ = [
    "EVIDENCE_PART",
    "IN_FORCE",
    "SCRIPT_NAMES",
    "ApprovedScript",
    "Channel",
    "FiledScript",
    "FilledText",
    "ParameterInvalidError",
    "Run",
    "ScriptNotFoundError",
    "approved_scripts",
    "compare_words",
    "fill",
    "follow_filings",
    "scripts_in_force",
    "text_hash",
    "version_ids_of",
    "versions_by_id",
    "versions_by_wording",
]


async def scripts_in_force(
    session: AsyncSession, tenant_id: UUID, now: datetime
) -> dict[str, ApprovedScript]:
    """Every script that a filing allows at this very moment, by slug (row C3): exact, whatever the jobs do."""
    return {
        row.Script.slug: _as_approved(row) for row in await repository.in_force_of(session, tenant_id, now)
    }


async def versions_by_wording(
    session: AsyncSession, tenant_id: UUID, hashes: Mapping[str, str]
) -> Sequence[ApprovedScript]:
    """The newest version of each script (slug) that has this very wording (`text_hash`), whatever its state."""
    rows = await repository.versions_by_wording(session, tenant_id, hashes) if hashes else ()
    return [_as_approved(row) for row in rows]


async def approved_scripts(session: AsyncSession, tenant_id: UUID) -> dict[str, ApprovedScript]:
    """Every script of a tenant whose state is `approved`, by slug.

    The state follows the filings within a minute; where the moment matters, `scripts_in_force` is exact.
    """
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


async def version_ids_of(session: AsyncSession, tenant_id: UUID, script_id: UUID) -> Sequence[UUID]:
    """Every version that a tenant's script ever had."""
    return await repository.version_ids_of(session, tenant_id, script_id)
