"""What the simulator keeps on disk and how numbers choose a behaviour."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from tests.support.messaging.rigs import GOOD, message_to, phone_ending

from yunhu.messaging.simulator import (
    DEFAULT_BEHAVIOURS,
    Behaviour,
    SimulatedSmsc,
    SimulatorSettings,
    behaviour_of,
)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (DEFAULT_BEHAVIOURS, Behaviour.DELIVERED),
        ({"8": Behaviour.EXPIRED}, Behaviour.EXPIRED),
        ({"8": Behaviour.EXPIRED, "78": Behaviour.REJECTED, "": Behaviour.THROTTLED}, Behaviour.REJECTED),
        ({"9": Behaviour.EXPIRED}, Behaviour.DELIVERED),
    ],
)
def test_given_a_table_when_asked_then_the_longest_ending_counts(
    table: dict[str, Behaviour], expected: Behaviour
) -> None:
    assert behaviour_of(GOOD, table) is expected


def test_given_every_behaviour_when_looked_up_then_the_default_table_reaches_it() -> None:
    assert {*DEFAULT_BEHAVIOURS.values(), Behaviour.DELIVERED} == set(Behaviour)
    assert all(behaviour_of(phone_ending(e), DEFAULT_BEHAVIOURS) is b for e, b in DEFAULT_BEHAVIOURS.items())


async def test_given_a_message_when_shown_then_the_file_tells_a_stranger_all_but_the_number(
    tmp_path: Path,
) -> None:
    smsc = SimulatedSmsc(SimulatorSettings(directory=tmp_path))
    await smsc.start()
    message = message_to(GOOD, "请到3号窗口", flash=True)
    await smsc.submit(message)
    await smsc.stop(timedelta(0))
    raw = smsc.phone_log.read_text("utf-8")
    (entry,) = [json.loads(line) for line in raw.splitlines()]
    assert "13812345678" not in raw
    assert entry.pop("at")
    assert entry == {
        "simulated": True,
        "message_id": str(message.message_id),
        "to": "138****5678",
        "from": message.source,
        "text": "请到3号窗口",
        "flash": True,
        "alphabet": "ucs2",
        "parts": 1,
        "behaviour": "delivered",
    }


async def test_given_a_damaged_spool_when_started_then_the_rest_is_still_delivered(tmp_path: Path) -> None:
    first = SimulatedSmsc(SimulatorSettings(directory=tmp_path, receipt_delay=timedelta(0)))
    await first.start()
    await first.submit(message_to(GOOD))
    await first.stop(timedelta(0))
    (tmp_path / "receipts" / "torn.json").write_bytes(b'{"smsc_mess')
    second = SimulatedSmsc(SimulatorSettings(directory=tmp_path))
    await second.start()
    envelope = await anext(second.receipts())
    envelope.acknowledge()
    await second.stop(timedelta(0))
    assert [p.name for p in (tmp_path / "receipts").iterdir()] == ["torn.json"]
