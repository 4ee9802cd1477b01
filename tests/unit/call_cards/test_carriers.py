"""Flash SMS, HTTP push and the sandbox, each as one way to put a card on a phone."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from standardwebhooks.webhooks import Webhook
from tests.unit.call_cards.test_rich_call_data import card

from yunhu.domains.call_cards.carriers import read_config
from yunhu.domains.call_cards.errors import CarrierInvalidError
from yunhu.domains.call_cards.models import CarrierKind
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.phone import Phone
from yunhu.messaging.cards.flash import FlashCards, flash_text
from yunhu.messaging.cards.port import CardState
from yunhu.messaging.cards.push import HttpPushCards
from yunhu.messaging.cards.simulator import SimulatedCards
from yunhu.messaging.port import (
    Accepted,
    RefusalClass,
    Refused,
    ShortMessage,
    SubmitResult,
    SubmitUncertainError,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr"
LEAD = timedelta(seconds=2)


class OneAnswer:
    """An SMSC that answers one way."""

    def __init__(self, answer: SubmitResult | Exception) -> None:
        self.answer = answer
        self.taken: list[ShortMessage] = []

    async def submit(self, message: ShortMessage) -> SubmitResult:
        self.taken.append(message)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "state", "reference"),
    [
        (Accepted(("A1",)), CardState.ACCEPTED, "A1"),
        (Refused(refusal=RefusalClass.PERMANENT, code="0x0B"), CardState.UNSUPPORTED, ""),
        (Refused(refusal=RefusalClass.THROTTLED, code="0x58"), CardState.FAILED, ""),
        (SubmitUncertainError("connection_lost"), CardState.REQUESTED, ""),
    ],
)
async def test_given_an_smsc_when_a_card_goes_as_flash_then_the_answer_is_its_state(
    answer: SubmitResult | Exception, state: CardState, reference: str
) -> None:
    smsc = OneAnswer(answer)
    pushed = await FlashCards(lambda: smsc, "10690001", LEAD).push(card())  # type: ignore[arg-type, return-value]
    assert (pushed.state, pushed.reference) == (state, reference)
    (message,) = smsc.taken
    assert message.flash
    assert message.text == "【西安市雁塔区政务服务大厅】即将来电：叫号通知"
    assert message.source == "10690001"


async def test_given_no_connection_when_a_card_goes_as_flash_then_it_failed() -> None:
    pushed = await FlashCards(lambda: None, "", LEAD).push(card())
    assert pushed.state is CardState.FAILED


def test_given_no_reason_when_a_flash_is_written_then_it_names_the_caller_alone() -> None:
    assert flash_text(card(reason="")) == "【西安市雁塔区政务服务大厅】即将来电"


def service(answer: Callable[[httpx.Request], httpx.Response]) -> HttpPushCards:
    return HttpPushCards(
        SystemClock(), "https://cards.example.cn/push", SECRET, LEAD, httpx.MockTransport(answer)
    )


async def test_given_a_card_service_when_a_card_is_pushed_then_it_is_signed_and_has_an_idempotency_key() -> (
    None
):
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"state": "displayed", "reference": "X9"})

    carrier = service(answer)
    pushed = await carrier.push(card())
    await carrier.close()
    assert (pushed.state, pushed.reference) == (CardState.DISPLAYED, "X9")
    (request,) = seen
    body = Webhook(SECRET).verify(request.content, dict(request.headers))
    assert body["id"] == request.headers["webhook-id"] == str(card().push_id)
    assert body["callee"] == "+8613800000000"
    assert body["ring_in_ms"] == 2000


@pytest.mark.parametrize(
    ("response", "state"),
    [
        (httpx.Response(202), CardState.ACCEPTED),
        (httpx.Response(200, json={"state": "requested"}), CardState.ACCEPTED),
        (httpx.Response(200, content=b"not json"), CardState.ACCEPTED),
        (httpx.Response(200, json={"state": "delivered"}), CardState.DELIVERED),
        (httpx.Response(422), CardState.UNSUPPORTED),
        (httpx.Response(302, headers={"location": "http://elsewhere"}), CardState.FAILED),
        (httpx.Response(500), CardState.FAILED),
    ],
)
async def test_given_an_answer_of_the_service_when_read_then_no_more_is_concluded_than_it_says(
    response: httpx.Response, state: CardState
) -> None:
    assert (await service(lambda _: response).push(card())).state is state


async def test_given_a_service_that_is_down_when_a_card_is_pushed_then_it_failed() -> None:
    def down(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    pushed = await service(down).push(card())
    assert (pushed.state, pushed.detail) == (CardState.FAILED, "ConnectError")


async def test_given_the_sandbox_when_a_card_is_pushed_then_it_lies_there_without_the_number(
    tmp_path: Path,
) -> None:
    carrier = SimulatedCards(tmp_path)
    assert (await carrier.push(card())).state is CardState.DISPLAYED
    (shown,) = (tmp_path / "cards").iterdir()
    said = json.loads(shown.read_text())
    assert said["name"] == "西安市雁塔区政务服务大厅"
    assert "13800000000" not in shown.read_text()
    for number, state in (("+8613800007001", CardState.UNSUPPORTED), ("+8613800007002", CardState.FAILED)):
        assert (await carrier.push(card(callee=Phone(number)))).state is state


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (CarrierKind.HTTP_PUSH, {"url": "https://x.cn/"}),
        (CarrierKind.HTTP_PUSH, {"url": "ftp://x.cn/", "secret": {"env": "YUNHU_SECRET_X"}}),
        (CarrierKind.RICH_CALL_DATA, {"certificate_url": "https://x.cn/c.pem"}),
        (CarrierKind.SANDBOX, {"speed": 2}),
    ],
)
def test_given_settings_that_do_not_fit_when_read_then_they_are_refused(
    kind: CarrierKind, config: dict[str, object]
) -> None:
    with pytest.raises(CarrierInvalidError):
        read_config(kind, config)
