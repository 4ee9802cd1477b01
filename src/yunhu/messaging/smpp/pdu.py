"""SMPP 3.4 PDUs on the wire: framing, the small session PDUs, and messages by the codec of `smpp34`."""

import struct
from collections.abc import Iterator
from enum import IntEnum

import msgspec
import smpp34

HEADER_OCTETS = 16
MAX_PDU_OCTETS = 70_000
"""A message_payload TLV holds at most 65,535 octets (SMPP 3.4 §5.3.2.32); nothing legal is longer than this."""
INTERFACE_VERSION = 0x34
RESPONSE = 0x80000000
"""The bit that makes a command the answer to itself (SMPP 3.4 §5.1.2)."""
_HEADER = struct.Struct(">IIII")


class Command(IntEnum):
    """Command ids (SMPP 3.4 §5.1.2.1) that this client sends or understands."""

    GENERIC_NACK = 0x80000000
    SUBMIT_SM = 0x00000004
    SUBMIT_SM_RESP = 0x80000004
    DELIVER_SM = 0x00000005
    DELIVER_SM_RESP = 0x80000005
    UNBIND = 0x00000006
    UNBIND_RESP = 0x80000006
    BIND_TRANSCEIVER = 0x00000009
    BIND_TRANSCEIVER_RESP = 0x80000009
    ENQUIRE_LINK = 0x00000015
    ENQUIRE_LINK_RESP = 0x80000015


class Tag(IntEnum):
    """Optional parameters (SMPP 3.4 §5.3.2) that this client reads or writes."""

    DEST_ADDR_SUBUNIT = 0x0005
    RECEIPTED_MESSAGE_ID = 0x001E
    SAR_MSG_REF_NUM = 0x020C
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    NETWORK_ERROR_CODE = 0x0423
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


class FramingError(Exception):
    """The stream's next length cannot be a PDU's; what follows cannot be found any more."""


class Pdu(msgspec.Struct, frozen=True):
    """One whole PDU as received."""

    command: int
    status: int
    sequence: int
    octets: bytes
    """All of it, with the header."""

    @property
    def is_response(self) -> bool:
        """Whether it answers one of our requests (SMPP 3.4 §5.1.2)."""
        return bool(self.command & RESPONSE)

    @property
    def body(self) -> bytes:
        """What follows the header."""
        return self.octets[HEADER_OCTETS:]


class Framer:
    """Cuts a TCP stream into PDUs. Holds at most one incomplete PDU, so never more than its longest length."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Pdu]:
        """Every PDU that is complete now. Raises `FramingError` at a length that cannot be."""
        buffer = self._buffer
        buffer += data
        start = 0
        try:
            while len(buffer) - start >= HEADER_OCTETS:
                length, command, status, sequence = _HEADER.unpack_from(buffer, start)
                if not HEADER_OCTETS <= length <= MAX_PDU_OCTETS:
                    raise FramingError(f"command_length {length}")
                if len(buffer) - start < length:
                    break
                octets = bytes(buffer[start : start + length])
                start += length
                yield Pdu(command, status, sequence, octets)
        finally:
            del buffer[:start]


def encode_pdu(command: int, sequence: int, *, status: int = 0, body: bytes = b"") -> bytes:
    """A PDU with its header."""
    return _HEADER.pack(HEADER_OCTETS + len(body), command, status, sequence) + body


def command_of(octets: bytes) -> int:
    """The command id of an encoded PDU."""
    return int.from_bytes(octets[4:8], "big")


def with_sequence(octets: bytes, sequence: int) -> bytes:
    """An encoded PDU under another sequence number."""
    return octets[:12] + sequence.to_bytes(4, "big") + octets[HEADER_OCTETS:]


def c_string(text: str) -> bytes:
    """A C-octet string (SMPP 3.4 §3.1). Raises ValueError for what is not ASCII or holds a NUL."""
    if "\0" in text:
        raise ValueError("a C-octet string cannot hold NUL")
    return text.encode("ascii") + b"\0"


def bind_transceiver_body(system_id: str, password: str, system_type: str) -> bytes:
    """Body of bind_transceiver (SMPP 3.4 §4.1.5): no address range, type and plan unknown."""
    names = c_string(system_id) + c_string(password) + c_string(system_type)
    return names + bytes([INTERFACE_VERSION, 0, 0, 0])


def message_id_of(response: Pdu) -> str:
    """message_id of a submit_sm_resp (SMPP 3.4 §4.4.2); empty when it is missing. Never fails."""
    return response.body.split(b"\0", 1)[0][:65].decode("latin-1")


def decode_deliver_sm(pdu: Pdu) -> smpp34.DeliverSm | None:
    """The message of a deliver_sm, or None when the body is damaged."""
    try:
        message = smpp34.decode(pdu.octets)
    except (smpp34.SmppError, ValueError):
        return None
    return message if isinstance(message, smpp34.DeliverSm) else None
