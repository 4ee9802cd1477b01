"""Keeping one address of record registered (RFC 3261 §10.2)."""

from collections.abc import Callable
from typing import NamedTuple

import structlog

from yunhu.telephony.sip.agent import UserAgent
from yunhu.telephony.sip.digest import Authenticator, Credentials
from yunhu.telephony.sip.errors import SipParseError, TransportError
from yunhu.telephony.sip.exchange import Exchange
from yunhu.telephony.sip.headers import parse_integer, parse_name_addr
from yunhu.telephony.sip.identifiers import new_call_id, new_tag
from yunhu.telephony.sip.message import Headers, Request, Response
from yunhu.telephony.sip.timers import Timer
from yunhu.telephony.sip.transport import Hop

FIRST_RETRY = 5.0
"""Seconds until the next try after a failure; doubles up to `LAST_RETRY`."""
LAST_RETRY = 120.0
MAX_EXPIRES = 86_400

_log = structlog.get_logger()


class RegistrationPlan(NamedTuple):
    """What is registered where."""

    hop: Callable[[], Hop]
    """The registrar; raises `TransportError` while it has no address."""
    address_of_record: str
    contact: Callable[[], str]
    credentials: Credentials | None
    expires: int
    """Seconds asked for."""


class Registration:
    """Registers, refreshes before expiry, tries again after failures, takes itself back at the end."""

    def __init__(self, agent: UserAgent, plan: RegistrationPlan, changed: Callable[[], None]) -> None:
        self._agent = agent
        self._plan = plan
        self._address = plan.address_of_record
        self._expires = plan.expires
        self._changed = changed
        self._auth = Authenticator(plan.credentials)
        self._call_id = new_call_id()
        self._tag = new_tag()
        self._seq = 0
        self._retry = FIRST_RETRY
        self._timer: Timer | None = None
        self._stopping = False
        self.registered_until = 0.0
        """Monotonic seconds."""
        self.detail = "not registered yet"
        self.settled = False
        """Whether the first answer, good or bad, is there."""

    @property
    def is_registered(self) -> bool:
        """Whether the last registration still holds."""
        return self._agent.layer.timers.now() < self.registered_until

    def start(self) -> None:
        """Send a REGISTER now; where the registrar has no address yet, try again later."""
        try:
            hop = self._plan.hop()
        except TransportError as error:
            self.detail = str(error)
            self._fail()
            return
        Exchange(
            self._agent.layer,
            self._auth,
            lambda: self._request(self._expires),
            lambda _: hop,
            self._on_answer,
        ).start()

    def stop(self, done: Callable[[], None]) -> None:
        """Take the registration back (§10.2.2); `done` follows the answer or its absence."""
        self._stopping = True
        if self._timer is not None:
            self._timer.cancel()
        if not self.is_registered:
            done()
            return
        self.registered_until = 0.0
        hop = self._plan.hop()
        Exchange(
            self._agent.layer, self._auth, lambda: self._request(0), lambda _: hop, lambda _: done()
        ).start()

    def _request(self, expires: int) -> Request:
        """One Call-ID and rising CSeq for all of them (§10.2)."""
        self._seq += 1
        headers = Headers()
        headers.set("max-forwards", "70")
        headers.set("from", f"<{self._address}>;tag={self._tag}")
        headers.set("to", f"<{self._address}>")
        headers.set("call-id", self._call_id)
        headers.set("cseq", f"{self._seq} REGISTER")
        headers.set("contact", self._plan.contact())
        headers.set("expires", str(expires))
        scheme, _, rest = self._address.partition(":")
        request = Request("REGISTER", f"{scheme}:{rest.rpartition('@')[2]}", headers)
        self._agent.describe(request)
        return request

    def _on_answer(self, response: Response | None) -> None:
        self.settled = True
        if self._stopping:
            return
        if response is not None and response.status < 300:
            self._on_registered(response)
        elif response is not None and response.status == 423 and self._raised(response):
            self.start()
            return
        else:
            self.detail = f"REGISTER got {response.status if response is not None else 'no answer'}"
            self._fail()
            return
        self._changed()

    def _fail(self) -> None:
        self.settled = True
        _log.warning("registration_failed", domain=self._address.rpartition("@")[2], detail=self.detail)
        self._schedule(self._retry)
        self._retry = min(self._retry * 2, LAST_RETRY)
        self._changed()

    def _on_registered(self, response: Response) -> None:
        granted = self._granted(response)
        self._retry = FIRST_RETRY
        self.registered_until = self._agent.layer.timers.now() + granted
        self.detail = f"registered for {granted} s"
        # The rest is room for one refresh with all its retransmissions (64 T1).
        margin = min(self._agent.layer.timing.patience + 1, granted / 3)
        self._schedule(max(granted - margin, 1.0))

    def _granted(self, response: Response) -> int:
        """Seconds for our Contact (§10.2.4): its `expires`, else the Expires header, else what we asked for."""
        ours = parse_name_addr(self._plan.contact()).uri
        granted: int | None = None
        try:
            for element in response.headers.elements("contact"):
                contact = parse_name_addr(element)
                if contact.uri == ours:
                    granted = parse_integer(contact.params.get("expires"))
        except SipParseError:
            granted = None
        if granted is None:
            granted = parse_integer(response.headers.first("expires"))
        return min(max(granted or self._expires, 10), MAX_EXPIRES)

    def _raised(self, response: Response) -> bool:
        """423 Interval Too Brief (§10.2.8)."""
        minimum = parse_integer(response.headers.first("min-expires"))
        if minimum is None or not self._expires < minimum <= MAX_EXPIRES:
            return False
        self._expires = minimum
        return True

    def _schedule(self, delay: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._agent.layer.timers.later(delay, self.start)
