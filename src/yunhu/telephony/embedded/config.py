"""Settings of the engine and its trunks."""

import msgspec

from yunhu.foundation.phone import Phone
from yunhu.telephony.embedded.identity import check_template
from yunhu.telephony.sip.digest import Credentials
from yunhu.telephony.sip.headers import parse_name_addr
from yunhu.telephony.sip.sdp import STATIC_PAYLOADS
from yunhu.telephony.sip.session_timer import MIN_SE, SessionTimerWish
from yunhu.telephony.sip.timers import Timing
from yunhu.telephony.sip.transport import TransportConfig
from yunhu.telephony.sip.uri import parse_uri


class TrunkConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One way into the telephone network. Carriers differ, so everything they look at is a setting.

    Templates are URIs with `{domain}`, `{username}` and one form of the number: `{e164}` +8613812345678, `{plain}`
    8613812345678, `{national}` 13812345678 or 2988886666, `{dialled}` 13812345678 or 02988886666, `{zero}`
    013812345678 (a mobile of another area).
    """

    name: str
    proxy_host: str
    """Name or address that every INVITE goes to."""
    proxy_port: int = 5060
    transport: str = "UDP"
    """`UDP` or `TCP`."""
    domain: str
    caller_numbers: frozenset[Phone]
    """The only numbers that this trunk ever shows (clause A1.13)."""
    routes: tuple[str, ...] = ()
    """Route headers of every new request, such as `<sip:sbc.example.cn;lr>`."""
    credentials: Credentials | None = None
    from_uri: str = "sip:{e164}@{domain}"
    asserted_identity: str | None = None
    """Template of P-Asserted-Identity (RFC 3325 §9.1); None sends none."""
    preferred_identity: str | None = None
    """Template of P-Preferred-Identity (RFC 3325 §9.2); None sends none."""
    request_uri: str = "sip:{dialled}@{domain}"
    to_uri: str | None = None
    """Template of To; None for that of the Request-URI."""
    register: bool = False
    address_of_record: str = "sip:{username}@{domain}"
    """What is registered (RFC 3261 §10.2)."""
    register_expires: int = 3600
    """Seconds asked for."""
    options_interval: float = 30.0
    """Seconds between OPTIONS. 0 sends none: the trunk counts as usable while its proxy has an address and, over TCP,
    takes a connection."""
    codecs: tuple[str, ...] = ("PCMA", "PCMU")
    """In order of preference."""
    max_concurrent: int = 500
    """Most calls at once."""
    session_expires: int = 1800
    """Seconds (RFC 4028); 0 asks for no session timer."""
    min_se: int = MIN_SE

    def __post_init__(self) -> None:
        templates = (
            self.from_uri,
            self.request_uri,
            self.asserted_identity,
            self.preferred_identity,
            self.to_uri,
        )
        for template in templates:
            if template is not None:
                check_template(template)
        for route in self.routes:
            parse_uri(parse_name_addr(route).uri)
        if self.transport not in {"UDP", "TCP"}:
            raise ValueError("a trunk's transport is UDP or TCP")
        if not self.codecs or any(codec not in STATIC_PAYLOADS for codec in self.codecs):
            raise ValueError("the codecs of a trunk are PCMA and PCMU")
        if not 0 < self.proxy_port < 65536 or self.max_concurrent < 1 or self.min_se < MIN_SE:
            raise ValueError("a port, the number of calls or the shortest session is out of range")
        if self.session_expires and self.session_expires < self.min_se:
            raise ValueError("a session cannot expire sooner than its shortest permitted interval")
        if self.register and self.credentials is None:
            raise ValueError("a trunk that registers needs credentials")

    @property
    def timer(self) -> SessionTimerWish:
        """The session timer asked for."""
        return SessionTimerWish(self.session_expires, self.min_se)


class EngineConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of one embedded engine."""

    trunks: tuple[TrunkConfig, ...]
    sip: TransportConfig = TransportConfig()
    timing: Timing = Timing()
    user_agent: str = "yunhu"
    """Product name in User-Agent and Server."""
    start_limit: float = 3.0
    """Longest that `start` waits for the first word of every trunk, seconds."""

    def __post_init__(self) -> None:
        names = [trunk.name for trunk in self.trunks]
        if len(set(names)) != len(names):
            raise ValueError("two trunks have the same name")
