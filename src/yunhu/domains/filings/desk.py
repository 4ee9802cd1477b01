"""What both sides read: one version with its scripts screened, and its comparison with the one in force."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.documents.public import documents_by_id
from yunhu.domains.filings import repository
from yunhu.domains.filings.models import FilingVersion
from yunhu.domains.filings.schemas import (
    FieldComparison,
    FiledScriptView,
    FilingComparison,
    FilingDetail,
    ScriptComparison,
    filing_detail,
)
from yunhu.domains.filings.service import content_of
from yunhu.domains.screening.public import Screen, carrier_findings
from yunhu.domains.scripts.public import ApprovedScript, compare_words, versions_by_id
from yunhu.foundation.changes import compared

_BY_WORDS = "script_versions"
"""Compared word by word, not by their ids."""


async def detail_of(
    session: AsyncSession, pair: repository.Pair, screen: Screen, now: datetime
) -> FilingDetail:
    """All of a version, as the reviewer needs it."""
    scripts = await _scripts(session, pair.FilingVersion)
    views = [
        FiledScriptView(
            script=script.slug,
            channel=script.channel,
            version_id=script.version_id,
            text=script.text,
            text_hash=script.text_hash,
            hits=screen.text_findings(script.text),
            carriers=carrier_findings(script.text, script.slots, script.channel),
        )
        for _, script in sorted(scripts.items())
    ]
    wanted = content_of(pair.FilingVersion).attachments
    found = await documents_by_id(session, wanted, pair.FilingVersion.tenant_id)
    attachments = [found[document_id] for document_id in wanted if document_id in found]
    return filing_detail(pair.FilingVersion, pair.Filing, views, attachments, now)


async def comparison_of(session: AsyncSession, version: FilingVersion, now: datetime) -> FilingComparison:
    """Field by field, and scripts word by word."""
    former = await repository.version_in_force(session, version.filing_id, now)
    old = await _scripts(session, former) if former is not None else {}
    new = await _scripts(session, version)
    fields = compared(
        "filing",
        "",
        {name: value for name, value in (former.content if former else {}).items() if name != _BY_WORDS},
        {name: value for name, value in version.content.items() if name != _BY_WORDS},
    ).fields
    scripts = [
        ScriptComparison(
            script=slug,
            runs=compare_words(old[slug].text if slug in old else "", new[slug].text if slug in new else ""),
        )
        for slug in sorted(old.keys() | new.keys())
        if slug not in old or slug not in new or old[slug].text_hash != new[slug].text_hash
    ]
    return FilingComparison(
        in_force=former.id if former else None,
        fields=[FieldComparison(name=field.name, before=field.before, after=field.after) for field in fields],
        scripts=scripts,
    )


async def _scripts(session: AsyncSession, version: FilingVersion) -> dict[str, ApprovedScript]:
    found = await versions_by_id(session, content_of(version).script_versions)
    return {script.slug: script for script in found.values()}
