"""Filings over the wire."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.documents.public import Document
from yunhu.domains.filings.models import Filing, FilingVersion
from yunhu.domains.filings.plan import FilingContent, Name
from yunhu.domains.filings.service import content_of
from yunhu.domains.filings.states import FilingState
from yunhu.domains.notifications.public import Slug
from yunhu.domains.screening.public import CarrierFinding, Hit
from yunhu.domains.scripts.public import Channel, Run
from yunhu.foundation.actor import stored_actor


class NewFiling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A filing that is to be."""

    slug: Slug
    name: Name
    content: FilingContent


class ContentRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The package, all of it."""

    content: FilingContent


class AttachmentRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document of the tenant."""

    document_id: UUID


class ApprovalRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Natural days on which it may be relied upon, both included."""

    valid_from: date
    valid_until: date


class ReviewRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the second person should know."""

    remarks: Annotated[str, Meta(max_length=2000)] = ""


class RemarksRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be put right."""

    remarks: Annotated[str, Meta(min_length=1, max_length=2000)]


class FilingView(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a filing in a list."""

    id: UUID
    tenant_id: UUID
    filing: str
    name: str
    number: int
    state: FilingState
    """Follows the clock within a minute; `in_force` is exact."""
    in_force: bool
    """Whether calls may rest on it at this moment."""
    holds_from: datetime | None
    holds_until: datetime | None
    """Not included; null: until it is changed or withdrawn."""
    valid_from: date | None
    valid_until: date | None
    submitted_at: datetime | None
    submitted_by: str | None
    reviewed_at: datetime | None
    reviewed_by: str | None
    decided_at: datetime | None
    decided_by: str | None
    remarks: str
    created_at: datetime


class FiledScriptView(msgspec.Struct, frozen=True, kw_only=True):
    """One wording of a filing, with what screening and carriers' rules say of it now."""

    script: str
    channel: Channel
    version_id: UUID
    text: str
    text_hash: str
    hits: list[Hit]
    carriers: list[CarrierFinding]


class FiledDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document of the package; its content is another request."""

    id: UUID
    file_name: str
    media_type: str
    bytes: int


class FilingDetail(msgspec.Struct, frozen=True, kw_only=True):
    """All of a version."""

    summary: FilingView
    content: FilingContent
    content_hash: str
    drafted_by: list[str]
    screening_version: int | None
    """Of the word lists that it was submitted under."""
    scripts: list[FiledScriptView]
    attachments: list[FiledDocument]
    """Those that are still kept, as the package names them."""


class ScriptComparison(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one script."""

    script: str
    runs: list[Run]


class FieldComparison(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the package that differs."""

    name: str
    before: str
    after: str


class FilingComparison(msgspec.Struct, frozen=True, kw_only=True):
    """A version beside the one in force."""

    in_force: UUID | None
    """Null: nothing of this filing is in force, and everything is new."""
    fields: list[FieldComparison]
    scripts: list[ScriptComparison]
    """Those whose words differ."""


def filing_view(version: FilingVersion, filing: Filing, now: datetime) -> FilingView:
    """The wire form of a version."""
    force = version.in_force
    return FilingView(
        id=version.id,
        tenant_id=version.tenant_id,
        filing=filing.slug,
        name=filing.name,
        number=version.number,
        state=FilingState(version.state),
        in_force=force is not None and now in force,
        holds_from=force.lower if force else None,
        holds_until=force.upper if force else None,
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        submitted_at=version.submitted_at,
        submitted_by=stored_actor(version.submitted_by).name if version.submitted_by else None,
        reviewed_at=version.reviewed_at,
        reviewed_by=stored_actor(version.reviewed_by).name if version.reviewed_by else None,
        decided_at=version.decided_at,
        decided_by=stored_actor(version.decided_by).name if version.decided_by else None,
        remarks=version.remarks,
        created_at=version.created_at,
    )


def filing_detail(
    version: FilingVersion,
    filing: Filing,
    scripts: list[FiledScriptView],
    attachments: Sequence[Document],
    now: datetime,
) -> FilingDetail:
    """The wire form of all of a version."""
    return FilingDetail(
        summary=filing_view(version, filing, now),
        content=content_of(version),
        content_hash=version.content_hash,
        drafted_by=[stored_actor(drafter).name for drafter in version.drafted_by],
        screening_version=version.screening_version,
        scripts=scripts,
        attachments=[
            FiledDocument(id=row.id, file_name=row.file_name, media_type=row.media_type, bytes=row.bytes)
            for row in attachments
        ],
    )
