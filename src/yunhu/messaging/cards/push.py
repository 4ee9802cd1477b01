"""A card pushed over HTTP to a carrier's or vendor's card service, signed by Standard Webhooks."""

from datetime import timedelta

import httpx
import msgspec
from standardwebhooks.webhooks import Webhook

from yunhu.foundation.clock import Clock
from yunhu.foundation.ids import new_id
from yunhu.messaging.cards.port import Card, CardState, Pushed

_TIMEOUT_SECONDS = 5.0
_MOST_BYTES = 16_384


class CardOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The body that the service gets. `id` is the idempotency key, and receipts name the card by it."""

    id: str
    call_id: str
    callee: str
    """E.164."""
    caller_number: str
    """E.164."""
    name: str
    reason: str
    logo_url: str
    ring_in_ms: int
    """How soon the phone will ring at the latest."""


class TestOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a test: the service checks the signature, answers 2xx, and shows nothing."""

    id: str
    test: bool = True


class CardAnswer(msgspec.Struct, frozen=True):
    """What the service answers; nothing but the status is required of it."""

    state: CardState = CardState.ACCEPTED
    reference: str = ""


class HttpPushCards:
    """One service."""

    with_invite = False

    def __init__(
        self,
        clock: Clock,
        url: str,
        secret: str,
        lead: timedelta,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`secret` is `whsec_…`; another `transport` is for proxies and tests."""
        self._clock = clock
        self._url = url
        self._webhook = Webhook(secret)
        self._http = httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, transport=transport, follow_redirects=False)
        self.lead = lead

    async def push(self, card: Card) -> Pushed:
        """POST it. 2xx is accepted, 415 and 422 mean that this phone cannot show one, all else is a failure."""
        order = CardOrder(
            id=str(card.push_id),
            call_id=str(card.call_id),
            callee=card.callee.e164,
            caller_number=card.caller_number.e164,
            name=card.name,
            reason=card.reason,
            logo_url=card.logo_url,
            ring_in_ms=round(self.lead.total_seconds() * 1000),
        )
        try:
            response = await self._post(order)
        except httpx.HTTPError as error:
            return Pushed(state=CardState.FAILED, detail=type(error).__name__)
        return _read(response)

    async def send_test(self) -> int:
        """POST a test order; the status of the answer. Raises `httpx.HTTPError`."""
        return (await self._post(TestOrder(id=f"test-{new_id()}"))).status_code

    async def _post(self, order: CardOrder | TestOrder) -> httpx.Response:
        body = msgspec.json.encode(order)
        now = self._clock.now()
        headers = {
            "content-type": "application/json",
            "webhook-id": order.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(order.id, now, body.decode()),
        }
        return await self._http.post(self._url, content=body, headers=headers)

    async def close(self) -> None:
        """Close kept connections."""
        await self._http.aclose()


def _read(response: httpx.Response) -> Pushed:
    if response.status_code in (415, 422):
        return Pushed(state=CardState.UNSUPPORTED, detail=f"HTTP {response.status_code}")
    if not response.is_success:
        return Pushed(state=CardState.FAILED, detail=f"HTTP {response.status_code}")
    try:
        answer = msgspec.json.decode(response.content[:_MOST_BYTES] or b"{}", type=CardAnswer)
    except msgspec.MsgspecError:
        return Pushed(state=CardState.ACCEPTED)
    state = CardState.ACCEPTED if answer.state is CardState.REQUESTED else answer.state
    return Pushed(state=state, reference=answer.reference[:128])
