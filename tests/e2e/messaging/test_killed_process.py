"""A process on uvloop, as the product runs, that is killed with a receipt in its hands loses nothing."""

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests.support.messaging.peer import LIMIT_SECONDS, account_for, foreign_smsc
from tests.support.messaging.rigs import GOOD, SOURCE, message_to, next_receipt

from yunhu.messaging.port import Accepted, SmscClient
from yunhu.messaging.simulator import SimulatedSmsc, SimulatorSettings
from yunhu.messaging.smpp import SmppClient

_VICTIM = f"""
import sys
import uvloop
from pathlib import Path
from uuid import uuid4
from yunhu.foundation.phone import Phone
from yunhu.messaging.port import ShortMessage
from yunhu.messaging.simulator import SimulatedSmsc, SimulatorSettings
from yunhu.messaging.smpp import SmppAccount, SmppClient

async def main(kind, where):
    if kind == "simulator":
        client = SimulatedSmsc(SimulatorSettings(directory=Path(where)))
    else:
        client = SmppClient(SmppAccount(name="victim", host="127.0.0.1", port=int(where),
                                        system_id="yunhu", password="secret"))
    await client.start()
    for _ in range(3):
        await client.submit(ShortMessage(message_id=uuid4(), destination=Phone("{GOOD.e164}"),
                                         source="{SOURCE}", text="政务" * 40))
    async for envelope in client.receipts():
        print("RECEIPT", envelope.content.ids[0], flush=True)

uvloop.run(main(*sys.argv[1:]))
"""


async def receipts_of_a_victim(kind: str, where: str) -> list[str]:
    """Run a process that takes six receipts and acknowledges none; kill it with SIGKILL."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _VICTIM, kind, where, stdout=asyncio.subprocess.PIPE
    )
    ids: list[str] = []
    try:
        assert process.stdout is not None
        async with asyncio.timeout(LIMIT_SECONDS):
            while len(ids) < 6:
                line = (await process.stdout.readline()).decode().split()
                if line[:1] == ["RECEIPT"]:
                    ids.append(line[1])
    finally:
        process.kill()
        await process.wait()
    assert process.returncode == -signal.SIGKILL
    return ids


async def ids_heard_by(client: SmscClient, count: int) -> set[str]:
    """Start a client and acknowledge receipts until so many different ones came."""
    await client.start()
    seen: set[str] = set()
    while len(seen) < count:
        envelope = await next_receipt(client)
        seen.add(envelope.content.ids[0])
        envelope.acknowledge()
    return seen


@pytest.mark.peer("node-smpp")
async def test_given_an_smpp_client_killed_with_receipts_in_hand_when_another_binds_then_all_come_again() -> (
    None
):
    async with foreign_smsc() as smsc:
        lost = await receipts_of_a_victim("smpp", str(smsc.port))
        heir = SmppClient(account_for(smsc))
        assert await ids_heard_by(heir, 6) == set(lost)
        assert isinstance(await heir.submit(message_to(GOOD)), Accepted)
        await heir.stop(timedelta(seconds=1))


async def test_given_a_simulator_killed_with_receipts_in_hand_when_run_again_then_all_come_again(
    tmp_path: Path,
) -> None:
    lost = await receipts_of_a_victim("simulator", str(tmp_path))
    heir = SimulatedSmsc(SimulatorSettings(directory=tmp_path))
    assert await ids_heard_by(heir, 6) == set(lost)
    await heir.stop(timedelta(0))
    assert list((tmp_path / "receipts").iterdir()) == []
