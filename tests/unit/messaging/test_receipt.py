"""Receipts as centres really write them."""

from datetime import UTC, datetime

import pytest
import smpp34

from yunhu.foundation.phone import Phone
from yunhu.messaging.port import Concatenation, MessageState
from yunhu.messaging.smpp.receipt import is_receipt, read_inbound, read_phone, read_receipt, receipt_fields

AT = datetime(2026, 1, 2, tzinfo=UTC)
FORM = (
    "id:{id} sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:{stat} err:{err} text:hello"
)


def deliver(content: bytes = b"", tlvs: dict[int, bytes] | None = None, **fields: int) -> smpp34.DeliverSm:
    values = [smpp34.Tlv(tag, value) for tag, value in (tlvs or {}).items()]
    return smpp34.DeliverSm("8613812345678", "1069", content, tlvs=values, **{"esm_class": 4, **fields})


@pytest.mark.parametrize(
    ("stat", "state"),
    [
        ("DELIVRD", MessageState.DELIVERED),
        ("delivered", MessageState.DELIVERED),
        ("UNDELIV", MessageState.UNDELIVERABLE),
        ("EXPIRED", MessageState.EXPIRED),
        ("REJECTD", MessageState.REJECTED),
        ("DELETED", MessageState.DELETED),
        ("ACCEPTD", MessageState.ACCEPTED),
        ("ENROUTE", MessageState.ENROUTE),
        ("UNKNOWN", MessageState.UNKNOWN),
        ("MK:0012", MessageState.UNKNOWN),
    ],
)
def test_given_the_text_form_when_read_then_state_id_and_error(stat: str, state: MessageState) -> None:
    receipt = read_receipt(deliver(FORM.format(id="0A7f", stat=stat, err="012").encode()), AT)
    assert (receipt.ids[0], receipt.state, receipt.stat, receipt.error_code) == ("a7f", state, stat, "012")
    assert (receipt.destination, receipt.at) == (Phone("+8613812345678"), AT)


def test_given_both_forms_when_read_then_the_tlvs_are_believed() -> None:
    text = FORM.format(id="1", stat="DELIVRD", err="000").encode()
    receipt = read_receipt(deliver(text, {0x001E: b"77x\0", 0x0427: b"\x05"}), AT)
    assert (receipt.ids, receipt.state, receipt.stat) == (("77x",), MessageState.UNDELIVERABLE, "DELIVRD")


def test_given_tlvs_alone_when_read_then_they_are_enough() -> None:
    receipt = read_receipt(deliver(b"", {0x001E: b"zz", 0x0427: b"\x03", 0x0423: b"\x03\x00\x0c"}), AT)
    assert (receipt.ids, receipt.state, receipt.stat, receipt.error_code) == (
        ("zz",),
        MessageState.EXPIRED,
        "state 3",
        "03000c",
    )


@pytest.mark.parametrize(
    "text",
    [
        "stat:DELIVRD id:9",
        "ID:9 STAT:DELIVRD",
        "id:9 stat:DELIVRD text:id:1 stat:REJECTD",
        "id:9\nstat:DELIVRD\n",
        "id: id:9 stat:DELIVRD",
    ],
)
def test_given_a_text_in_other_order_or_case_when_read_then_the_same(text: str) -> None:
    assert receipt_fields(text) == {"id": "9", "stat": "DELIVRD"}


def test_given_the_text_in_ucs2_or_in_the_payload_when_read_then_it_is_understood() -> None:
    text = FORM.format(id="5", stat="REJECTD", err="1")
    wide = read_receipt(deliver(text.encode("utf-16-be")[:254], data_coding=8), AT)
    payload = read_receipt(deliver(b"", {0x0424: text.encode()}), AT)
    assert wide.state is payload.state is MessageState.REJECTED


def test_given_no_receipt_in_a_receipt_when_read_then_unknown_without_ids() -> None:
    receipt = read_receipt(deliver(b"\xff\x00garbage"), AT)
    assert (receipt.ids, receipt.state, receipt.stat, receipt.error_code) == (
        (),
        MessageState.UNKNOWN,
        "",
        "",
    )


@pytest.mark.parametrize(
    ("esm_class", "tlvs", "expected"),
    [
        (0x04, {}, True),
        (0x44, {}, True),
        (0x20, {}, True),
        (0, {}, False),
        (0x40, {}, False),
        (0, {0x1E: b"1"}, True),
    ],
)
def test_given_a_class_when_asked_then_it_is_a_receipt_or_not(
    esm_class: int, tlvs: dict[int, bytes], expected: bool
) -> None:
    assert is_receipt(deliver(b"x", tlvs, esm_class=esm_class)) is expected


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("0500034d0302", Concatenation(0x4D, 3, 2)),
        ("060804014d0302", Concatenation(0x14D, 3, 2)),
        ("0a2401010500034d0302ff", None),
        ("082401010003070201", Concatenation(7, 2, 1)),
        ("0500034d0204", None),
        ("0500034d0000", None),
        ("ff", None),
        ("0105", None),
    ],
)
def test_given_a_header_when_a_text_is_read_then_its_place_is_known(
    header: str, part: Concatenation | None
) -> None:
    message = read_inbound(deliver(bytes.fromhex(header) + b"\x4e\x2d", esm_class=0x40, data_coding=8), AT)
    assert message.part == part


def test_given_sar_tlvs_when_a_text_is_read_then_its_place_is_known() -> None:
    tlvs = {0x020C: b"\x01\x02", 0x020E: b"\x03", 0x020F: b"\x01"}
    assert read_inbound(deliver(b"x", tlvs, esm_class=0), AT).part == Concatenation(0x102, 3, 1)


@pytest.mark.parametrize(
    ("address", "e164"),
    [
        ("8613812345678", "+8613812345678"),
        ("+8613812345678", "+8613812345678"),
        ("13812345678", "+8613812345678"),
        ("", None),
        ("447700900123", None),
        ("BANK", None),
    ],
)
def test_given_an_address_when_read_then_it_is_a_phone_or_none(address: str, e164: str | None) -> None:
    assert read_phone(address) == (Phone(e164) if e164 else None)
