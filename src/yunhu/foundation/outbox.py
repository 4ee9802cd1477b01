"""The transactional outbox: facts that other rooms want to know, written with the change itself.

Each subscriber reads the whole log once, in order, and moves its cursor in the transaction in which it acts on
what it read: exactly once for effects in the database. A row is read only when every transaction that began
before its own has ended, so nothing that commits late is ever skipped. Facts of one subject come in the order in
which they were published, provided that publishers hold a lock on the subject's row.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Identity, Index, Text, func, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from yunhu.foundation.db.base import Base, Jsonb, Moment

CHANNEL = "yunhu_outbox"


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Name of the type in DDL."""
        return "xid8"


class OutboxRow(Base):
    """One published fact."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_order", "xid", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    xid: Mapped[int] = mapped_column(Xid8(), server_default=func.pg_current_xact_id())
    tenant_id: Mapped[UUID]
    type: Mapped[str]
    subject_id: Mapped[UUID]
    payload: Mapped[Jsonb]
    at: Mapped[Moment]


class OutboxCursor(Base):
    """How far a subscriber has read."""

    __tablename__ = "outbox_cursors"

    subscriber: Mapped[str] = mapped_column(Text, primary_key=True)
    xid: Mapped[int] = mapped_column(Xid8(), server_default=text("'0'"))
    id: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class Event(msgspec.Struct, frozen=True):
    """A fact on its way to other rooms."""

    tenant_id: UUID
    type: str
    """`notification.delivered`, `journey.postpone_requested`, … stable names, used in callbacks too."""
    subject_id: UUID
    payload: dict[str, Any]
    at: Any


class ReceivedEvent(Event, frozen=True):
    """A fact as a subscriber reads it."""

    id: int = 0


Handler = Callable[[AsyncSession, Sequence[ReceivedEvent]], Awaitable[None]]

# unnest keeps one statement for any number of events; NOTIFY folds equal payloads of one transaction into one.
INSERT_FACTS = """
    INSERT INTO outbox (tenant_id, type, subject_id, payload, at)
    SELECT * FROM unnest(
        CAST(:fact_tenants AS uuid[]), CAST(:fact_types AS text[]), CAST(:fact_subjects AS uuid[]),
        CAST(:fact_payloads AS text[])::jsonb[], CAST(:fact_moments AS timestamptz[])
    )
"""
"""With `fact_columns`, for statements that publish among other things; they notify `CHANNEL` themselves."""

_PUBLISH = text(
    f"""
    WITH published AS ({INSERT_FACTS} RETURNING 1)
    SELECT pg_notify(:channel, '') FROM (SELECT count(*) FROM published) AS counted
    """  # noqa: S608 constant text
)

_LOCK = text(
    """
    INSERT INTO outbox_cursors (subscriber, xid, id) VALUES (:subscriber, '0', 0)
    ON CONFLICT (subscriber) DO NOTHING
    """
)

_CURSOR = text(
    "SELECT xid::text, id FROM outbox_cursors WHERE subscriber = :subscriber FOR UPDATE SKIP LOCKED"
)

# By `outbox.xid` and not by `xid`, which would be the text that is selected: '1000' before '999'.
_READ = text(
    """
    SELECT id, xid::text AS xid, tenant_id, type, subject_id, payload, at FROM outbox
    WHERE (xid, id) > (CAST(CAST(:xid AS text) AS xid8), :id) AND xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY outbox.xid, outbox.id LIMIT :limit
    """
)

# A transaction with a lower id may have waited for the subject's row and published later than one with a higher
# id: rows beyond the page that were published before one of the same subject inside it. Transactions further
# apart than this many did not run at the same time. Materialised, so that the two are hashed and not compared pair by pair.
_CROSSED = text(
    """
    WITH crossed AS MATERIALIZED (
        SELECT o.id, o.xid FROM outbox AS o
        JOIN unnest(CAST(:subjects AS uuid[]), CAST(:ids AS bigint[])) AS page(subject_id, id)
            ON o.subject_id = page.subject_id AND o.id < page.id
        WHERE (o.xid, o.id) > (CAST(CAST(:xid AS text) AS xid8), :id)
          AND o.xid < CAST(CAST(:horizon AS text) AS xid8) AND o.xid < pg_snapshot_xmin(pg_current_snapshot())
    )
    SELECT id, xid::text AS xid FROM crossed ORDER BY crossed.xid DESC, crossed.id DESC LIMIT 1
    """
)
_CONCURRENT = 10_000

_UP_TO = text(
    """
    SELECT id, xid::text AS xid, tenant_id, type, subject_id, payload, at FROM outbox
    WHERE (xid, id) > (CAST(CAST(:xid AS text) AS xid8), :id)
      AND (xid, id) <= (CAST(CAST(:last_xid AS text) AS xid8), :last_id)
    ORDER BY outbox.xid, outbox.id
    """
)

_ADVANCE = text(
    "UPDATE outbox_cursors SET xid = CAST(CAST(:xid AS text) AS xid8), id = :id WHERE subscriber = :subscriber"
)


async def publish(session: AsyncSession, events: Sequence[Event]) -> None:
    """Write facts in the caller's transaction; subscribers wake when it commits."""
    if not events:
        return
    await session.execute(_PUBLISH, {**fact_columns(events), "channel": CHANNEL})


def fact_columns(events: Sequence[Event]) -> dict[str, list[Any]]:
    """Parameters of `INSERT_FACTS`."""
    return {
        "fact_tenants": [event.tenant_id for event in events],
        "fact_types": [event.type for event in events],
        "fact_subjects": [event.subject_id for event in events],
        "fact_payloads": [msgspec.json.encode(event.payload).decode() for event in events],
        "fact_moments": [event.at for event in events],
    }


async def read_batch(session: AsyncSession, subscriber: str, handler: Handler, *, limit: int = 500) -> int:
    """Hand the next facts to the subscriber and move its cursor, in the caller's transaction.

    Returns how many were handed over, which may be a few more than `limit` (see `_with_crossed`); 0 also when another process is reading for this subscriber just now.
    """
    await session.execute(_LOCK, {"subscriber": subscriber})
    cursor = (await session.execute(_CURSOR, {"subscriber": subscriber})).one_or_none()
    if cursor is None:
        return 0
    rows = (await session.execute(_READ, {"xid": cursor.xid, "id": cursor.id, "limit": limit})).all()
    if not rows:
        return 0
    if len(rows) == limit:
        rows = await _with_crossed(session, cursor, rows)
    last = rows[-1]
    ordered = sorted(rows, key=lambda row: row.id)
    await handler(
        session,
        [
            ReceivedEvent(row.tenant_id, row.type, row.subject_id, row.payload, row.at, row.id)
            for row in ordered
        ],
    )
    await session.execute(_ADVANCE, {"subscriber": subscriber, "xid": last.xid, "id": last.id})
    return len(rows)


async def _with_crossed(session: AsyncSession, cursor: Any, rows: Sequence[Any]) -> Sequence[Any]:
    """The page, made longer until no subject in it has an earlier fact behind it."""
    while True:
        last = rows[-1]
        where = {"xid": last.xid, "id": last.id, "horizon": str(int(last.xid) + _CONCURRENT)}
        page = {"subjects": [row.subject_id for row in rows], "ids": [row.id for row in rows]}
        crossed = (await session.execute(_CROSSED, {**where, **page})).one_or_none()
        if crossed is None:
            return rows
        bounds = {"xid": cursor.xid, "id": cursor.id, "last_xid": crossed.xid, "last_id": crossed.id}
        rows = (await session.execute(_UP_TO, bounds)).all()
