"""The SIP messages that a baresip phone was sent, out of its trace (option `-s`)."""

import re
from datetime import UTC, datetime

from tests.support.peers.baresip import Baresip
from tests.support.peers.sip_message import SipMessage, parse_sip

_MESSAGE = re.compile(r"#\n(?:UDP|TCP) \S+ -> (\S+)\r?\n(.*?)\x1b\[;m", re.DOTALL)


def requests_to(phone: Baresip, method: str) -> list[SipMessage]:
    """Requests of a method that reached the phone, in order. The trace has no times: `at` is now."""
    own = f"{phone.host}:{phone.port}"
    now = datetime.now(UTC)
    messages = (parse_sip(body, now, received=to == own) for to, body in _MESSAGE.findall(phone.log))
    return [one for one in messages if one.received and one.is_request and one.method == method]
