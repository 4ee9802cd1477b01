"""Use cases of the tenant: draft, change, submit, withdraw."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.documents.public import document_by_id
from yunhu.domains.filings import repository
from yunhu.domains.filings.errors import (
    ContentRefusedError,
    FilingExistsError,
    FilingNotFoundError,
    FilingOpenError,
)
from yunhu.domains.filings.faults import FaultCode, fault, invalid
from yunhu.domains.filings.models import Filing, FilingVersion
from yunhu.domains.filings.plan import FilingContent
from yunhu.domains.filings.rules import content_faults, content_hash, moment_range
from yunhu.domains.filings.states import FilingState, Step, after
from yunhu.domains.screening.public import Screen, blocking
from yunhu.domains.scripts.public import follow_filings, versions_by_id
from yunhu.foundation.actor import Actor
from yunhu.foundation.ids import new_id


async def open_filing(
    session: AsyncSession, filing: Filing, content: FilingContent, actor: Actor, now: datetime
) -> FilingVersion:
    """A new filing with its first draft; `filing` is not stored yet.

    Raises `FilingExistsError`, `FilingInvalidError` for scripts that are not there.
    """
    existing = await repository.filing_by_slug(session, filing.tenant_id, filing.slug)
    if existing is not None:
        raise FilingExistsError(filing_id=str(existing.id))
    session.add(filing)
    try:
        await session.flush()
    except IntegrityError:
        raise FilingExistsError from None
    return await add_version(session, filing, content, actor, now)


async def open_change(
    session: AsyncSession, filing: Filing, content: FilingContent, actor: Actor, now: datetime
) -> FilingVersion:
    """A draft beside what is in force. Raises `FilingOpenError`, `FilingInvalidError`."""
    await check_none_open(session, filing.id)
    return await add_version(session, filing, content, actor, now)


async def check_none_open(session: AsyncSession, filing_id: UUID) -> None:
    """`FilingOpenError` while a version is drafted or reviewed."""
    former = await repository.open_version(session, filing_id)
    if former is not None:
        raise FilingOpenError(version_id=str(former.id), state=former.state)


async def add_version(
    session: AsyncSession, filing: Filing, content: FilingContent, actor: Actor, now: datetime
) -> FilingVersion:
    """The filing's next version, a draft."""
    version = FilingVersion(
        id=new_id(),
        filing_id=filing.id,
        tenant_id=filing.tenant_id,
        number=await repository.next_number(session, filing.id),
        state=FilingState.DRAFT,
        content=msgspec.to_builtins(content),
        content_hash=content_hash(content),
        drafted_by=[msgspec.to_builtins(actor)],
        remarks="",
        created_at=now,
        updated_at=now,
    )
    session.add(version)
    await session.flush()
    await _set_parts(session, version, content)
    return version


async def edit(
    session: AsyncSession, version: FilingVersion, content: FilingContent, actor: Actor, now: datetime
) -> None:
    """Change a draft or a returned version. Raises `FilingStateError`, `FilingInvalidError`."""
    version.state = after(FilingState(version.state), Step.EDIT)
    version.content, version.content_hash = msgspec.to_builtins(content), content_hash(content)
    hand = msgspec.to_builtins(actor)
    if hand not in version.drafted_by:
        version.drafted_by = [*version.drafted_by, hand]
    version.updated_at = now
    await session.flush()
    await _set_parts(session, version, content)


async def submit(
    session: AsyncSession, version: FilingVersion, actor: Actor, screen: Screen, now: datetime
) -> None:
    """Hand it to the operator; its scripts are screened first.

    Raises `FilingStateError`, `FilingInvalidError`, `ContentRefusedError`.
    """
    state = after(FilingState(version.state), Step.SUBMIT)
    content = content_of(version)
    found = await repository.wordings(session, version.tenant_id, content.script_versions)
    faults = content_faults(content, found)
    if faults:
        raise invalid(faults)
    for script in (await versions_by_id(session, content.script_versions)).values():
        findings = blocking(screen.text_findings(script.text))
        if findings:
            raise ContentRefusedError(script=script.slug, findings=msgspec.to_builtins(findings))
    version.state, version.submitted_at, version.updated_at = state, now, now
    version.submitted_by = msgspec.to_builtins(actor)
    version.reviewed_by = version.reviewed_at = None
    version.screening_version = screen.version
    await session.flush()


async def withdraw(session: AsyncSession, version: FilingVersion, now: datetime) -> None:
    """Take it back, also while it is in force: its calls stop at once. Raises `FilingStateError`."""
    version.state = after(FilingState(version.state), Step.WITHDRAW)
    version.ended_at = version.updated_at = now
    await cut(session, version, now)
    await follow_filings(session, version.tenant_id, now)


async def cut(session: AsyncSession, version: FilingVersion, at: datetime) -> None:
    """End what a version holds at a moment; one that would only have begun later never begins."""
    force = version.in_force
    if force is None or force.lower is None:
        await session.flush()
    elif force.lower >= at:
        await repository.set_force(session, version, None)
    elif force.upper is None or force.upper > at:
        await repository.set_force(session, version, moment_range(force.lower, at))


async def version_of(
    session: AsyncSession, tenant_id: UUID | None, version_id: UUID, *, lock: bool = True
) -> repository.Pair:
    """A version of a tenant (of any, for the operator), or `FilingNotFoundError`."""
    found = await repository.pair(session, version_id, lock=lock)
    if found is None or (tenant_id is not None and found.FilingVersion.tenant_id != tenant_id):
        raise FilingNotFoundError
    return found


def content_of(version: FilingVersion) -> FilingContent:
    """What it says."""
    return msgspec.convert(version.content, FilingContent)


async def _set_parts(session: AsyncSession, version: FilingVersion, content: FilingContent) -> None:
    """Bind the wordings, and see that the attachments are the tenant's own. Raises `DocumentNotFoundError`."""
    for document_id in content.attachments:
        await document_by_id(session, document_id, version.tenant_id)
    scripts = await versions_by_id(session, content.script_versions)
    own = await repository.wordings(session, version.tenant_id, content.script_versions)
    missing = set(content.script_versions) - {wording.version_id for wording in own}
    if missing:
        raise invalid([fault(FaultCode.SCRIPT_UNKNOWN, len(missing))])
    await repository.set_scripts(session, version, list(scripts.values()))
