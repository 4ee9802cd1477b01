"""Reads what SIPp writes down: its message log and its statistics."""

import csv
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.support.peers.sip_message import SipMessage, parse_sip

_ENTRY = re.compile(
    r"^-{47} (?P<date>\d{4}-\d\d-\d\d)[ \t](?P<time>\d\d:\d\d:\d\d\.\d{6})[^\n]*\n"
    r"[A-Z]+ message (?P<way>received|sent) [(\[]\d+[)\]] bytes ?:\n\n"
    r"(?P<text>.*?)(?=^-{47} \d|\Z)",
    re.MULTILINE | re.DOTALL,
)
_ENTRY_SENT = re.compile(r"message sent \((\d+) bytes\):")


def read_messages(path: Path) -> list[SipMessage]:
    """Every message in the order in which SIPp saw them, with its own (UTC) clock."""
    if not path.exists():
        return []
    text = _ENTRY_SENT.sub(r"message sent (\1) bytes :", path.read_bytes().decode(errors="replace"))
    found = []
    for entry in _ENTRY.finditer(text.replace("\r\n", "\n")):
        at = datetime.fromisoformat(f"{entry['date']} {entry['time']}").replace(tzinfo=UTC)
        if entry["text"].strip():
            found.append(parse_sip(entry["text"], at, received=entry["way"] == "received"))
    return found


@dataclass(frozen=True)
class SippStatistics:
    """The peer's own verdict."""

    successful: int
    """Calls that went through the whole scenario."""
    failed: int
    """Calls in which the product did something that the scenario does not allow, or did it too late."""
    retransmissions: int
    out_of_call: int
    """Messages that belong to no call that SIPp knows."""
    dead_call: int
    """Messages for calls that were over."""


_NOTHING = SippStatistics(0, 0, 0, 0, 0)


def read_statistics(path: Path) -> SippStatistics:
    """The last row that is complete."""
    rows = list(csv.DictReader(path.read_text().splitlines(), delimiter=";")) if path.exists() else []
    whole = [row for row in rows if row.get("Warnings(C)")]
    if not whole:
        return _NOTHING
    last = whole[-1]
    return SippStatistics(
        successful=int(last["SuccessfulCall(C)"]),
        failed=int(last["FailedCall(C)"]),
        retransmissions=int(last["Retransmissions(C)"]),
        out_of_call=int(last["OutOfCallMsgs(C)"]),
        dead_call=int(last["DeadCallMsgs(C)"]),
    )
