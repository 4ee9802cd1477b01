"""What a slice offers for export: columns, and where the rows come from.

An `Offer` reads the database itself, so it can give whole phone numbers. A `ListOffer` names a list of the API and
nothing more: the rows, their order, the filters, the permission and the masks are the list's own.
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

    @property
    def has_phones(self) -> bool:
        """Whether numbers of people are in it."""
        return any(column.kind is CellKind.PHONE for column in self.columns)


class Door(msgspec.Struct, frozen=True):
    """A list of the API, below `/api/v1`, as one side sees it."""

    path: str
    """Parts in braces are filled by filters of that name."""
    scope: Scope
    paged: bool = True
    """Whether it is read page by page; a short list comes whole."""


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

    @property
    def has_phones(self) -> bool:
        """Lists mask them."""
        return False


AnyOffer = Offer | ListOffer


class ListPage(msgspec.Struct, frozen=True):
    """One page of a list: rows as they go over the wire."""

    rows: list[dict[str, Any]]
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


def chosen(columns: Sequence[Column], keys: Sequence[str] | None) -> list[int]:
    """Positions of the columns wanted, in the order wanted; all where nothing was said. KeyError: no such column."""
    places = {column.key: place for place, column in enumerate(columns)}
    return [places[key] for key in keys] if keys is not None else list(range(len(columns)))
