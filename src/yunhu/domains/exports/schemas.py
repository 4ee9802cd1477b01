"""What goes over the wire."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.exports.offers import AnyOffer, columns_of, has_phones, sorts_of


class ColumnView(msgspec.Struct, frozen=True):
    """One column that can be chosen."""

    key: str
    title_zh: str
    title: str


class OfferView(msgspec.Struct, frozen=True):
    """Something that the caller may export."""

    name: str
    title_zh: str
    title: str
    has_phones: bool
    columns: list[ColumnView]
    sorts: list[str]
    """Keys of columns that it can be sorted by."""


class ExportRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An export to be made."""

    offer: Annotated[str, Meta(max_length=64)]
    filters: dict[str, Any] = {}
    """As the query of the list or the report: `state`, `from`, …"""
    columns: Annotated[list[str], Meta(min_length=1, max_length=64)] | None = None
    """Keys, in the order wanted; all when left out."""
    sort: Annotated[str, Meta(pattern=r"^-?[a-z0-9_]{1,64}$(?!\n)")] | None = None
    """A column's key: lowest first, or highest first with `-` before it; the list's own order when left out."""
    language: Annotated[str, Meta(pattern=r"^(zh|en)$")] = "zh"
    whole_phones: bool = False
    """Whole numbers instead of masked ones: needs `phones:reveal` and a reason, and is put on record."""
    reason: Annotated[str, Meta(max_length=500)] = ""


class ExportStarted(msgspec.Struct, frozen=True):
    """Follow it at the same path with `/{task_id}`: progress, and at the end its file at `/{task_id}/content`."""

    task_id: UUID
    state: str


def offer_view(offer: AnyOffer, *, operator: bool) -> OfferView:
    """The wire form of an offer."""
    columns = [
        ColumnView(column.key, column.title_zh, column.title)
        for column in columns_of(offer, operator=operator)
    ]
    return OfferView(
        offer.name, offer.title_zh, offer.title, has_phones(offer), columns, list(sorts_of(offer))
    )
