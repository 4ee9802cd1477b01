"""Every way to put a card on a phone, with a look at what phones showed and a way to cut the road there."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
from tests.support.callbacks.receiver import Receiver, status
from tests.support.messaging.passport import signing_key, verified
from tests.support.messaging.rigs import SOURCE, Rig, SmppRig, rig_named

from yunhu.domains.call_cards.public import card_digest
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.phone import Phone
from yunhu.messaging.cards.flash import FlashCards
from yunhu.messaging.cards.port import Card, CardCarrier, Pushed
from yunhu.messaging.cards.push import HttpPushCards
from yunhu.messaging.cards.rich_call_data import PassportSigner, RichCallData
from yunhu.messaging.cards.simulator import SimulatedCards

NAME, REASON = "西安市雁塔区政务服务大厅", "叫号通知"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr"
CERTIFICATE = "https://hall.example.cn/card.pem"
LEAD = timedelta(milliseconds=400)


def card_for(callee: str = "+8613812345678", **changes: Any) -> Card:
    """An approved card for a call that is about to leave."""
    plain = Card(
        push_id=uuid4(),
        call_id=uuid4(),
        callee=Phone(callee),
        caller_number=Phone("+862988886666"),
        name=NAME,
        reason=REASON,
        card_url=f"https://hall.example.cn/cards/{UUID(int=1)}",
        card_digest=card_digest(NAME),
    )
    return msgspec.structs.replace(plain, **changes)


class CardRig:
    """One way under test."""

    def __init__(self, carrier: CardCarrier) -> None:
        self.carrier = carrier

    async def push(self, card: Card) -> Pushed:
        """Hand a card over, as dispatch does."""
        return await self.carrier.push(card)

    async def shown(self) -> list[str]:
        """What phones were given to show, in words."""
        raise NotImplementedError

    def unable(self) -> Card | None:
        """A card for a phone that cannot show one; None where this way never learns of it."""
        raise NotImplementedError

    async def cut(self) -> Card:
        """Break the road; a card that goes out on it."""
        raise NotImplementedError


class SandboxRig(CardRig):
    """The simulator."""

    def __init__(self, directory: Path) -> None:
        super().__init__(SimulatedCards(directory, LEAD))
        self._directory = directory / "cards"

    async def shown(self) -> list[str]:
        found = [json.loads(file.read_bytes()) for file in sorted(self._directory.glob("*.json"))]
        return [f"{shown['name']} {shown['reason']}" for shown in found]

    def unable(self) -> Card | None:
        return card_for("+8613812347001")

    async def cut(self) -> Card:
        return card_for("+8613812347002")


class FlashRig(CardRig):
    """Flash SMS by an account of the SMSC port."""

    def __init__(self, smsc: Rig) -> None:
        super().__init__(FlashCards(lambda: self.smsc.client, SOURCE, LEAD))
        self.smsc = smsc

    async def shown(self) -> list[str]:
        if isinstance(self.smsc, SmppRig):
            await self.smsc.smsc.tell("sync")
            assert {event["data_coding"] for event in self.smsc.smsc.all("submit")} <= {0x18}, (
                "class 0, UCS-2"
            )
        return await self.smsc.texts_shown()

    def unable(self) -> Card | None:
        return card_for("+8613812340003")

    async def cut(self) -> Card:
        if isinstance(self.smsc, SmppRig):
            await self.smsc.smsc.kill()
        await self.smsc.client.stop(timedelta(0))
        return card_for()


class PushRig(CardRig):
    """HTTP push to a real server, which verifies what it gets."""

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(HttpPushCards(SystemClock(), receiver.url, SECRET, LEAD))
        self.receiver = receiver
        receiver.otherwise = status(200, body=b'{"state": "accepted", "reference": "X1"}')

    async def shown(self) -> list[str]:
        return [f"{order['name']} {order['reason']}" for order in self.receiver.verified(SECRET)]

    def unable(self) -> Card | None:
        self.receiver.replies = [status(422)]
        return card_for()

    async def cut(self) -> Card:
        await self.receiver.stop()
        return card_for()


class InviteRig(CardRig):
    """Rich Call Data: the phone is whoever reads the INVITE, the name in the PASSporT, the reason in Call-Info."""

    def __init__(self) -> None:
        self._key, pem = signing_key()
        super().__init__(RichCallData(SystemClock(), PassportSigner(pem, CERTIFICATE)))
        self._read: list[str] = []

    async def push(self, card: Card) -> Pushed:
        pushed = await super().push(card)
        headers = dict(pushed.headers)
        if headers:
            _, claims = verified(headers["Identity"], self._key)
            reason = headers["Call-Info"].partition('call-reason="')[2].rstrip('"')
            self._read.append(f"{claims['rcd']['nam']} {reason}")
        return pushed

    async def shown(self) -> list[str]:
        return self._read

    def unable(self) -> Card | None:
        return None

    async def cut(self) -> Card:
        self.carrier = RichCallData(SystemClock())
        return card_for(card_url="")


@asynccontextmanager
async def card_rig(name: str, directory: Path) -> AsyncIterator[CardRig]:
    """One way by name, ready."""
    if name == "sandbox":
        yield SandboxRig(directory)
    elif name == "rich_call_data":
        yield InviteRig()
    elif name == "http_push":
        receiver = Receiver()
        await receiver.start()
        rig = PushRig(receiver)
        yield rig
        await rig.carrier.close()
        await receiver.stop()
    else:
        async with rig_named(name.removeprefix("flash_"), directory) as smsc:
            yield FlashRig(smsc)
