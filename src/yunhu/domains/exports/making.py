"""Makes an export: reads batch by batch, each in a short transaction, and writes the file."""

import base64
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.exports.cells import CellKind, as_text, from_wire
from yunhu.domains.exports.errors import ListRefusedError, OfferUnknownError
from yunhu.domains.exports.offers import (
    AnyOffer,
    Column,
    Door,
    ListOffer,
    Lists,
    Offer,
    Row,
    chosen,
    columns_of,
    door_of,
    sorted_column,
)
from yunhu.domains.exports.workbook import WorkbookWriter
from yunhu.domains.identity.public import Caller, Tenant
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

BATCH = 1000
PAGE = 200
"""The most that a list gives at once."""
UNTOLD = frozenset({"callee_index", "phone_sealed"})
"""Filters that stand for a person: neither in the file nor in the audit log."""
_OURS = frozenset({"cursor", "limit", "order"})
_HOLE = re.compile(r"\{(\w+)\}")
_PART = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be exported; kept with the task."""

    offer: str
    filters: dict[str, Any]
    """In the offer's stored form."""
    columns: list[str] | None = None
    sort: str | None = None
    """A column by which the offer can be sorted, `-` before it for the highest first."""
    whole_phones: bool = False
    english: bool = False
    asked_by: str = ""
    operator: bool = False
    """Of every tenant, as the operator's list has it."""
    caller: Caller | None = None
    """Who reads, where a list is read."""


class Parts(msgspec.Struct, frozen=True):
    """What making an export takes."""

    database: Database
    vault: Vault
    offers: Mapping[str, AnyOffer]
    lists: Lists | None = None
    """Needed for lists of the API."""


Progress = Callable[[int], Awaitable[None]]


async def make_export(
    parts: Parts, order: Order, tenant_id: UUID | None, path: Path, now: datetime, progress: Progress
) -> int:
    """Write the workbook; how many rows. `progress` is told the rows so far. Raises `OfferUnknownError`."""
    offer = parts.offers.get(order.offer)
    if offer is None:
        raise OfferUnknownError(offer=order.offer)
    all_columns = columns_of(offer, operator=order.operator)
    places = chosen(all_columns, order.columns)
    columns = [all_columns[place] for place in places]
    title = offer.title if order.english else offer.title_zh
    writer = WorkbookWriter(path, title, columns, english=order.english)
    shown = await _shown(parts, order, columns)
    async for rows in _batches(parts, offer, order, tenant_id, places):
        for row in rows:
            for place, show in shown.items():
                row[place] = show(row[place])
        writer.write(rows)
        await progress(writer.rows)
    writer.close(_about(offer, order, now, writer.rows))
    return writer.rows


async def probe(lists: Lists, vault: Vault, offer: ListOffer, order: Order) -> None:
    """Ask the list for one row, so that what it refuses is refused at once. Raises `ListRefusedError`."""
    path, query, door = _question(vault, offer, order)
    await lists.page(_reader(order), path, query | ({"limit": "1"} if door.paged else {}))


def sealed_filters(filters: Mapping[str, Any], vault: Vault) -> dict[str, str]:
    """A list's filters as the task keeps them. Raises `ListRefusedError`."""
    told = {}
    for name, value in filters.items():
        if name in _OURS or name in UNTOLD or not isinstance(value, (str, int, bool)):
            raise ListRefusedError(list_problem="request.invalid", filter=name)
        told[name] = str(value).lower() if isinstance(value, bool) else str(value)
    phone = told.pop("phone", None)
    if phone is not None:
        told["phone_sealed"] = base64.b64encode(vault.seal_secret(phone)).decode()
    return told


async def _batches(
    parts: Parts, offer: AnyOffer, order: Order, tenant_id: UUID | None, places: Sequence[int]
) -> AsyncIterator[list[list[Any]]]:
    """Rows with the columns at these places alone."""
    if isinstance(offer, ListOffer):
        columns = columns_of(offer, operator=order.operator)
        async for page in _list_batches(parts, offer, order, tenant_id):
            yield [[cell_of(columns[place], row) for place in places] for row in page]
        return
    if tenant_id is None:
        raise OfferUnknownError(offer=offer.name)
    async for batch in _own_batches(parts.database, offer, order, tenant_id):
        yield [[row[place] for place in places] for row in batch]


async def _own_batches(
    database: Database, offer: Offer, order: Order, tenant_id: UUID
) -> AsyncIterator[list[list[Any]]]:
    filters = msgspec.convert(order.filters, offer.stored)
    after: Any = None
    while True:
        async with database.tenant_transaction(tenant_id) as session:
            batch = await offer.read(session, tenant_id, filters, after, BATCH)
        yield batch.rows
        if batch.after is None:
            return
        after = batch.after


async def _list_batches(
    parts: Parts, offer: ListOffer, order: Order, tenant_id: UUID | None
) -> AsyncIterator[Sequence[Row]]:
    if parts.lists is None:
        raise OfferUnknownError(offer=offer.name)
    path, query, door = _question(parts.vault, offer, order)
    query |= {"limit": str(PAGE)} if door.paged else {}
    while True:
        page = await parts.lists.page(_reader(order), path, query)
        rows = await _completed(parts, offer, order, tenant_id, page.rows)
        yield rows_of(offer, rows)
        if page.after is None:
            return
        query["cursor"] = page.after


async def _completed(
    parts: Parts, offer: ListOffer, order: Order, tenant_id: UUID | None, rows: Sequence[Row]
) -> Sequence[Row]:
    """With what the list leaves out."""
    whole = order.whole_phones and offer.sealed is not None
    if tenant_id is None or not rows or (offer.besides is None and not whole):
        return rows
    async with parts.database.tenant_transaction(tenant_id) as session:
        besides = await offer.besides.read(session, tenant_id, rows) if offer.besides is not None else {}
        sealed = await _sealed(session, offer, tenant_id, rows) if whole else {}
    return [{**row, **besides.get(row["id"], {}), **sealed.get(row["id"], {})} for row in rows]


async def _sealed(
    session: AsyncSession, offer: ListOffer, tenant_id: UUID, rows: Sequence[Row]
) -> Mapping[str, Row]:
    table = offer.sealed
    ids = [UUID(row["id"]) for row in rows]
    query = select(table.id, table.callee_cipher).where(table.tenant_id == tenant_id, table.id.in_(ids))
    fields = [column.at or column.key for column in offer.columns if column.kind is CellKind.PHONE]
    return {str(row.id): dict.fromkeys(fields, row.callee_cipher) for row in await session.execute(query)}


def rows_of(offer: ListOffer, found: Sequence[Row]) -> Sequence[Row]:
    """The export's rows of the list's."""
    if not offer.each:
        return found
    return [{**row, **part} for row in found for part in row[offer.each]]


def cell_of(column: Column, row: Row) -> Any:
    """What a list's row has for a column."""
    value: Any = row
    for part in (column.at or column.key).split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return from_wire(column.kind, value)


def _question(vault: Vault, offer: ListOffer, order: Order) -> tuple[str, dict[str, str], Door]:
    door = door_of(offer, operator=order.operator)
    if door is None:
        raise OfferUnknownError(offer=offer.name)
    query = {name: str(value) for name, value in order.filters.items()}
    if order.sort is not None:
        query["order"] = "newest" if sorted_column(order.sort)[1] else "oldest"
    if "phone_sealed" in query:
        query["phone"] = vault.open_secret(base64.b64decode(query.pop("phone_sealed")))

    def fill(hole: re.Match[str]) -> str:
        part = query.pop(hole[1], "")
        if not _PART.fullmatch(part):
            raise ListRefusedError(list_problem="request.invalid", filter=hole[1])
        return part

    return _HOLE.sub(fill, door.path), query, door


def _reader(order: Order) -> Caller:
    if order.caller is None:
        raise OfferUnknownError(offer=order.offer)
    return order.caller


async def _shown(
    parts: Parts, order: Order, columns: Sequence[Column]
) -> dict[int, Callable[[Any], str | None]]:
    """How columns that hold no readable value are shown."""
    shown: dict[int, Callable[[Any], str | None]] = {}
    names: dict[str, str] = {}
    if any(column.kind is CellKind.TENANT for column in columns):
        async with parts.database.transaction() as session:
            names = {str(row.id): row.name for row in await session.execute(select(Tenant.id, Tenant.name))}
    for place, column in enumerate(columns):
        if column.kind is CellKind.PHONE:
            shown[place] = partial(_phone, parts.vault)
        elif column.kind is CellKind.TENANT:
            shown[place] = lambda id_: names.get(id_, id_)
    return shown


def _phone(vault: Vault, number: bytes | str | None) -> str | None:
    """As the list masks it; whole where it comes sealed."""
    return vault.open_phone(number).dialled if isinstance(number, bytes) else number


def _about(offer: AnyOffer, order: Order, now: datetime, rows: int) -> Sequence[tuple[str, str]]:
    english = order.english
    filters = ", ".join(
        f"{name}={value}" for name, value in order.filters.items() if value is not None and name not in UNTOLD
    )
    whole, masked = ("whole", "masked") if english else ("完整", "已脱敏")
    facts = (
        ("导出内容", "Export", offer.title if english else offer.title_zh),
        ("生成时间（北京时间）", "Made at (China time)", as_text(now)),
        ("申请人", "Made for", order.asked_by),
        ("行数", "Rows", str(rows)),
        ("筛选条件", "Filters", filters),
        ("排序", "Sorted by", _sorted_by(offer, order)),
        ("号码", "Phone numbers", whole if order.whole_phones else masked),
    )
    return [(label if english else label_zh, value) for label_zh, label, value in facts]


def _sorted_by(offer: AnyOffer, order: Order) -> str:
    if order.sort is None:
        return ""
    key, downwards = sorted_column(order.sort)
    (column,) = (one for one in offer.columns if one.key == key)
    if order.english:
        return f"{column.title}, {'newest' if downwards else 'oldest'} first"
    return f"{column.title_zh}，{'从新到旧' if downwards else '从旧到新'}"
