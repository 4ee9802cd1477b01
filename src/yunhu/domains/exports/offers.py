"""What a slice offers for export: columns, and a reader that goes on after the last row it gave."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.exports.cells import CellKind
from yunhu.domains.identity.public import Scope
from yunhu.foundation.crypto import Vault


class Column(msgspec.Struct, frozen=True):
    """One column."""

    key: str
    title_zh: str
    title: str
    kind: CellKind = CellKind.TEXT
    width: int = 16


class Batch(msgspec.Struct, frozen=True):
    """Rows with one value a column of the offer, in its order."""

    rows: list[list[Any]]
    after: Any = None
    """What `read` is given to go on; None when there is no more. Made of what JSON has."""


Read = Callable[[AsyncSession, UUID, Any, Any, int], Awaitable[Batch]]
"""Session of the tenant's own, tenant, the stored filters, `after` of the batch before (or None), most rows."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be exported."""

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


def unchanged(filters: Any, _vault: Vault) -> Any:
    """`prepare` of filters that name nobody."""
    return filters


def chosen(offer: Offer, keys: Sequence[str] | None) -> list[int]:
    """Positions of the columns wanted, in the order wanted; all where nothing was said. KeyError: no such column."""
    places = {column.key: place for place, column in enumerate(offer.columns)}
    return [places[key] for key in keys] if keys is not None else list(range(len(offer.columns)))
