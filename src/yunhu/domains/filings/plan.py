"""What a filing says: the package of customers' scope, purpose, scripts and call plan."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.notifications.public import Purpose, TimeWindow

Words = Annotated[str, Meta(min_length=1, max_length=2000)]
Name = Annotated[str, Meta(min_length=1, max_length=120)]
DailyVolume = Annotated[int, Meta(ge=0, le=10_000_000)]
Region = Annotated[str, Meta(pattern=r"^([0-9]{2,4}|mobile|service)$")]
MOST_SCRIPTS = 50
MOST_ATTACHMENTS = 50


class CallPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """拨打计划: when, how much, how often (row C4)."""

    windows: Annotated[tuple[TimeWindow, ...], Meta(min_length=1, max_length=28)]
    """China time, by weekday."""
    daily_calls: DailyVolume
    """Calls a natural day under this filing."""
    daily_messages: DailyVolume = 0
    """Short messages a natural day under this filing."""
    calls_per_callee: Annotated[int, Meta(ge=1, le=3)] = 3
    """Calls to one person a natural day; the cap of §4.1 stands above it."""
    messages_per_callee: Annotated[int, Meta(ge=1, le=50)] = 10
    """Short messages to one person a natural day."""
    minutes_between_calls: Annotated[int, Meta(ge=0, le=1440)] = 0
    """Rest between two calls to one person."""


class FilingContent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The package, as one value: what is reviewed is this and nothing else."""

    scope: Words
    """Which customers are called: who they are, where their numbers come from."""
    purpose: Words
    """What for, in words."""
    purposes: Annotated[tuple[Purpose, ...], Meta(min_length=1)]
    """What for, as notifications name it."""
    script_versions: Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=MOST_SCRIPTS)]
    """Exact wordings."""
    plan: CallPlan
    caller_regions: Annotated[tuple[Region, ...], Meta(max_length=50)] = ()
    """Regions of the caller numbers shown (area code, `mobile`, `service`); empty: all that are allocated."""
    attachments: Annotated[tuple[UUID, ...], Meta(max_length=MOST_ATTACHMENTS)] = ()
    """Documents."""


class FiledTerms(msgspec.Struct, frozen=True):
    """What the filing that is in force allows for one script."""

    plan: CallPlan
    purposes: tuple[str, ...]
