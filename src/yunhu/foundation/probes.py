"""What a test of equipment found: steps in order, each with how long it took."""

import msgspec


class ProbeStep(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was tried."""

    step: str
    """`settings`, `connect`, `options`, `register` of a trunk; `connect`, `bind`, `enquire_link`, `unbind` of an SMSC;
    `connect`, `test_order`, `served_card`, `certificate`, `passport` of a way of cards; `sandbox`."""
    ok: bool
    code: int | None = None
    """SIP status, or SMPP command status; null when there was no answer."""
    milliseconds: float | None = None
    detail: str = ""
    """For people; never a secret."""
