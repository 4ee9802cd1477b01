"""What a carrier hands out with an SMPP account, and how we use it."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

_Positive = Annotated[int, msgspec.Meta(ge=1)]
_Octet = Annotated[int, msgspec.Meta(ge=0, le=255)]


class FlashBy(StrEnum):
    """How a class 0 message is marked; which one works is the carrier's matter."""

    DATA_CODING = "data_coding"
    """Message class in the data coding: 0x10, or 0x18 for UCS-2 (TS 23.038 §4)."""
    SUBUNIT = "subunit"
    """TLV dest_addr_subunit = 1, mobile display (SMPP 3.4 §5.3.2.1)."""


class DestinationForm(StrEnum):
    """How a phone number is written for this centre."""

    INTERNATIONAL = "international"
    """8613812345678"""
    NATIONAL = "national"
    """13812345678"""


class SmppAccount(msgspec.Struct, frozen=True, kw_only=True):
    """One account at one centre. `repr()` leaves the password out."""

    name: str
    host: str
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)]
    system_id: str
    """SMPP 3.4 §5.2.1: at most 15 characters."""
    password: str
    """SMPP 3.4 §5.2.2: at most 8 characters."""
    system_type: str = ""
    source_ton: _Octet = 0
    source_npi: _Octet = 1
    destination_ton: _Octet = 1
    destination_npi: _Octet = 1
    destination_form: DestinationForm = DestinationForm.INTERNATIONAL
    flash_by: FlashBy = FlashBy.DATA_CODING
    max_parts: Annotated[int, msgspec.Meta(ge=1, le=255)] = 10
    """Longer texts are refused; each part is charged as one message."""
    window: _Positive = 10
    """Requests that may be unanswered at a time."""
    messages_per_second: Annotated[float, msgspec.Meta(gt=0)] = 100.0
    """What the carrier allows, in parts."""
    throttle_patience: timedelta = timedelta(seconds=10)
    """How long one `submit` keeps trying against a throttling centre before it is `Refused`."""
    connect_timeout: timedelta = timedelta(seconds=10)
    """For the TCP connection and the answer to the bind together."""
    response_timeout: timedelta = timedelta(seconds=30)
    """For the answer to any request; then a submit is uncertain, and a silent enquire_link ends the connection."""
    enquire_interval: timedelta = timedelta(seconds=30)
    """An enquire_link leaves when nothing was received for this long."""
    reconnect_first: timedelta = timedelta(seconds=1)
    reconnect_cap: timedelta = timedelta(seconds=60)
    """Delays between attempts double from the first to the cap, each drawn from its upper half."""
    inbound_buffer: _Positive = 1000
    """Receipts, and as many texts, that wait for their reader; more are given back to the centre."""

    def __post_init__(self) -> None:
        """Refuse what a bind cannot carry; the message names the field and never its value."""
        for field, longest in (("system_id", 15), ("password", 8), ("system_type", 12)):
            value = getattr(self, field)
            if not value.isascii() or "\0" in value or len(value) > longest:
                raise ValueError(f"{field} of an SMPP account has at most {longest} ASCII characters")

    def __repr__(self) -> str:
        return f"SmppAccount(name={self.name!r}, host={self.host!r}, port={self.port}, system_id={self.system_id!r})"
