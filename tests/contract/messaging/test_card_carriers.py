"""What every way to put a card on a phone owes its call: one suite over the simulator and the three adapters."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.messaging.card_rigs import NAME, REASON, CardRig, card_for, card_rig

from yunhu.domains.call_cards.public import CHARGED
from yunhu.messaging.cards.port import LONGEST_LEAD, CardState
from yunhu.telephony.embedded.identity import check_extra_headers

WAYS = [
    "sandbox",
    "flash_simulator",
    pytest.param("flash_smpp", marks=pytest.mark.peer("node-smpp")),
    "http_push",
    "rich_call_data",
]


@pytest.fixture(params=WAYS)
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CardRig]:
    async with card_rig(request.param, tmp_path / "sandbox") as it:
        yield it


async def test_given_a_way_when_asked_then_its_lead_is_short_and_none_when_the_invite_carries_the_card(
    rig: CardRig,
) -> None:
    assert rig.carrier.lead <= LONGEST_LEAD
    assert rig.carrier.with_invite == (not rig.carrier.lead)


async def test_given_an_approved_card_when_pushed_then_the_phone_has_name_and_reason_word_for_word(
    rig: CardRig,
) -> None:
    await rig.push(card_for())
    (shown,) = await rig.shown()
    assert NAME in shown
    assert REASON in shown


async def test_given_a_card_without_a_reason_when_pushed_then_the_name_stands_alone(rig: CardRig) -> None:
    await rig.push(card_for(reason=""))
    (shown,) = await rig.shown()
    assert NAME in shown
    assert REASON not in shown


async def test_given_a_push_when_answered_then_headers_or_a_charged_state_say_that_it_was_taken(
    rig: CardRig,
) -> None:
    pushed = await rig.push(card_for())
    if rig.carrier.with_invite:
        assert pushed.state is CardState.REQUESTED, "nothing is charged before the INVITE leaves"
        check_extra_headers(pushed.headers)
        assert pushed.headers
    else:
        assert pushed.state in CHARGED
        assert pushed.reference
        assert pushed.headers == ()


async def test_given_many_calls_at_once_when_pushed_then_each_has_its_own_card(rig: CardRig) -> None:
    reasons = [f"叫号{number}号" for number in range(10)]
    await asyncio.gather(*(rig.push(card_for(reason=reason)) for reason in reasons))
    shown = await rig.shown()
    assert [sum(reason in text for text in shown) for reason in reasons] == [1] * 10


async def test_given_a_phone_that_cannot_show_cards_when_pushed_then_it_is_said_and_nothing_charged(
    rig: CardRig,
) -> None:
    card = rig.unable()
    if card is None:
        assert rig.carrier.with_invite, "only a card in the INVITE is never heard of again"
        return
    pushed = await rig.push(card)
    assert pushed.state is CardState.UNSUPPORTED
    assert pushed.detail
    assert card.callee.national not in pushed.detail


async def test_given_a_broken_road_when_pushed_then_it_failed_in_words_and_nothing_is_raised(
    rig: CardRig,
) -> None:
    card = await rig.cut()
    async with asyncio.timeout(20):
        pushed = await rig.push(card)
    assert pushed.state in {CardState.FAILED, CardState.REQUESTED}
    assert pushed.headers == ()
    assert pushed.detail
    assert card.callee.national not in pushed.detail
