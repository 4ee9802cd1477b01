"""Everything that reads the network: no octets crash it, and nothing it returns grows without bound."""

from datetime import UTC, datetime, timedelta

import smpp34
from hypothesis import given
from hypothesis import strategies as st

from yunhu.messaging.ids import receipt_forms, stored_form
from yunhu.messaging.port import MessageState
from yunhu.messaging.smpp.outgoing import relative_time
from yunhu.messaging.smpp.pdu import (
    MAX_PDU_OCTETS,
    Framer,
    FramingError,
    Pdu,
    decode_deliver_sm,
    encode_pdu,
    message_id_of,
)
from yunhu.messaging.smpp.receipt import is_receipt, read_inbound, read_phone, read_receipt, receipt_fields

AT = datetime(2026, 1, 1, tzinfo=UTC)
_NAMES = st.sampled_from(
    ["id:", "stat:", "err:", "text:", "sub:001 ", "DELIVRD", "UNDELIV", " ", "\n", "\0", "9aF"]
)
_RECEIPT_LIKE = st.lists(_NAMES | st.text(max_size=8), max_size=60).map("".join)
_TAGS = st.sampled_from([0x001E, 0x020C, 0x020E, 0x020F, 0x0423, 0x0424, 0x0427, 0x1403])
_DELIVER = st.builds(
    lambda content, esm, coding, tlvs, address: smpp34.DeliverSm(
        address, "1069", content, esm_class=esm, data_coding=coding, tlvs=[smpp34.Tlv(t, v) for t, v in tlvs]
    ),
    st.one_of(st.binary(max_size=254), _RECEIPT_LIKE.map(lambda t: t.encode("utf-8", "replace")[:254])),
    st.integers(0, 255),
    st.integers(0, 255),
    st.lists(st.tuples(_TAGS, st.binary(max_size=200)), max_size=6),
    st.text("+0123456789abc", max_size=20),
)


@given(_DELIVER)
def test_given_any_deliver_sm_when_read_then_bounded_values_come(message: smpp34.DeliverSm) -> None:
    assert is_receipt(message) in (True, False)
    receipt = read_receipt(message, AT)
    assert isinstance(receipt.state, MessageState)
    assert all(0 < len(i) <= 80 and i.isprintable() for i in receipt.ids)
    assert len(receipt.ids) <= 3
    assert len(receipt.stat) <= 32
    assert len(receipt.error_code) <= 32
    text = read_inbound(message, AT)
    assert text.part is None or 1 <= text.part.sequence <= text.part.total


@given(st.binary(max_size=300), st.integers(0, 2**32 - 1))
def test_given_any_body_when_decoded_then_a_message_or_none(body: bytes, sequence: int) -> None:
    octets = encode_pdu(5, sequence, body=body)
    message = decode_deliver_sm(Pdu(5, 0, sequence, octets))
    if message is not None:
        read_receipt(message, AT)
        read_inbound(message, AT)


@given(_DELIVER, st.data())
def test_given_a_damaged_deliver_sm_when_decoded_then_a_message_or_none(
    message: smpp34.DeliverSm, data: st.DataObject
) -> None:
    body = bytearray(message.encode()[16:])
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    octets = encode_pdu(5, 1, body=bytes(body[: data.draw(st.integers(0, len(body)))]))
    read = decode_deliver_sm(Pdu(5, 0, 1, octets))
    if read is not None:
        read_receipt(read, AT)
        read_inbound(read, AT)


@given(_RECEIPT_LIKE)
def test_given_any_text_when_read_as_a_receipt_then_fields_are_bounded(text: str) -> None:
    fields = receipt_fields(text)
    assert set(fields) <= {"id", "stat", "err"}
    assert all(len(v) <= 64 for v in fields.values())


@given(
    st.text("0123456789abcdefABCDEF", min_size=1, max_size=20),
    st.sampled_from(["DELIVRD", "REJECTD", "MK:0001"]),
)
def test_given_a_well_formed_receipt_when_read_then_back_is_equal(message_id: str, stat: str) -> None:
    fields = receipt_fields(f"id:{message_id} sub:001 dlvrd:001 stat:{stat} err:007 text:id:666 stat:DELIVRD")
    assert fields == {"id": message_id, "stat": stat, "err": "007"}
    assert stored_form(message_id) == receipt_forms(message_id)[0]


@given(st.integers(0, 2**63))
def test_given_a_number_when_answered_in_one_base_and_reported_in_the_other_then_it_is_found(
    number: int,
) -> None:
    assert stored_form(f"{number:016X}") in receipt_forms(str(number))
    assert stored_form(str(number)) in receipt_forms(f"{number:016X}")


@given(
    st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**31), st.binary(max_size=80)), max_size=8),
    st.data(),
)
def test_given_pdus_in_pieces_when_framed_then_the_same_pdus_come_out(
    pdus: list[tuple[int, int, bytes]], data: st.DataObject
) -> None:
    stream = b"".join(encode_pdu(command, sequence, body=body) for command, sequence, body in pdus)
    framer, out, position = Framer(), [], 0
    while position < len(stream):
        step = data.draw(st.integers(1, 50))
        out += framer.feed(stream[position : position + step])
        position += step
    assert [(p.command, p.sequence, p.body) for p in out] == pdus


@given(st.binary(max_size=200))
def test_given_any_stream_when_framed_then_pdus_or_a_framing_error(stream: bytes) -> None:
    try:
        for pdu in Framer().feed(stream):
            assert 16 <= len(pdu.octets) <= MAX_PDU_OCTETS
            message_id_of(pdu)
    except FramingError:
        assert len(stream) >= 16


@given(st.text(max_size=40))
def test_given_any_address_when_read_then_a_phone_or_none(address: str) -> None:
    phone = read_phone(address)
    assert phone is None or phone.e164.startswith("+86")


@given(st.timedeltas(min_value=timedelta(days=-1), max_value=timedelta(days=400)))
def test_given_any_validity_when_written_then_sixteen_characters_within_a_month(span: timedelta) -> None:
    text = relative_time(span)
    assert len(text) == 16
    assert text.endswith("000R")
    assert text[:4] == "0000"
    assert int(text[4:6]) <= 30
