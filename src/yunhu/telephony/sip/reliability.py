"""Reliable provisional responses, the caller's side (RFC 3262)."""

from enum import Enum

from yunhu.telephony.sip.headers import parse_integer, tokens
from yunhu.telephony.sip.message import Response


class Arrival(Enum):
    """What a provisional response is to its fork."""

    PLAIN = "plain"
    """Not reliable: to be used, not acknowledged."""
    NEXT = "next"
    """Reliable and in order: to be used and acknowledged by PRACK."""
    REPEATED = "repeated"
    """Seen already, or out of order, or without a usable RSeq: to be dropped (§4)."""


def classify(response: Response, last_rseq: int | None) -> tuple[Arrival, int | None]:
    """Place a provisional response after the last reliable one of its fork; returns its RSeq as well."""
    if "100rel" not in tokens(response.headers.all("require")):
        return Arrival.PLAIN, None
    rseq = parse_integer(response.headers.first("rseq"), limit=2**31)
    if not rseq or (last_rseq is not None and rseq != last_rseq + 1):
        return Arrival.REPEATED, rseq
    return Arrival.NEXT, rseq
