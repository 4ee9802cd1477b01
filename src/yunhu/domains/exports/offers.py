"""What a slice offers for export: columns, and where the rows come from.

A `ListOffer` names a list of the API: the rows, their order, the filters, the permission and the masks are the list's
own. An `Offer` is for what is no list: a report, which reads the database itself.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.exports.cells import CellKind
from yunhu.domains.identity.public import Caller, Scope
from yunhu.foundation.crypto import Vault


class Column(msgspec.Struct, frozen=True):
    """One column."""

    key: str
    title_zh: str
    title: str
    kind: CellKind = CellKind.TEXT
    width: int = 16
    words: Mapping[str, str] = {}
    """Chinese for each value that the column can have; English readers see the value."""
    at: str = ""
    """Where a list's row has it, `newest.state`; the key, when left out."""
    said: Callable[[Any, bool], str] | None = None
    """Says a value in words, English ones where true: for what has more values, or longer ones, than `words` can name."""


class Batch(msgspec.Struct, frozen=True):
    """Rows with one value a column of the offer, in its order."""

    rows: list[list[Any]]
    after: Any = None
    """What `read` is given to go on; None when there is no more. Made of what JSON has."""


Read = Callable[[AsyncSession, UUID, Any, Any, int], Awaitable[Batch]]
"""Session of the tenant's own, tenant, the stored filters, `after` of the batch before (or None), most rows."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """Something of one tenant that can be exported."""

    name: str
    title_zh: str
    title: str
    scope: Scope
    """What whoever asks for it must be allowed to see anyway."""
    wire: type[msgspec.Struct]
    """Filters as they are asked for."""
    stored: type[msgspec.Struct]
    """Filters as the task keeps them: no whole phone number among them."""
    prepare: Callable[[Any, Vault], Any]
    """From the one to the other. Raises `InvalidInputError`."""
    columns: tuple[Column, ...]
    read: Read


class Door(msgspec.Struct, frozen=True):
    """A list of the API, below `/api/v1`, as one side sees it."""

    path: str
    """Parts in braces are filled by filters of that name."""
    scope: Scope
    paged: bool = True
    """Whether it is read page by page; a short list comes whole."""


Row = Mapping[str, Any]
"""A row of a list as it goes over the wire."""


class Besides(msgspec.Struct, frozen=True):
    """What an export has that its list leaves out, as names behind ids."""

    fields: tuple[str, ...]
    read: Callable[[AsyncSession, UUID, Sequence[Row]], Awaitable[Mapping[str, Row]]]
    """Session of the tenant's own, tenant, rows of the list; these fields by the rows' `id`."""


class ListOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A list of the API that can be exported, by those who may read it."""

    name: str
    title_zh: str
    title: str
    tenant: Door | None = None
    operator: Door | None = None
    """The same rows of every tenant."""
    columns: tuple[Column, ...]
    each: str = ""
    """A field of the list's rows that is a list itself: the export has a row for each part of it."""
    in_time: str = ""
    """The column in whose order the list runs, where it can be asked for its oldest rows first."""
    besides: Besides | None = None
    sealed: Any = None
    """The table behind the list (`id`, `tenant_id`, `callee_cipher`), where whole phone numbers can be exported."""


AnyOffer = Offer | ListOffer


class ListPage(msgspec.Struct, frozen=True):
    """One page of a list: rows as they go over the wire."""

    rows: Sequence[Row]
    after: str | None


class Lists(Protocol):
    """Reads lists of the API as somebody may."""

    async def page(self, caller: Caller, path: str, query: Mapping[str, str]) -> ListPage:
        """Raises `ListRefusedError` with what the list says to the query."""


def unchanged(filters: Any, _vault: Vault) -> Any:
    """`prepare` of filters that name nobody."""
    return filters


def door_of(offer: AnyOffer, *, operator: bool) -> Door | None:
    """The list as this side sees it; None: the side has none."""
    if isinstance(offer, ListOffer):
        return offer.operator if operator else offer.tenant
    return None


def scope_of(offer: AnyOffer, *, operator: bool) -> Scope | None:
    """What this side must be allowed; None: it is not offered to this side."""
    if isinstance(offer, ListOffer):
        door = door_of(offer, operator=operator)
        return door.scope if door is not None else None
    return None if operator else offer.scope


def columns_of(offer: AnyOffer, *, operator: bool) -> tuple[Column, ...]:
    """Whose a row is says only the list of all tenants."""
    if operator:
        return offer.columns
    return tuple(column for column in offer.columns if column.kind is not CellKind.TENANT)


def has_phones(offer: AnyOffer) -> bool:
    """Whether whole numbers of people can be in it: lists mask them otherwise."""
    return isinstance(offer, ListOffer) and offer.sealed is not None


def sorts_of(offer: AnyOffer) -> tuple[str, ...]:
    """Keys of columns that it can be sorted by."""
    return (offer.in_time,) if isinstance(offer, ListOffer) and offer.in_time else ()


def sorted_column(sort: str) -> tuple[str, bool]:
    """The column's key in a wish to sort, and whether its highest values come first: `-created_at`."""
    return sort.removeprefix("-"), sort.startswith("-")


def chosen(columns: Sequence[Column], keys: Sequence[str] | None) -> list[int]:
    """Positions of the columns wanted, in the order wanted; all where nothing was said. KeyError: no such column."""
    places = {column.key: place for place, column in enumerate(columns)}
    return [places[key] for key in keys] if keys is not None else list(range(len(columns)))
