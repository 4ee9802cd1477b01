"""Screening over the wire."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from yunhu.domains.screening.models import ScreeningVersion
from yunhu.domains.screening.screen import Action, Hit

Word = Annotated[str, Meta(min_length=1, max_length=200)]


class ListRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words of one category, all of them."""

    words: Annotated[list[Word], Meta(max_length=50_000)]
    """None takes the category away."""
    action: Action = Action.REFUSE
    note: Annotated[str, Meta(max_length=500)] = ""
    """Why, for the record."""


class CategoryView(msgspec.Struct, frozen=True, kw_only=True):
    """One category in force."""

    category: str
    action: Action
    words: int


class ListsView(msgspec.Struct, frozen=True, kw_only=True):
    """The lists in force."""

    version: int
    """0 is what the product ships."""
    categories: list[CategoryView]


class WordsView(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one category."""

    version: int
    category: str
    action: Action
    words: list[str]


class ScreeningVersionView(msgspec.Struct, frozen=True, kw_only=True):
    """One upload."""

    version: int
    digest: str
    created_at: datetime
    created_by: dict[str, Any]
    note: str


class TrialRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text to try, as a variable's value."""

    text: Annotated[str, Meta(max_length=2000)]


class TrialView(msgspec.Struct, frozen=True, kw_only=True):
    """What would be found."""

    version: int
    as_text: list[Hit]
    """In a text that is to be filed."""
    as_variable: list[Hit]
    """In a variable of kind `text`."""


def version_view(row: ScreeningVersion) -> ScreeningVersionView:
    """The wire form of a version."""
    return ScreeningVersionView(
        version=row.number,
        digest=row.digest,
        created_at=row.created_at,
        created_by=row.created_by,
        note=row.note,
    )
