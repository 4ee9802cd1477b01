"""What is chosen for an SMSC account. Pure data: the call node maps it to the adapter's own configuration."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from yunhu.foundation.secret_ref import SecretRef

Source = Annotated[str, Meta(pattern=r"^\+?[0-9]{1,20}$")]
Octet = Annotated[int, Meta(ge=0, le=255)]
ReceiptHours = Annotated[int, Meta(ge=1, le=168)]


class SandboxSmscConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sandbox's SMS centre: texts land in a file, nobody gets one."""

    source: Source = "10690000"
    """What the phone shows as the sender."""
    receipt_hours: ReceiptHours = 24
    """A message without a receipt for this long is `unknown`."""


class SmscConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account at a carrier's SMS centre, SMPP 3.4."""

    source: Source
    """Access code allotted by the carrier; what the phone shows as the sender."""
    receipt_hours: ReceiptHours = 24
    """A message without a receipt for this long is `unknown`."""
    host: Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:_\-\[\]]{1,253}$")]
    port: Annotated[int, Meta(ge=1, le=65535)] = 2775
    system_id: Annotated[str, Meta(min_length=1, max_length=15)]
    """SMPP 3.4 §5.2.1: at most 15 characters."""
    secret: SecretRef
    """Where the password lies (SMPP 3.4 §5.2.2: at most 8 characters)."""
    system_type: Annotated[str, Meta(max_length=12)] = ""
    source_ton: Octet = 0
    source_npi: Octet = 1
    destination_ton: Octet = 1
    destination_npi: Octet = 1
    destination_form: Literal["international", "national"] = "international"
    """8613812345678 or 13812345678."""
    flash_by: Literal["data_coding", "subunit"] = "data_coding"
    """How a flash message (class 0) is marked for this centre."""
    window: Annotated[int, Meta(ge=1, le=1000)] = 10
    """Requests that may be unanswered at a time."""
    messages_per_second: Annotated[float, Meta(gt=0, le=10_000)] = 100.0
    """What the carrier allows, in parts."""
    max_parts: Annotated[int, Meta(ge=1, le=255)] = 10
    """Longer texts are refused; each part is charged as one message."""
