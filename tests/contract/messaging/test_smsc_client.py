"""What every SMSC adapter owes its caller: one suite over the simulator and SMPP against a foreign centre."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from tests.support.messaging.peer import LIMIT_SECONDS
from tests.support.messaging.rigs import (
    GOOD,
    SOURCE,
    Rig,
    message_to,
    next_receipt,
    phone_ending,
    rig_named,
    until,
)

from yunhu.messaging.port import (
    Accepted,
    MessageState,
    RefusalClass,
    Refused,
    SubmitUncertainError,
)

FILED = "西安市雁塔区政务服务大厅提醒您，您办理的社保事项号码为A001，请您在休息等候区等待，前面等待人数3人；"


@pytest.fixture(params=["simulator", pytest.param("smpp", marks=pytest.mark.peer("node-smpp"))])
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig_named(request.param, tmp_path / "sandbox") as it:
        yield it


async def test_given_a_started_client_when_asked_then_it_is_usable_under_its_name(rig: Rig) -> None:
    health = rig.client.health()
    assert health.usable
    assert health.name == rig.client.name
    assert health.outstanding == 0


async def test_given_a_filed_text_when_submitted_then_the_phone_shows_it_word_for_word(rig: Rig) -> None:
    result = await rig.client.submit(message_to(GOOD, FILED))
    assert isinstance(result, Accepted)
    assert len(result.smsc_message_ids) == 1
    assert await rig.texts_shown() == [FILED]


async def test_given_a_long_chinese_text_with_emoji_when_submitted_then_it_arrives_whole(rig: Rig) -> None:
    text = "请您携带身份证👨‍👩‍👧‍👦到A001号窗口🇨🇳，谢谢👍🏽。" * 15
    result = await rig.client.submit(message_to(GOOD, text))
    assert isinstance(result, Accepted)
    assert len(result.smsc_message_ids) > 4
    assert len(set(result.smsc_message_ids)) == len(result.smsc_message_ids)
    assert await rig.texts_shown() == [text]


async def test_given_a_long_text_in_the_default_alphabet_when_submitted_then_it_arrives_whole(
    rig: Rig,
) -> None:
    text = "Window 3 [A001] costs 5€ {see ~board~} | " * 8
    result = await rig.client.submit(message_to(GOOD, text))
    assert isinstance(result, Accepted)
    assert len(result.smsc_message_ids) == 3
    assert await rig.texts_shown() == [text]


async def test_given_an_accepted_message_when_delivered_then_the_receipt_carries_its_id(rig: Rig) -> None:
    result = await rig.client.submit(message_to(GOOD))
    assert isinstance(result, Accepted)
    envelope = await next_receipt(rig.client)
    assert envelope.content.ids[0] == result.smsc_message_ids[0]
    assert envelope.content.state is MessageState.DELIVERED
    assert envelope.content.stat == "DELIVRD"
    assert envelope.content.destination == GOOD
    assert envelope.content.at.tzinfo is UTC
    envelope.acknowledge()
    envelope.acknowledge()


async def test_given_a_message_in_parts_when_delivered_then_every_part_has_its_receipt(rig: Rig) -> None:
    result = await rig.client.submit(message_to(GOOD, "政务" * 80))
    assert isinstance(result, Accepted)
    seen: set[str] = set()
    async with asyncio.timeout(LIMIT_SECONDS):
        async for envelope in rig.client.receipts():
            seen.add(envelope.content.ids[0])
            envelope.acknowledge()
            if len(seen) == len(result.smsc_message_ids):
                break
    assert seen == set(result.smsc_message_ids)


@pytest.mark.parametrize(
    ("ending", "state"),
    [("0001", MessageState.UNDELIVERABLE), ("0002", MessageState.EXPIRED), ("0007", MessageState.DELIVERED)],
)
async def test_given_a_phone_that_fares_so_when_submitted_then_the_receipt_says_so(
    rig: Rig, ending: str, state: MessageState
) -> None:
    assert isinstance(await rig.client.submit(message_to(phone_ending(ending))), Accepted)
    envelope = await next_receipt(rig.client)
    assert envelope.content.state is state
    envelope.acknowledge()


@pytest.mark.parametrize(
    ("ending", "refusal", "code"),
    [
        ("0003", RefusalClass.PERMANENT, "0x0000000b"),
        ("0004", RefusalClass.TEMPORARY, "0x00000008"),
        ("0005", RefusalClass.THROTTLED, "0x00000058"),
    ],
)
async def test_given_a_centre_that_refuses_when_submitted_then_the_class_and_raw_code_are_told(
    rig: Rig, ending: str, refusal: RefusalClass, code: str
) -> None:
    result = await rig.client.submit(message_to(phone_ending(ending)))
    assert isinstance(result, Refused)
    assert (result.refusal, result.code, result.smsc_message_ids) == (refusal, code, ())
    assert await rig.texts_shown() == []


async def test_given_a_connection_that_breaks_before_the_answer_when_submitted_then_it_is_uncertain(
    rig: Rig,
) -> None:
    with pytest.raises(SubmitUncertainError) as caught:
        await rig.client.submit(message_to(phone_ending("0008")))
    assert caught.value.reason == "connection_lost"
    await until(lambda: rig.client.health().usable)
    assert isinstance(await rig.client.submit(message_to(GOOD)), Accepted)
    assert len(await rig.texts_shown()) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": ""}, "empty_text"),
        ({"text": "长" * 671}, "text_too_long"),
        ({"text": "half \ud83d"}, "invalid_text"),
        ({"source": "1069 x"}, "invalid_address"),
        ({"source": "1" * 21}, "invalid_address"),
    ],
)
async def test_given_what_cannot_be_a_message_when_submitted_then_it_is_refused_for_good(
    rig: Rig, changes: dict[str, str], code: str
) -> None:
    result = await rig.client.submit(message_to(GOOD, **changes))
    assert isinstance(result, Refused)
    assert (result.refusal, result.code) == (RefusalClass.PERMANENT, code)
    assert await rig.texts_shown() == []


async def test_given_no_receipt_is_wanted_when_delivered_then_none_comes(rig: Rig) -> None:
    quiet = await rig.client.submit(message_to(GOOD, receipt_wanted=False))
    loud = await rig.client.submit(message_to(GOOD))
    assert isinstance(quiet, Accepted)
    assert isinstance(loud, Accepted)
    envelope = await next_receipt(rig.client)
    assert envelope.content.ids[0] == loud.smsc_message_ids[0]
    envelope.acknowledge()


async def test_given_a_receipt_given_back_when_waiting_then_it_comes_again(rig: Rig) -> None:
    await rig.client.submit(message_to(GOOD))
    first = await next_receipt(rig.client)
    first.give_back()
    second = await next_receipt(rig.client)
    assert second.content.ids == first.content.ids
    second.acknowledge()


async def test_given_a_process_that_dies_with_a_receipt_in_hand_when_restarted_then_it_comes_again(
    rig: Rig,
) -> None:
    await rig.client.submit(message_to(GOOD))
    in_hand = await next_receipt(rig.client)
    reborn = await rig.restart()
    again = await next_receipt(reborn)
    assert again.content.ids == in_hand.content.ids
    again.acknowledge()


async def test_given_an_acknowledged_receipt_when_restarted_then_it_does_not_come_again(rig: Rig) -> None:
    await rig.client.submit(message_to(GOOD))
    (await next_receipt(rig.client)).acknowledge()
    second = await rig.client.submit(message_to(GOOD))
    assert isinstance(second, Accepted)
    await next_receipt(rig.client)
    reborn = await rig.restart()
    envelope = await next_receipt(reborn)
    assert envelope.content.ids[0] == second.smsc_message_ids[0]
    envelope.acknowledge()


async def test_given_a_phone_that_answers_when_it_texts_us_then_the_text_comes_in(rig: Rig) -> None:
    await rig.send_from_phone(GOOD, SOURCE, "退订 TD😀")
    async with asyncio.timeout(LIMIT_SECONDS):
        envelope = await anext(aiter(rig.client.inbound()))
    assert envelope.content.sender == GOOD
    assert envelope.content.recipient == SOURCE
    assert envelope.content.text == "退订 TD😀"
    assert envelope.content.part is None
    envelope.acknowledge()


async def test_given_many_submits_at_once_when_answered_then_each_has_its_own_id(rig: Rig) -> None:
    results = await asyncio.gather(*(rig.client.submit(message_to(GOOD, f"no {n}")) for n in range(60)))
    ids = [r.smsc_message_ids[0] for r in results if isinstance(r, Accepted)]
    assert len(set(ids)) == 60
    assert sorted(await rig.texts_shown()) == sorted(f"no {n}" for n in range(60))


async def test_given_a_stopped_client_when_used_then_it_refuses_and_its_iterators_end(rig: Rig) -> None:
    async def read_all() -> int:
        return len([envelope async for envelope in rig.client.receipts()])

    reader = asyncio.create_task(read_all())
    await asyncio.sleep(0)
    await rig.client.stop(timedelta(seconds=1))
    async with asyncio.timeout(LIMIT_SECONDS):
        assert await reader == 0
        assert [e async for e in rig.client.inbound()] == []
    result = await rig.client.submit(message_to(GOOD))
    assert isinstance(result, Refused)
    assert (result.refusal, result.code) == (RefusalClass.TEMPORARY, "stopping")
    assert not rig.client.health().usable
