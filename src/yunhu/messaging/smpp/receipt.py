"""Reading what a centre delivers: receipts in TLVs or text, and texts from phones. Trusts nothing, never fails."""

import re
from datetime import datetime

import smpp34

from yunhu.foundation.phone import InvalidPhoneError, Phone
from yunhu.messaging.ids import receipt_forms
from yunhu.messaging.port import Concatenation, DeliveryReceipt, InboundMessage, MessageState
from yunhu.messaging.smpp.pdu import Tag
from yunhu.messaging.text import decode

_READ_CHARACTERS = 512
_FIELD_CHARACTERS = 32
_TEXT_FIELD = re.compile(r"(?:^|\s)text:", re.IGNORECASE)
_FIELDS = re.compile(r"(?:^|\s)(id|stat|err):([^\s:]\S*)", re.IGNORECASE)
_BY_NUMBER = {
    1: MessageState.ENROUTE,
    2: MessageState.DELIVERED,
    3: MessageState.EXPIRED,
    4: MessageState.DELETED,
    5: MessageState.UNDELIVERABLE,
    6: MessageState.ACCEPTED,
    7: MessageState.UNKNOWN,
    8: MessageState.REJECTED,
}
"""message_state, SMPP 3.4 §5.2.28."""
_BY_PREFIX = {
    "ENROUT": MessageState.ENROUTE,
    "DELIVR": MessageState.DELIVERED,
    "DELIVE": MessageState.DELIVERED,
    "EXPIRE": MessageState.EXPIRED,
    "DELETE": MessageState.DELETED,
    "UNDELI": MessageState.UNDELIVERABLE,
    "ACCEPT": MessageState.ACCEPTED,
    "REJECT": MessageState.REJECTED,
}
"""The first six characters of `stat` (SMPP 3.4 appendix B), which also cover the words written out."""


def is_receipt(message: smpp34.DeliverSm) -> bool:
    """Whether a deliver_sm reports on a message of ours (SMPP 3.4 §5.2.12), by esm_class or by its TLV."""
    kind = message.esm_class & 0x3C
    return kind in (0x04, 0x20) or _tlv(message, Tag.RECEIPTED_MESSAGE_ID) is not None


def read_receipt(message: smpp34.DeliverSm, at: datetime) -> DeliveryReceipt:
    """The receipt in a deliver_sm. TLVs are believed before the text."""
    fields = receipt_fields(decode(_content(message)[1], message.data_coding))
    raw_id = _tlv_text(message, Tag.RECEIPTED_MESSAGE_ID) or fields.get("id", "")
    number = _tlv(message, Tag.MESSAGE_STATE)
    stat = fields.get("stat", "")
    state = _BY_NUMBER.get(number[0]) if number else None
    network_error = _tlv(message, Tag.NETWORK_ERROR_CODE)
    return DeliveryReceipt(
        ids=receipt_forms(raw_id),
        state=state or _BY_PREFIX.get(stat.upper()[:6], MessageState.UNKNOWN),
        stat=stat or (f"state {number[0]}" if number else ""),
        error_code=fields.get("err", "")
        or (network_error.hex()[:_FIELD_CHARACTERS] if network_error else ""),
        destination=read_phone(message.source_addr),
        at=at,
    )


def receipt_fields(text: str) -> dict[str, str]:
    """`id`, `stat` and `err` of the text form, as far as they are there; the first of each counts.

    What follows `text:` is the beginning of the message itself and is not looked at.
    """
    head = text[:_READ_CHARACTERS]
    quoted = _TEXT_FIELD.search(head)
    fields: dict[str, str] = {}
    for match in _FIELDS.finditer(head[: quoted.start()] if quoted else head):
        name, value = match[1].lower(), match[2]
        limit = 64 if name == "id" else _FIELD_CHARACTERS
        fields.setdefault(name, "".join(c for c in value if c.isprintable())[:limit])
    return fields


def read_inbound(message: smpp34.DeliverSm, at: datetime) -> InboundMessage:
    """The text that a phone sent."""
    header, octets = _content(message)
    return InboundMessage(
        sender=read_phone(message.source_addr),
        recipient="".join(c for c in message.destination_addr if c.isprintable())[:20],
        text=decode(octets, message.data_coding),
        at=at,
        part=_concatenation(header) or _sar(message),
    )


def read_phone(address: str) -> Phone | None:
    """The phone behind an address, with or without 86 or +86."""
    digits = address.removeprefix("+")
    try:
        return Phone.parse(f"+{digits}" if digits.startswith("86") and len(digits) > 11 else digits)
    except InvalidPhoneError:
        return None


def _content(message: smpp34.DeliverSm) -> tuple[bytes, bytes]:
    """User data header (without its length) and text."""
    octets = bytes(message.short_message) or _tlv(message, Tag.MESSAGE_PAYLOAD) or b""
    if not message.esm_class & 0x40 or not octets:
        return b"", octets
    length = octets[0]
    return octets[1 : 1 + length], octets[1 + length :]


def _concatenation(header: bytes) -> Concatenation | None:
    """Information elements 00 (8-bit reference) and 08 (16-bit), TS 23.040 §9.2.3.24."""
    position = 0
    while position + 2 <= len(header):
        element, length = header[position], header[position + 1]
        value = header[position + 2 : position + 2 + length]
        if (element, len(value)) in ((0x00, 3), (0x08, 4)):
            return _checked(int.from_bytes(value[:-2], "big"), value[-2], value[-1])
        position += 2 + length
    return None


def _sar(message: smpp34.DeliverSm) -> Concatenation | None:
    """The sar_* TLVs (SMPP 3.4 §5.3.2.22-24)."""
    reference = _tlv(message, Tag.SAR_MSG_REF_NUM)
    total = _tlv(message, Tag.SAR_TOTAL_SEGMENTS)
    number = _tlv(message, Tag.SAR_SEGMENT_SEQNUM)
    if not (reference and total and number):
        return None
    return _checked(int.from_bytes(reference[:2], "big"), total[0], number[0])


def _checked(reference: int, total: int, sequence: int) -> Concatenation | None:
    """A part outside its message is no part (TS 23.040 §9.2.3.24.1: ignore the element)."""
    return Concatenation(reference, total, sequence) if 1 <= sequence <= total else None


def _tlv(message: smpp34.DeliverSm, tag: int) -> bytes | None:
    return next((bytes(t.value) for t in message.tlvs if t.tag == tag and t.value), None)


def _tlv_text(message: smpp34.DeliverSm, tag: int) -> str:
    value = _tlv(message, tag)
    return value.split(b"\0", 1)[0].decode("latin-1") if value else ""
