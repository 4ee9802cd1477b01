"""Five hundred running calls: differences, not whole lists, and a handful of statements."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import event, text
from tests.support.dispatch.rig import equip, rows
from tests.support.hall.builders import Hall
from tests.support.monitoring.streams import live_stream

from yunhu.domains.calls.public import CallBegun, Line, Look, Stage
from yunhu.domains.monitoring.board import LiveBoard
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id

MANY = 500


class Board:
    """A node's board with many calls on it, written when the test says so."""

    def __init__(self, board: LiveBoard, hall: Hall, trunk_id: UUID) -> None:
        self.live = board
        self.calls = [new_id() for _ in range(MANY)]
        for call_id in self.calls:
            board.begun(
                CallBegun(
                    call_id=call_id,
                    tenant_id=hall.tenant_id,
                    notification_id=new_id(),
                    journey_id=None,
                    trunk_id=trunk_id,
                    callee="138****0000",
                    caller_number="+862988880001",
                )
            )

    def move(self, call_id: UUID, stage: Stage, line: str | None = None) -> None:
        said = Line("your-turn", line, 4.0) if line else None
        self.live.seen(call_id, Look(stage=stage, line=said))


@pytest.fixture
async def board(database: Database, clock: ManualClock, hall: Hall) -> AsyncIterator[Board]:
    node_id = new_id()
    trunk_id = await equip(database, hall.tenant_id, clock.now())
    async with database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO nodes (id, name, state, started_at, heartbeat_at) "
                "VALUES (:id, 'n1', 'running', now(), now() + interval '1 hour')"
            ),
            {"id": node_id},
        )
    return Board(LiveBoard(database, clock, node_id, list), hall, trunk_id)


async def test_given_many_calls_when_one_changes_then_one_row_is_written_and_one_is_sent(
    app: Litestar, hall: Hall, database: Database, board: Board
) -> None:
    await board.live.flush()
    async with live_stream(app, hall.token) as viewer:
        snapshot = await viewer.next()
        assert snapshot is not None
        assert len(snapshot.data["calls"]) == MANY
        board.move(board.calls[7], Stage.RINGING)
        await board.live.flush()
        changed = await viewer.until("calls")
        assert [row["call_id"] for row in changed.data["changed"]] == [str(board.calls[7])]
    versions = await rows(database, "SELECT version, count(*) AS n FROM live_calls GROUP BY 1 ORDER BY 1")
    assert [(row.version, row.n) for row in versions] == [(1, MANY - 1), (2, 1)]


async def test_given_many_calls_when_all_change_at_once_then_one_statement_writes_them(
    database: Database, board: Board
) -> None:
    statements: list[str] = []
    event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda *arguments: statements.append(arguments[2]),
    )
    await board.live.flush()
    for call_id in board.calls:
        board.move(call_id, Stage.SPEAKING, "尊敬的用户，请您到“3”号窗口办理业务，谢谢")
        board.move(call_id, Stage.SPEAKING, "尊敬的用户，请您到“3”号窗口办理业务，谢谢")
    await board.live.flush()
    await board.live.flush()
    assert len(statements) == 2
    (spoken,) = await rows(database, "SELECT count(*) AS n FROM live_calls WHERE stage = 'speaking'")
    assert spoken.n == MANY


async def test_given_a_database_that_failed_when_it_is_back_then_nothing_of_what_happened_is_missing(
    database: Database, board: Board
) -> None:
    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE live_calls RENAME TO elsewhere"))
    with pytest.raises(Exception, match="live_calls"):
        await board.live.flush()
    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE elsewhere RENAME TO live_calls"))
    board.move(board.calls[0], Stage.ENDED)
    await board.live.flush()
    seen = await rows(database, "SELECT stage, count(*) AS n FROM live_calls GROUP BY 1 ORDER BY 1")
    assert [(row.stage, row.n) for row in seen] == [("dialling", MANY - 1), ("ended", 1)]
    board.live.gone(board.calls[0])
    board.live.gone(board.calls[1])
    board.move(board.calls[1], Stage.RINGING)
    await board.live.flush()
    await asyncio.sleep(0)
    ended = await rows(database, "SELECT count(*) AS n FROM live_calls WHERE stage = 'ended'")
    assert ended[0].n == 2
