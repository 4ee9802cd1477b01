"""Makes an export: reads batch by batch, each in a short transaction of the tenant's own, and writes the file."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from yunhu.domains.exports.cells import CellKind, as_text
from yunhu.domains.exports.errors import OfferUnknownError
from yunhu.domains.exports.offers import Offer, chosen
from yunhu.domains.exports.workbook import WorkbookWriter
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

BATCH = 1000


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be exported; kept with the task."""

    offer: str
    filters: dict[str, Any]
    """In the offer's stored form."""
    columns: list[str] | None = None
    whole_phones: bool = False
    english: bool = False
    asked_by: str = ""


Progress = Callable[[int], Awaitable[None]]


async def make_export(
    database: Database,
    vault: Vault,
    offers: Mapping[str, Offer],
    order: Order,
    tenant_id: UUID,
    path: Path,
    now: datetime,
    progress: Progress,
) -> int:
    """Write the workbook; how many rows. `progress` is told the rows so far. Raises `OfferUnknownError`."""
    offer = offers.get(order.offer)
    if offer is None:
        raise OfferUnknownError(offer=order.offer)
    filters = msgspec.convert(order.filters, offer.stored)
    places = chosen(offer, order.columns)
    columns = [offer.columns[place] for place in places]
    title = offer.title if order.english else offer.title_zh
    writer = WorkbookWriter(path, title, columns, english=order.english)
    shown = Phones(vault, whole=order.whole_phones)
    phones = [place for place, column in enumerate(columns) if column.kind is CellKind.PHONE]
    after: Any = None
    while True:
        async with database.tenant_transaction(tenant_id) as session:
            batch = await offer.read(session, tenant_id, filters, after, BATCH)
        rows = [[row[place] for place in places] for row in batch.rows]
        for row in rows:
            for place in phones:
                row[place] = shown.text_of(row[place])
        writer.write(rows)
        await progress(writer.rows)
        if batch.after is None:
            break
        after = batch.after
    writer.close(_about(order, title, now, writer.rows))
    return writer.rows


class Phones:
    """Sealed numbers as an export shows them."""

    def __init__(self, vault: Vault, *, whole: bool) -> None:
        self._vault = vault
        self._whole = whole

    def text_of(self, sealed: bytes | None) -> str:
        """Masked, or the whole of it."""
        if not sealed:
            return ""
        phone = self._vault.open_phone(sealed)
        return phone.dialled if self._whole else phone.masked


def _about(order: Order, title: str, now: datetime, rows: int) -> Sequence[tuple[str, str]]:
    filters = ", ".join(
        f"{name}={value}"
        for name, value in order.filters.items()
        if value is not None and name != "callee_index"
    )
    labels = (
        ("Export", "Made at (China time)", "Made for", "Rows", "Filters", "Phone numbers")
        if order.english
        else ("导出内容", "生成时间（北京时间）", "申请人", "行数", "筛选条件", "号码")
    )
    whole, masked = ("whole", "masked") if order.english else ("完整", "已脱敏")
    phones = whole if order.whole_phones else masked
    return list(zip(labels, (title, as_text(now), order.asked_by, str(rows), filters, phones), strict=True))
