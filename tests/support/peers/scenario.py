"""Fills the scenarios: SIPp's XML with `{{name}}` where one dialogue differs from the next."""

import re
from collections.abc import Mapping
from pathlib import Path

from tests.support.peers.availability import SIPP_SOUNDS

DIRECTORY = Path(__file__).parent / "scenarios"
_HOLE = re.compile(r"\{\{(\w+)\}\}")

_OFFER = """v=0
      o=peer 1 {version} IN IP[local_ip_type] [local_ip]
      s=-
      c=IN IP[media_ip_type] [media_ip]
      t=0 0
      m=audio [media_port] RTP/AVP 8 101
      a=rtpmap:8 PCMA/8000
      a=rtpmap:101 telephone-event/8000
      a=fmtp:101 0-15
      a=ptime:20
      a={direction}"""
"""RFC 4566; A-law and RFC 4733 events as a Chinese trunk offers them."""

_DEFAULTS = {
    "linger": "0",
    "pause": "400",
    "sounds": str(SIPP_SOUNDS),
    "sdp": _OFFER.format(version=1, direction="sendrecv"),
    "sdp_hold": _OFFER.format(version=2, direction="sendonly"),
    "sdp_resume": _OFFER.format(version=3, direction="sendrecv"),
}
"""`linger`: milliseconds for which a finished call still answers retransmissions; `pause`: milliseconds before
the peer does its next thing."""


def render(name: str, contact: tuple[str, int], transport: str, values: Mapping[str, str]) -> str:
    """The scenario's XML with every hole filled; KeyError for one that nobody fills."""
    known = {
        **_DEFAULTS,
        "contact": f"<sip:callee@{contact[0]}:{contact[1]};transport={transport}>",
        **values,
    }
    text = (DIRECTORY / f"{name}.xml").read_text()
    return _HOLE.sub(lambda hole: known[hole[1]], text)
