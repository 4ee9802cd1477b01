"""A short message as submit_sm PDUs (SMPP 3.4 §4.4.1)."""

from datetime import timedelta

import smpp34

from yunhu.foundation.phone import Phone
from yunhu.messaging.address import valid_source
from yunhu.messaging.port import ShortMessage
from yunhu.messaging.smpp.account import DestinationForm, FlashBy, SmppAccount
from yunhu.messaging.smpp.pdu import Tag
from yunhu.messaging.text import Alphabet, TextRefusedError, segment

_DATA_CODING = {Alphabet.GSM7: 0x00, Alphabet.UCS2: 0x08}
_FLASH_CODING = {Alphabet.GSM7: 0x10, Alphabet.UCS2: 0x18}
_UDHI = 0x40
_LONGEST_VALIDITY = timedelta(days=30)


def submit_pdus(message: ShortMessage, account: SmppAccount, reference: int) -> list[bytes]:
    """One encoded submit_sm a part, with sequence number 0.

    Raises `TextRefusedError`; its code is `invalid_address` for a source that cannot be written.
    """
    if not valid_source(message.source):
        raise TextRefusedError("invalid_address", "the source has at most 20 ASCII letters and digits")
    segments = segment(message.text, reference=reference, max_parts=account.max_parts)
    by_coding = message.flash and account.flash_by is FlashBy.DATA_CODING
    coding = (_FLASH_CODING if by_coding else _DATA_CODING)[segments.alphabet]
    by_subunit = message.flash and account.flash_by is FlashBy.SUBUNIT
    tlvs = [smpp34.Tlv(Tag.DEST_ADDR_SUBUNIT, b"\x01")] if by_subunit else []
    return [
        smpp34.SubmitSm(
            message.source,
            destination_address(message.destination, account.destination_form),
            part.header + part.content,
            source_addr_ton=account.source_ton,
            source_addr_npi=account.source_npi,
            dest_addr_ton=account.destination_ton,
            dest_addr_npi=account.destination_npi,
            esm_class=_UDHI if part.header else 0,
            validity_period=relative_time(message.validity),
            registered_delivery=1 if message.receipt_wanted else 0,
            data_coding=coding,
            tlvs=tlvs,
        ).encode()
        for part in segments.parts
    ]


def destination_address(phone: Phone, form: DestinationForm) -> str:
    """The number as this centre wants it written."""
    return phone.e164[1:] if form is DestinationForm.INTERNATIONAL else phone.dialled


def relative_time(span: timedelta | None) -> str:
    """Relative time format `YYMMDDhhmmss000R` (SMPP 3.4 §7.1.1): whole seconds, at least 1, at most 30 days."""
    if span is None:
        return ""
    seconds = max(1, int(min(span, _LONGEST_VALIDITY).total_seconds()))
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    return f"0000{day:02}{hour:02}{minute:02}{second:02}000R"
