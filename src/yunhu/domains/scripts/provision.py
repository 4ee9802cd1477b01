"""Bring a tenant's scripts in line with its file.

A wording comes into use by a filing, never by itself: the file's own filing, or, in a file that names only who
approved its scripts, one that is implied.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.filings.public import FilingTerms, FilingWish, implied_terms, provision_filing
from yunhu.domains.scripts import repository, rules, service
from yunhu.domains.scripts.errors import ChannelFixedError
from yunhu.domains.scripts.models import Channel, Script, ScriptVersion, VersionState
from yunhu.foundation.changes import Change, ChangeKind, FieldChange, compared
from yunhu.speech.reading import Slot

_OBJECT = "script"


class ScriptWish(msgspec.Struct, frozen=True):
    """A script as the file wants it."""

    slug: str
    name: str
    channel: Channel
    text: str
    slots: tuple[Slot, ...]
    approved_by: str | None
    """Who approved this wording; None files it as a draft and leaves the approved one in use."""


async def provision_scripts(
    session: AsyncSession,
    tenant_id: UUID,
    wishes: Sequence[ScriptWish],
    now: datetime,
    filing: FilingTerms | None = None,
) -> list[Change]:
    """Write wordings down, file them, and retire what the file has no more.

    What the file changes comes into use when its filing takes effect: at once for the tenant's first filing and for
    a tenant whose equipment is the sandbox's alone, else after the notice. Raises `ScriptInvalidError`,
    `ChannelFixedError`, and what `provision_filing` raises.
    """
    rows = {row.slug: row for row in await repository.scripts_of(session, tenant_id)}
    changes = []
    for wish in wishes:
        row = rows.get(wish.slug)
        changes.append(
            await _file_new(session, tenant_id, wish, now)
            if row is None
            else await _refile(session, row, wish, now)
        )
    wanted = {wish.slug for wish in wishes}
    for slug, row in rows.items():
        if slug not in wanted:
            changes += await _retire(session, row, now)
    return changes + await _file(session, tenant_id, wishes, now, filing)


async def _file(
    session: AsyncSession,
    tenant_id: UUID,
    wishes: Sequence[ScriptWish],
    now: datetime,
    terms: FilingTerms | None,
) -> list[Change]:
    """One filing over what is approved; a script whose new wording is not approved yet stays in it as it was."""
    approvers = [wish.approved_by for wish in wishes if wish.approved_by is not None]
    if not approvers:
        return []
    in_use = {row.Script.slug: row.ScriptVersion for row in await repository.approved_of(session, tenant_id)}
    wordings = {wish.slug: rules.text_hash(wish.text, wish.slots) for wish in wishes if wish.approved_by}
    for wish in wishes:
        if wish.approved_by is None and wish.slug in in_use:
            wordings[wish.slug] = in_use[wish.slug].text_hash
    filing = FilingWish(terms=terms or implied_terms(approvers[0]), wordings=wordings)
    return await provision_filing(session, tenant_id, filing, now)


async def _file_new(session: AsyncSession, tenant_id: UUID, wish: ScriptWish, now: datetime) -> Change:
    row = await service.add_script(session, tenant_id, (wish.slug, wish.name, wish.channel), now)
    version = await service.add_version(session, row, wish.text, wish.slots, now)
    return Change(ChangeKind.ADD, _OBJECT, wish.slug, note=_note(version, wish))


async def _refile(session: AsyncSession, row: Script, wish: ScriptWish, now: datetime) -> Change:
    if row.channel != wish.channel:
        raise ChannelFixedError(f"script {row.slug!r} is {row.channel}", script=row.slug, channel=row.channel)
    renamed = compared(_OBJECT, row.slug, {"name": row.name}, {"name": wish.name})
    row.name = wish.name
    former = await _current(session, row, wish)
    if former is not None and former.text_hash == rules.text_hash(wish.text, wish.slots):
        return renamed
    version = await service.add_version(session, row, wish.text, wish.slots, now)
    fields = _wording_changes(former, version)
    return Change(ChangeKind.CHANGE, _OBJECT, row.slug, (*renamed.fields, *fields), _note(version, wish))


async def _current(session: AsyncSession, row: Script, wish: ScriptWish) -> ScriptVersion | None:
    """What the wish is compared with: the approved version where it says so already, else the open draft."""
    approved = await repository.latest_version(session, row.id, VersionState.APPROVED)
    hash_ = rules.text_hash(wish.text, wish.slots)
    if approved is not None and approved.text_hash == hash_:
        return approved
    draft = await repository.latest_version(session, row.id, VersionState.DRAFT)
    return draft if draft is not None and draft.text_hash == hash_ else approved or draft


def _wording_changes(former: ScriptVersion | None, version: ScriptVersion) -> tuple[FieldChange, ...]:
    if former is None or former is version:
        return ()
    return compared(
        _OBJECT,
        "",
        {"text": former.text, "slots": former.slots},
        {"text": version.text, "slots": version.slots},
    ).fields


def _note(version: ScriptVersion, wish: ScriptWish) -> str:
    if wish.approved_by is None:
        return f"version {version.number}, a draft: it is not used before it is approved"
    return f"version {version.number}, approved by {wish.approved_by}"


async def _retire(session: AsyncSession, row: Script, now: datetime) -> list[Change]:
    approved = await repository.latest_version(session, row.id, VersionState.APPROVED)
    if approved is None:
        return []
    await service.retire(session, approved, now=now)
    return [Change(ChangeKind.REMOVE, _OBJECT, row.slug, note=f"version {approved.number} retired")]
