import hashlib
import struct
from datetime import timedelta
from uuid import UUID

import httpx
from sqlalchemy import text
from tests.support.hall.builders import Hall

from yunhu.domains.recordings.public import RecordingEraser, RecordingHasher, recording_name
from yunhu.foundation.clock import ManualClock, natural_day
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id
from yunhu.foundation.settings import Settings

DATA = bytes(range(256)) * 125  # 2 s of stereo A-law
WAV = (
    b"RIFF"
    + struct.pack("<I", 36 + len(DATA))
    + b"WAVEfmt "
    + struct.pack("<IHHIIHH", 16, 6, 2, 8000, 16000, 2, 8)
    + b"data"
    + struct.pack("<I", len(DATA))
    + DATA
)


async def add_call(
    database: Database, hall: Hall, clock: ManualClock, *, ended: bool = True
) -> tuple[UUID, str]:
    call_id, now = new_id(), clock.now()
    name = recording_name(natural_day(now), call_id)
    insert = text(
        """
        INSERT INTO calls (id, tenant_id, notification_id, attempt, callee_cipher, callee_index, day, caller_number,
            caller_number_id, trunk_id, robot_id, node_id, script_version_id, text, verdict, state, reserved_at,
            ended_at, result, recording)
        VALUES (:id, :tenant_id, :id, 1, '', '', :day, '', :id, :id, :id, :id, :id, '', '{}',
            :state, :now, :ended_at, :result, :name)
        """
    )
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))  # no other tables needed
        await session.execute(
            insert,
            {
                "id": call_id,
                "tenant_id": hall.tenant_id,
                "day": natural_day(now),
                "state": "ended" if ended else "answered",
                "now": now,
                "ended_at": now if ended else None,
                "result": "answered" if ended else None,
                "name": name,
            },
        )
    return call_id, name


def write(settings: Settings, name: str) -> None:
    path = settings.recordings_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(WAV)


async def test_given_a_recording_when_fetched_then_whole_and_ranges_come(
    client: httpx.AsyncClient, database: Database, hall: Hall, clock: ManualClock, settings: Settings
) -> None:
    call_id, name = await add_call(database, hall, clock)
    path = f"/api/v1/calls/{call_id}/recording"
    assert (await client.get(path)).json()["id"] == "recordings.not_found"
    write(settings, name)
    whole = await client.get(path)
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, WAV, "audio/wav")
    part = await client.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, WAV[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(WAV)}"
    assert (await client.get(path, headers={"Range": "bytes=999999999-"})).status_code == 416
    assert (await client.get(f"/api/v1/calls/{new_id()}/recording")).status_code == 404


async def test_given_a_recording_when_played_in_parts_then_one_look_is_on_record(
    client: httpx.AsyncClient, database: Database, hall: Hall, clock: ManualClock, settings: Settings
) -> None:
    call_id, name = await add_call(database, hall, clock)
    write(settings, name)
    query = {"subject_kind": "call", "subject_id": str(call_id)}

    async def looks() -> list[str]:
        items = (await client.get("/api/v1/history", params=query)).json()["items"]
        return [entry["action"] for entry in items]

    for first in (5, 10, 15):
        await client.get(f"/api/v1/calls/{call_id}/recording", headers={"Range": f"bytes={first}-"})
    assert await looks() == ["look.recording"]
    clock.advance(timedelta(minutes=31))
    await client.get(f"/api/v1/calls/{call_id}/recording")
    assert await looks() == ["look.recording"] * 2


async def test_given_ended_calls_when_hashed_then_found_missing_and_running_ones_are_told_apart(
    database: Database, hall: Hall, clock: ManualClock, settings: Settings
) -> None:
    found, name = await add_call(database, hall, clock)
    missing, _ = await add_call(database, hall, clock)
    await add_call(database, hall, clock, ended=False)
    write(settings, name)
    hasher = RecordingHasher(database, clock, settings.recordings_dir)
    assert await hasher.look() == 0
    clock.advance(timedelta(minutes=1))
    assert await hasher.look() == 1
    assert await hasher.look() == 0
    clock.advance(timedelta(hours=1))
    assert await hasher.look() == 1
    async with database.transaction() as session:
        rows = (await session.execute(text("SELECT call_id, sha256, bytes, seconds FROM recordings"))).all()
    by_call = {row.call_id: row for row in rows}
    assert by_call[found].sha256 == hashlib.sha256(WAV).digest()
    assert (by_call[found].bytes, by_call[found].seconds) == (len(WAV), 2.0)
    assert by_call[missing].sha256 is None


async def test_given_a_recording_when_its_picture_is_asked_for_then_drawn_once_and_erased_with_it(
    client: httpx.AsyncClient, database: Database, hall: Hall, clock: ManualClock, settings: Settings
) -> None:
    call_id, name = await add_call(database, hall, clock)
    path = f"/api/v1/calls/{call_id}/recording/peaks"
    assert (await client.get(path)).status_code == 404
    write(settings, name)
    clock.advance(timedelta(minutes=1))
    drawn = (await client.get(path)).json()
    assert drawn["seconds"] == 2
    assert [len(channel) for channel in drawn["channels"]] == [1000, 1000]
    kept = (settings.recordings_dir / name).with_suffix(".peaks.json")
    assert kept.exists()
    assert (await client.get(path)).json() == drawn
    await RecordingHasher(database, clock, settings.recordings_dir).look()
    async with database.transaction() as session:
        await session.execute(text("UPDATE recordings SET erase_due_at = :now"), {"now": clock.now()})
        looks = await session.scalar(
            text("SELECT count(*) FROM audit_entries WHERE action = 'look.recording'")
        )
    assert looks == 1
    assert await RecordingEraser(database, clock, settings.recordings_dir).look() == 1
    assert not kept.exists()
