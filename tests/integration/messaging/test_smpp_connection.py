"""The SMPP connection in bad weather, against a centre that this project did not write."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import structlog
from tests.support.messaging.peer import LIMIT_SECONDS, ForeignSmsc, account_for, foreign_smsc
from tests.support.messaging.rigs import GOOD, message_to, next_receipt, until

from yunhu.messaging.port import Accepted, RefusalClass, Refused, SubmitResult, SubmitUncertainError
from yunhu.messaging.smpp import DestinationForm, FlashBy, SmppClient

pytestmark = pytest.mark.peer("node-smpp")


@asynccontextmanager
async def connected(
    options: dict[str, Any] | None = None, **account: Any
) -> AsyncIterator[tuple[ForeignSmsc, SmppClient]]:
    async with foreign_smsc(**(options or {})) as smsc:
        client = SmppClient(account_for(smsc, **account))
        await client.start()
        try:
            yield smsc, client
        finally:
            await client.stop(timedelta(0))


def submit_many(client: SmppClient, count: int) -> list[asyncio.Task[SubmitResult]]:
    return [asyncio.create_task(client.submit(message_to(GOOD, f"no {n}"))) for n in range(count)]


async def outcomes(tasks: list[asyncio.Task[SubmitResult]]) -> list[SubmitResult | BaseException]:
    async with asyncio.timeout(LIMIT_SECONDS):
        return await asyncio.gather(*tasks, return_exceptions=True)


async def test_given_a_centre_killed_mid_window_when_it_comes_back_then_sent_ones_are_uncertain_and_work_goes_on() -> (
    None
):
    async with connected(window=4) as (smsc, client):
        await smsc.tell("hold")
        tasks = submit_many(client, 7)
        await smsc.until(lambda: smsc.count("held") == 4)
        await smsc.kill()
        results = await outcomes(tasks)
        uncertain = [r for r in results if isinstance(r, SubmitUncertainError)]
        refused = [r for r in results if isinstance(r, Refused)]
        assert [r.reason for r in uncertain] == ["connection_lost"] * 4
        assert [(r.refusal, r.code) for r in refused] == [(RefusalClass.TEMPORARY, "not_connected")] * 3
        assert not client.health().usable
        await smsc.start()
        await until(lambda: client.health().usable)
        assert isinstance(await client.submit(message_to(GOOD)), Accepted)


async def test_given_no_centre_when_started_then_submits_are_refused_until_it_comes() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    smsc = ForeignSmsc({})
    smsc.port = port
    client = SmppClient(account_for(smsc))
    await client.start()
    result = await client.submit(message_to(GOOD))
    assert isinstance(result, Refused)
    assert (result.refusal, result.code) == (RefusalClass.TEMPORARY, "not_connected")
    assert "no connection" in client.health().detail
    await smsc.start()
    try:
        await until(lambda: client.health().usable)
    finally:
        await client.stop(timedelta(0))
        await smsc.kill()


async def test_given_a_wrong_password_when_started_then_health_says_so_and_the_password_is_nowhere() -> None:
    with structlog.testing.capture_logs() as logs:
        async with connected(password="wr0ngpw") as (smsc, client):
            assert not client.health().usable
            assert "ESME_RINVPASWD" in client.health().detail
            await smsc.until(lambda: smsc.count("bind") >= 2)
            told = f"{logs} {client.health()} {account_for(smsc, password='wr0ngpw')}"
    assert "wr0ngpw" not in told


async def test_given_a_receipt_not_acknowledged_when_the_connection_drops_then_it_comes_by_the_next() -> None:
    async with connected() as (smsc, client):
        result = await client.submit(message_to(GOOD))
        assert isinstance(result, Accepted)
        first = await next_receipt(client)
        await smsc.tell("drop")
        await until(lambda: smsc.count("bind") == 2)
        second = await next_receipt(client)
        assert second.content.ids[0] == result.smsc_message_ids[0]
        first.acknowledge()
        second.acknowledge()
        await smsc.until(lambda: [e["status"] for e in smsc.all("deliver_answer")] == [0])


async def test_given_a_centre_that_throttles_for_a_while_when_submitted_then_it_is_accepted_in_the_end() -> (
    None
):
    async with connected(throttle_patience=timedelta(seconds=20)) as (smsc, client):
        await smsc.tell("throttle", count=2)
        assert isinstance(await client.submit(message_to(GOOD)), Accepted)
        await smsc.tell("sync")
        assert [e["status"] for e in smsc.all("submit")] == [0x58, 0x58, 0]


async def test_given_a_centre_that_throttles_after_the_first_part_when_patience_ends_then_the_taken_part_is_told() -> (
    None
):
    async with connected() as (smsc, client):
        await smsc.tell("throttle", count=1000, after=1)
        result = await client.submit(message_to(GOOD, "长" * 100))
        assert isinstance(result, Refused)
        assert result.refusal is RefusalClass.THROTTLED
        assert len(result.smsc_message_ids) == 1


async def test_given_a_window_of_three_when_eight_are_submitted_then_three_are_out_at_a_time() -> None:
    async with connected(window=3) as (smsc, client):
        await smsc.tell("hold")
        tasks = submit_many(client, 8)
        await smsc.until(lambda: smsc.count("held") == 3)
        await smsc.tell("ask")
        await smsc.until(lambda: smsc.count("enquire_answer") == 1)
        assert smsc.count("held") == 3
        assert client.health().outstanding == 3
        await smsc.tell("release")
        assert all(isinstance(r, Accepted) for r in await outcomes(tasks))


async def test_given_a_centre_that_never_answers_when_submitted_then_it_is_uncertain_and_a_late_answer_harmless() -> (
    None
):
    async with connected(response_timeout=timedelta(milliseconds=200)) as (smsc, client):
        await smsc.tell("hold")
        with pytest.raises(SubmitUncertainError) as caught:
            await client.submit(message_to(GOOD))
        assert caught.value.reason == "response_timeout"
        await smsc.tell("release")
        assert isinstance(await client.submit(message_to(GOOD)), Accepted)


async def test_given_an_idle_connection_when_time_passes_then_enquire_link_keeps_it() -> None:
    async with connected(enquire_interval=timedelta(milliseconds=50)) as (smsc, client):
        await smsc.until(lambda: smsc.count("enquire") >= 3)
        assert client.health().usable
        assert smsc.count("bind") == 1


async def test_given_a_peer_gone_silent_when_enquired_then_it_is_left_for_a_new_connection() -> None:
    quick = {"enquire_interval": timedelta(milliseconds=100), "response_timeout": timedelta(milliseconds=300)}
    async with connected(**quick) as (smsc, client):
        await smsc.tell("deaf")
        await smsc.until(lambda: smsc.count("bind") >= 2)
        assert smsc.count("closed") >= 1
        await until(lambda: client.health().usable or "enquire_link" in client.health().detail)


async def test_given_a_centre_that_unbinds_when_answered_then_the_client_binds_again() -> None:
    async with connected() as (smsc, client):
        await smsc.tell("unbind")
        await smsc.until(lambda: smsc.count("unbind_answer") == 1 and smsc.count("bind") == 2)
        await until(lambda: client.health().usable)


@pytest.mark.parametrize(
    "octets",
    [
        bytes(64),
        b"\xff" * 64,
        b"GET / HTTP/1.1\r\n\r\n" * 4,
        (0x7FFFFFFF).to_bytes(4, "big") + bytes(12),
    ],
)
async def test_given_a_stream_that_is_not_smpp_when_read_then_the_connection_is_made_anew(
    octets: bytes,
) -> None:
    async with connected() as (smsc, client):
        await smsc.tell("raw", hex=octets.hex())
        await smsc.until(lambda: smsc.count("bind") == 2)
        await until(lambda: client.health().usable)


@pytest.mark.parametrize(
    "pdu",
    [
        "00000010 00000103 00000000 00000009",
        "00000010 00000005 00000000 00000009",
        "00000014 00000005 00000000 00000009 ffffffff",
        "00000010 80000004 00000000 0000fffe",
        "00000010 80000000 00000003 00000000",
    ],
)
async def test_given_a_pdu_that_cannot_be_used_when_read_then_the_connection_stays(pdu: str) -> None:
    async with connected() as (smsc, client):
        await smsc.tell("raw", hex=pdu.replace(" ", ""))
        assert isinstance(await client.submit(message_to(GOOD)), Accepted)
        assert smsc.count("bind") == 1


@pytest.mark.parametrize(
    "options",
    [
        {"receipt": "text"},
        {"receipt": "tlv"},
        {"receipt": "both", "ids": "hex_decimal"},
        {"receipt": "text", "ids": "hex_decimal"},
    ],
)
async def test_given_a_centre_with_its_own_habits_when_it_reports_then_the_receipt_finds_its_message(
    options: dict[str, str],
) -> None:
    async with connected(options) as (_, client):
        result = await client.submit(message_to(GOOD))
        assert isinstance(result, Accepted)
        envelope = await next_receipt(client)
        assert result.smsc_message_ids[0] in envelope.content.ids
        assert envelope.content.state == "delivered"
        envelope.acknowledge()


@pytest.mark.parametrize(
    ("text", "flash_by", "data_coding", "subunit"),
    [
        ("plain", "data_coding", 0x10, None),
        ("中文", "data_coding", 0x18, None),
        ("plain", "subunit", 0x00, 1),
        ("中文", "subunit", 0x08, 1),
    ],
)
async def test_given_a_flash_message_when_submitted_then_it_is_marked_as_the_carrier_wants(
    text: str, flash_by: str, data_coding: int, subunit: int | None
) -> None:
    async with connected(flash_by=FlashBy(flash_by)) as (smsc, client):
        message = message_to(
            GOOD, text, flash=True, validity=timedelta(hours=25, seconds=5), receipt_wanted=False
        )
        assert isinstance(await client.submit(message), Accepted)
        await smsc.tell("sync")
        (seen,) = smsc.all("submit")
        assert (seen["data_coding"], seen["subunit"], seen["text"]) == (data_coding, subunit, text)
        assert 90_000 < seen["valid_seconds"] <= 90_006
        assert seen["registered_delivery"] == 0


async def test_given_national_form_when_submitted_then_the_number_is_written_so() -> None:
    async with connected(destination_form=DestinationForm.NATIONAL, destination_ton=2, source_ton=5) as (
        smsc,
        client,
    ):
        assert isinstance(await client.submit(message_to(GOOD)), Accepted)
        await smsc.tell("sync")
        (seen,) = smsc.all("submit")
        assert (seen["to"], seen["ton"]) == ("13812345678", [5, 2])


async def test_given_nobody_reads_when_the_buffer_is_full_then_the_centre_keeps_the_rest() -> None:
    async with connected(inbound_buffer=2) as (smsc, client):
        await outcomes(submit_many(client, 5))
        await smsc.until(lambda: any(e["status"] == 0x64 for e in smsc.all("deliver_answer")))
        seen: set[str] = set()
        async with asyncio.timeout(LIMIT_SECONDS):
            async for envelope in client.receipts():
                seen.add(envelope.content.ids[0])
                envelope.acknowledge()
                if len(seen) == 5:
                    break


async def test_given_a_long_text_from_a_phone_when_it_comes_then_each_part_says_where_it_belongs() -> None:
    async with connected() as (smsc, client):
        texts = client.inbound()
        for number, text in ((2, "结束"), (1, "开始")):
            octets = bytes([5, 0, 3, 77, 2, number]) + text.encode("utf-16-be")
            fields = {
                "source_addr": "13812345678",
                "destination_addr": "1069",
                "data_coding": 8,
                "esm_class": 0x40,
            }
            await smsc.tell("deliver", pdu={**fields, "hex": octets.hex()})
        got = {}
        async with asyncio.timeout(LIMIT_SECONDS):
            for _ in range(2):
                envelope = await anext(texts)
                part = envelope.content.part
                assert part is not None
                assert (part.reference, part.total) == (77, 2)
                got[part.sequence] = envelope.content.text
                envelope.acknowledge()
        assert got == {1: "开始", 2: "结束"}


async def test_given_answers_on_their_way_when_stopped_with_grace_then_they_are_waited_for_and_leave_is_taken() -> (
    None
):
    async with connected() as (smsc, client):
        await smsc.tell("hold")
        tasks = submit_many(client, 3)
        await smsc.until(lambda: smsc.count("held") == 3)
        stopping = asyncio.create_task(client.stop(timedelta(seconds=LIMIT_SECONDS)))
        await smsc.tell("release")
        assert all(isinstance(r, Accepted) for r in await outcomes(tasks))
        await stopping
        await smsc.until(lambda: smsc.count("unbind") == 1)


async def test_given_answers_on_their_way_when_stopped_without_grace_then_they_are_uncertain() -> None:
    async with connected() as (smsc, client):
        await smsc.tell("hold")
        tasks = submit_many(client, 3)
        await smsc.until(lambda: smsc.count("held") == 3)
        await client.stop(timedelta(0))
        assert [type(r) for r in await outcomes(tasks)] == [SubmitUncertainError] * 3


async def test_given_a_nack_without_a_reason_when_submitted_then_it_is_refused_and_not_taken_for_success() -> (
    None
):
    async with connected() as (smsc, client):
        await smsc.tell("hold")
        submit = asyncio.create_task(client.submit(message_to(GOOD)))
        await smsc.until(lambda: smsc.count("held") == 1)
        await smsc.tell("raw", hex="00000010 80000000 00000000 00000002".replace(" ", ""))
        (result,) = await outcomes([submit])
        assert isinstance(result, Refused)
        assert (result.refusal, result.code) == (RefusalClass.PERMANENT, "0x000000ff")


async def test_given_an_answer_of_another_kind_when_submitted_then_it_is_not_taken_for_the_answer() -> None:
    async with connected() as (smsc, client):
        await smsc.tell("hold")
        submit = asyncio.create_task(client.submit(message_to(GOOD)))
        await smsc.until(lambda: smsc.count("held") == 1)
        await smsc.tell("raw", hex="00000010 80000015 00000000 00000002".replace(" ", ""))
        await smsc.tell("release")
        (result,) = await outcomes([submit])
        assert isinstance(result, Accepted)
        assert result.smsc_message_ids != ("",)


@pytest.mark.parametrize("fields", [{"password": "päss"}, {"password": "123456789"}, {"system_id": "a\0b"}])
def test_given_what_a_bind_cannot_carry_when_an_account_is_made_then_it_is_refused_without_the_value(
    fields: dict[str, str],
) -> None:
    with pytest.raises(ValueError, match="at most") as caught:
        account_for(ForeignSmsc({}), **fields)
    assert all(value not in str(caught.value) for value in fields.values())


async def test_given_a_host_that_cannot_be_a_name_when_started_then_health_says_so() -> None:
    client = SmppClient(account_for(ForeignSmsc({}), host="a" * 80 + ".invalid", port=1))
    await client.start()
    assert "no connection" in client.health().detail
    await client.stop(timedelta(0))
