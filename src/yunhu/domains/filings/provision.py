"""Bring a tenant's filing in line with its file: the file states what was filed and who approved it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.filings import repository, review, service
from yunhu.domains.filings.faults import FaultCode, fault, invalid
from yunhu.domains.filings.models import Filing, FilingVersion
from yunhu.domains.filings.plan import CallPlan, FilingContent, Name, Region, Words
from yunhu.domains.filings.rules import Validity, content_hash
from yunhu.domains.notifications.public import Purpose, Slug, TimeWindow
from yunhu.domains.screening.public import current_screen
from yunhu.domains.scripts.public import versions_by_wording
from yunhu.foundation.actor import Actor, ActorKind, stored_actor
from yunhu.foundation.changes import Change, ChangeKind, compared
from yunhu.foundation.clock import SHANGHAI, natural_day
from yunhu.foundation.ids import new_id

_OBJECT = "filing"
_COMMAND = "yunhu apply"


class FilingTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a tenant's file says of its filing; the scripts are those of the file that say who approved them."""

    slug: Slug
    name: Name
    scope: Words
    purpose: Words
    purposes: Annotated[tuple[Purpose, ...], Meta(min_length=1)]
    plan: CallPlan
    submitted_by: Name
    reviewed_by: Name | None = None
    """Who of the operator looked at it first; left out: the screening that `yunhu apply` does itself."""
    approved_by: Name
    valid_from: date | None = None
    """Left out: the day on which it is applied first."""
    valid_until: date | None = None
    """Last natural day; left out: until it is changed."""
    caller_regions: tuple[Region, ...] = ()


class FilingWish(msgspec.Struct, frozen=True, kw_only=True):
    """A filing as the file wants it."""

    terms: FilingTerms
    wordings: dict[str, str]
    """Slug → `text_hash` of each script that it holds."""


def implied_terms(approved_by: str) -> FilingTerms:
    """The filing of a file that names only who approved its scripts: the widest plan that the rules know."""
    always = TimeWindow(days=(1, 2, 3, 4, 5, 6, 7), start="00:00", end="24:00")
    return FilingTerms(
        slug="main",
        name="main",
        scope="visitors of the tenant's halls",
        purpose="notifications about visits",
        purposes=tuple(Purpose),
        plan=CallPlan(windows=(always,), daily_calls=100_000, daily_messages=100_000, messages_per_callee=50),
        submitted_by="the tenant's file",
        approved_by=approved_by,
    )


async def provision_filing(
    session: AsyncSession, tenant_id: UUID, wish: FilingWish, now: datetime
) -> list[Change]:
    """File, submit and approve what differs from what holds or waits; a change waits for its notice.

    Raises what `service.submit` and `review.approve` raise, and `FilingInvalidError` where two of submitter, reviewer
    and approver are one.
    """
    terms = wish.terms
    submitter, approver = _person(terms.submitted_by), _person(terms.approved_by)
    reviewer = _person(terms.reviewed_by or _COMMAND)
    if len({submitter.name, reviewer.name, approver.name}) < 3:
        raise invalid([fault(FaultCode.NOT_THREE_PEOPLE)])
    content = await _content(session, tenant_id, wish)
    filing = await repository.filing_by_slug(session, tenant_id, terms.slug)
    former = (await repository.standing(session, filing.id))[-1:] if filing else []
    if former and _is_as_wished(former[0], content, terms):
        return [Change(ChangeKind.UNCHANGED, _OBJECT, terms.slug)]
    if filing is None:
        filing = Filing(id=new_id(), tenant_id=tenant_id, slug=terms.slug, name=terms.name, created_at=now)
        version = await service.open_filing(session, filing, content, submitter, now)
    else:
        filing.name = terms.name
        version = await service.open_change(session, filing, content, submitter, now)
    await service.submit(session, version, submitter, await current_screen(session), now)
    await review.pass_review(session, version, reviewer, "", now)
    validity = Validity(terms.valid_from or natural_day(now), terms.valid_until)
    await review.approve(session, version, approver, validity, now)
    return [_change(former, version, terms)]


def _person(name: str) -> Actor:
    return Actor(ActorKind.COMMAND, name)


async def _content(session: AsyncSession, tenant_id: UUID, wish: FilingWish) -> FilingContent:
    scripts = await versions_by_wording(session, tenant_id, wish.wordings)
    terms = wish.terms
    return FilingContent(
        scope=terms.scope,
        purpose=terms.purpose,
        purposes=terms.purposes,
        script_versions=tuple(script.version_id for script in scripts),
        plan=terms.plan,
        caller_regions=terms.caller_regions,
    )


def _is_as_wished(former: FilingVersion, content: FilingContent, terms: FilingTerms) -> bool:
    decided = stored_actor(former.decided_by) if former.decided_by else None
    return (
        former.content_hash == content_hash(content)
        and decided == _person(terms.approved_by)
        and former.valid_until == terms.valid_until
        and terms.valid_from in {None, former.valid_from}
    )


def _change(former: Sequence[FilingVersion], version: FilingVersion, terms: FilingTerms) -> Change:
    force = version.in_force
    start = force.lower if force else None
    since = f"{start.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if start else "never"
    note = f"version {version.number}, approved by {terms.approved_by}, in force from {since} China time"
    if not former:
        return Change(ChangeKind.ADD, _OBJECT, terms.slug, note=note)
    fields = compared(_OBJECT, terms.slug, former[0].content, version.content).fields
    return Change(ChangeKind.CHANGE, _OBJECT, terms.slug, fields, note)
