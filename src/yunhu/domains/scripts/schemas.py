"""Scripts over the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.screening.public import CarrierFinding, Hit, MessageLength
from yunhu.domains.scripts.comparison import Run
from yunhu.domains.scripts.models import Channel, Script, ScriptVersion, VersionState
from yunhu.speech.reading import Slot

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Name = Annotated[str, Meta(min_length=1, max_length=120)]
Text = Annotated[str, Meta(min_length=1, max_length=2000, description="With `{slot}` placeholders")]
Slots = Annotated[list[Slot], Meta(max_length=64)]


class NewScript(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A script that is to be."""

    slug: Slug
    name: Name
    channel: Channel


class NewVersion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wording that is to be: a draft until a filing with it takes effect."""

    text: Text
    slots: Slots = []


class CheckRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wording as it is being typed."""

    channel: Channel
    text: Annotated[str, Meta(max_length=2000)]
    slots: Slots = []


class CheckView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be said of a wording before it is filed."""

    faults: list[str]
    """What keeps it from being saved."""
    hits: list[Hit]
    """What screening found; `refuse` keeps it from being filed."""
    screening_version: int
    carriers: list[CarrierFinding]
    """What carriers would object to."""
    length: MessageLength | None
    """Of a short message; null for a voice text."""


class VersionStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A version by its number, without its words."""

    id: UUID
    number: int
    state: VersionState


class ScriptView(msgspec.Struct, frozen=True, kw_only=True):
    """A script."""

    id: UUID
    slug: str
    name: str
    channel: Channel
    created_at: datetime
    newest: VersionStanding | None
    """Null: it has no wording yet."""
    approved: VersionStanding | None
    """What is spoken or texted now."""


class VersionView(msgspec.Struct, frozen=True, kw_only=True):
    """One wording of a script."""

    id: UUID
    script: str
    number: int
    state: VersionState
    text: str
    slots: list[Slot]
    text_hash: str
    created_at: datetime
    approved_at: datetime | None
    approved_by: str | None
    retired_at: datetime | None


class ComparisonView(msgspec.Struct, frozen=True, kw_only=True):
    """Two wordings, word by word."""

    before: int
    """Number of the version."""
    after: int
    runs: list[Run]
    slots_before: list[Slot]
    slots_after: list[Slot]


def script_view(row: Script, standings: Sequence[ScriptVersion] = ()) -> ScriptView:
    """The wire form of a script; `standings` holds its newest version and the approved one, where there are such."""
    own = sorted((one for one in standings if one.script_id == row.id), key=lambda one: one.number)
    approved = [one for one in own if one.state == VersionState.APPROVED]
    return ScriptView(
        id=row.id,
        slug=row.slug,
        name=row.name,
        channel=Channel(row.channel),
        created_at=row.created_at,
        newest=_standing(own[-1]) if own else None,
        approved=_standing(approved[0]) if approved else None,
    )


def _standing(row: ScriptVersion) -> VersionStanding:
    return VersionStanding(id=row.id, number=row.number, state=VersionState(row.state))


def version_view(row: ScriptVersion, slug: str) -> VersionView:
    """The wire form of a version."""
    return VersionView(
        id=row.id,
        script=slug,
        number=row.number,
        state=VersionState(row.state),
        text=row.text,
        slots=slots_of(row),
        text_hash=row.text_hash,
        created_at=row.created_at,
        approved_at=row.approved_at,
        approved_by=row.approved_by,
        retired_at=row.retired_at,
    )


def slots_of(row: ScriptVersion) -> list[Slot]:
    """The declared slots."""
    return msgspec.convert(row.slots, list[Slot])
