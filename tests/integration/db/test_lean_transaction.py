"""A lean transaction is one transaction, whichever way its statements go."""

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, NoResultFound

from yunhu.foundation.db import Database
from yunhu.foundation.outbox import OutboxCursor

_READ = text("SELECT subscriber, id FROM outbox_cursors WHERE subscriber = :subscriber")
_WRITE = text("INSERT INTO outbox_cursors (subscriber, xid, id) VALUES (:subscriber, '0', :id)")
_CUT = text("SELECT pg_terminate_backend(pg_backend_pid())")


async def read(database: Database, subscriber: str) -> Any | None:
    async with database.lean_transaction() as session:
        return (await session.execute(_READ, {"subscriber": subscriber})).one_or_none()


async def write_two(database: Database, first: str, second: str, *, stumble: bool = False) -> None:
    """An object, then a text."""
    async with database.lean_transaction() as session:
        session.add(OutboxCursor(subscriber=first, id=7))
        await session.flush()
        await session.execute(_WRITE, {"subscriber": second, "id": 8})
        if stumble:
            raise ZeroDivisionError


async def ask_for(database: Database, subscriber: str) -> None:
    async with database.lean_transaction() as session:
        (await session.execute(_READ, {"subscriber": subscriber})).one()


async def cut(database: Database) -> None:
    async with database.lean_transaction() as session:
        await session.execute(_CUT)


async def test_given_texts_and_objects_when_committed_then_both_were_one_transaction(
    database: Database,
) -> None:
    async with database.lean_transaction() as session:
        session.add(OutboxCursor(subscriber="object", id=7))
        await session.flush()
        await session.execute(_WRITE, {"subscriber": "text", "id": 8})
        found = (await session.execute(_READ, {"subscriber": "object"})).one()
        assert (found.subscriber, found.id) == ("object", 7)
        assert await session.scalar(select(OutboxCursor.id).where(OutboxCursor.subscriber == "text")) == 8
    kept = await read(database, "text")
    assert kept is not None
    assert kept.id == 8


async def test_given_a_failure_when_it_leaves_the_block_then_nothing_is_kept(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await write_two(database, "object", "text", stumble=True)
    assert await read(database, "object") is None
    assert await read(database, "text") is None


async def test_given_a_broken_rule_when_executed_then_the_error_is_sqlalchemys(database: Database) -> None:
    with pytest.raises(IntegrityError):
        await write_two(database, "same", "same")
    with pytest.raises(NoResultFound):
        await ask_for(database, "same")


async def test_given_a_connection_that_the_server_cut_when_asked_again_then_another_serves(
    database: Database,
) -> None:
    with pytest.raises(DBAPIError):
        await cut(database)
    assert await read(database, "text") is None
