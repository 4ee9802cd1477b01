"""Use cases of filing: add a version, approve it, retire it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.scripts import repository, rules
from yunhu.domains.scripts.errors import ScriptInvalidError, VersionFinalError
from yunhu.domains.scripts.models import Channel, Script, ScriptVersion, VersionState
from yunhu.foundation.ids import new_id
from yunhu.speech.reading import Slot


async def add_script(
    session: AsyncSession, tenant_id: UUID, script: tuple[str, str, Channel], now: datetime
) -> Script:
    """Open a script (slug, name, channel); it has no wording yet."""
    slug, name, channel = script
    row = Script(id=new_id(), tenant_id=tenant_id, slug=slug, name=name, channel=channel, created_at=now)
    session.add(row)
    await session.flush()
    return row


async def add_version(
    session: AsyncSession, script: Script, text: str, slots: Sequence[Slot], now: datetime
) -> ScriptVersion:
    """File a wording as a draft. Raises `ScriptInvalidError` naming every fault."""
    faults = rules.faults_of(text, slots, Channel(script.channel))
    if faults:
        raise ScriptInvalidError("; ".join(faults), faults=faults)
    version = ScriptVersion(
        id=new_id(),
        script_id=script.id,
        tenant_id=script.tenant_id,
        number=await repository.next_number(session, script.id),
        text=text,
        slots=rules.canonical_slots(slots),
        text_hash=rules.text_hash(text, slots),
        state=VersionState.DRAFT,
        created_at=now,
    )
    session.add(version)
    await session.flush()
    return version


async def approve(session: AsyncSession, version: ScriptVersion, *, by: str, now: datetime) -> None:
    """Let a draft be used, on record who did; the version in use until now is retired."""
    if version.state != VersionState.DRAFT:
        raise VersionFinalError(state=version.state)
    former = await repository.latest_version(session, version.script_id, VersionState.APPROVED)
    if former is not None:
        await retire(session, former, now=now)
    version.state, version.approved_at, version.approved_by = VersionState.APPROVED, now, by
    await session.flush()


async def retire(session: AsyncSession, version: ScriptVersion, *, now: datetime) -> None:
    """Take a version out of use. Calls that already speak it end as they began."""
    version.state, version.retired_at = VersionState.RETIRED, now
    await session.flush()
