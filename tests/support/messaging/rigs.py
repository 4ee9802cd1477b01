"""Every adapter of the SMSC port, with a way to look at what its phones showed."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from tests.support.messaging.peer import LIMIT_SECONDS, ForeignSmsc, account_for, foreign_smsc

from yunhu.foundation.phone import Phone
from yunhu.messaging.port import DeliveryReceipt, Envelope, ShortMessage, SmscClient
from yunhu.messaging.simulator import SimulatedSmsc, SimulatorSettings
from yunhu.messaging.smpp import SmppClient

SOURCE = "10690001"


def phone_ending(ending: str) -> Phone:
    """A mobile number with the last four digits that a behaviour is known by."""
    return Phone(f"+861381234{ending}")


GOOD = phone_ending("5678")


def message_to(phone: Phone, text: str = "测试 test", **changes: Any) -> ShortMessage:
    """A message with a new id."""
    return ShortMessage(
        **{"message_id": uuid4(), "destination": phone, "source": SOURCE, "text": text, **changes}
    )


class Rig(Protocol):
    """One adapter under test."""

    client: SmscClient

    async def texts_shown(self) -> list[str]:
        """What the phones showed, in order."""

    async def send_from_phone(self, sender: Phone, recipient: str, text: str) -> None:
        """Let a phone send a text to us."""

    async def restart(self) -> SmscClient:
        """The same account in a new client, as after the death of the process (nothing was stopped)."""


class SimulatorRig:
    """The simulator."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.client: SmscClient = self._new()

    def _new(self) -> SimulatedSmsc:
        quick = {
            "receipt_delay": timedelta(milliseconds=20),
            "late_receipt_delay": timedelta(milliseconds=800),
        }
        return SimulatedSmsc(SimulatorSettings(directory=self._directory, **quick))

    async def texts_shown(self) -> list[str]:
        """From the file that people look at."""
        path = self._directory / "sms.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [json.loads(line)["text"] for line in lines]

    async def send_from_phone(self, sender: Phone, recipient: str, text: str) -> None:
        """Into the running simulator."""
        assert isinstance(self.client, SimulatedSmsc)
        self.client.receive_from_phone(sender, recipient, text)

    async def restart(self) -> SmscClient:
        """A second simulator on the same directory."""
        self.client = self._new()
        await self.client.start()
        return self.client


class SmppRig:
    """The SMPP client against the foreign centre."""

    def __init__(self, smsc: ForeignSmsc) -> None:
        self.smsc = smsc
        self._clients: list[SmppClient] = []
        self.client: SmscClient = self._new()

    def _new(self) -> SmppClient:
        self._clients.append(SmppClient(account_for(self.smsc)))
        return self._clients[-1]

    async def texts_shown(self) -> list[str]:
        """As the centre decoded and joined them; what it tells may come later than its answers."""
        await self.smsc.tell("sync")
        return self.smsc.texts_shown()

    async def send_from_phone(self, sender: Phone, recipient: str, text: str) -> None:
        """A deliver_sm in UCS-2."""
        fields = {"source_addr": sender.e164[1:], "destination_addr": recipient, "data_coding": 8}
        await self.smsc.tell("deliver", pdu={**fields, "hex": text.encode("utf-16-be").hex()})

    async def restart(self) -> SmscClient:
        """The connection goes without an unbind; a new client binds."""
        await self.stop_all()
        self.client = self._new()
        await self.client.start()
        return self.client

    async def stop_all(self) -> None:
        """End every client of this rig, cutting its connection first."""
        await self.smsc.tell("drop")
        for client in self._clients:
            await client.stop(timedelta(0))


@asynccontextmanager
async def rig_named(name: str, directory: Path) -> AsyncIterator[Rig]:
    """A started adapter by name."""
    if name == "simulator":
        simulator = SimulatorRig(directory)
        await simulator.client.start()
        yield simulator
        await simulator.client.stop(timedelta(0))
        return
    async with foreign_smsc() as smsc:
        rig = SmppRig(smsc)
        await rig.client.start()
        yield rig
        await rig.client.stop(timedelta(0))


async def next_receipt(client: SmscClient) -> Envelope[DeliveryReceipt]:
    """The next receipt, within the limit."""
    async with asyncio.timeout(LIMIT_SECONDS):
        return await anext(aiter(client.receipts()))


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that changes outside, within the limit."""
    async with asyncio.timeout(LIMIT_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)
