"""What is chosen for a trunk. Pure data: the call node maps it to the engine's own configuration."""

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from yunhu.foundation.secret_ref import SecretRef

Host = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:_\-\[\]]{1,253}$")]
Port = Annotated[int, Meta(ge=1, le=65535)]
Codec = Literal["PCMA", "PCMU"]
FIELDS = ("domain", "username", "e164", "plain", "national", "dialled", "zero")
"""What a URI template may hold. Of the number (the caller's in From and P-Asserted-Identity, the callee's in the
Request-URI): `e164` +8613812345678, `plain` 8613812345678, `national` 13812345678, `dialled` as in China (fixed lines
with the trunk prefix 0), `zero` 013812345678 (a mobile of another area)."""

_FIELD = re.compile(r"\{([^{}]*)\}")


class SandboxTrunkConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trunk into the sandbox: simulated phones, nobody is called. There is nothing to choose."""


class TrunkConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A SIP trunk, as a carrier describes it (telecom-facts §5)."""

    host: Host
    """Where requests go, unless an outbound proxy is set."""
    port: Port = 5060
    transport: Literal["udp", "tcp"] = "udp"
    domain: Host | None = None
    """Domain of our addresses, such as `sn.ctcims.cn`; the host when left out."""
    outbound_proxy: Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:_\-\[\]]{1,253}$")] | None = None
    """`host` or `host:port`; put first on the route, loose (`;lr`)."""
    auth_user: Annotated[str, Meta(min_length=1, max_length=128)] | None = None
    """Digest user name, where the carrier challenges."""
    secret: SecretRef | None = None
    """Where the digest password lies."""
    from_uri: str = "sip:{e164}@{domain}"
    """Template of From."""
    asserted_identity: str | None = "sip:{e164}@{domain}"
    """Template of P-Asserted-Identity; null sends none."""
    request_uri: str = "sip:{dialled}@{domain}"
    """Template of the Request-URI and To."""
    register: bool = False
    """Whether the carrier wants to see a REGISTER before calls."""
    register_seconds: Annotated[int, Meta(ge=60, le=86_400)] = 3600
    options_seconds: Annotated[int, Meta(ge=0, le=3600)] = 30
    """Interval of OPTIONS that watch the trunk's health; 0 sends none."""
    codecs: Annotated[tuple[Codec, ...], Meta(min_length=1)] = ("PCMA", "PCMU")
    """Offered in this order, ptime 20."""
    max_concurrent: Annotated[int, Meta(ge=1, le=10_000)] = 100
    """Calls at a time that the carrier allows, of all nodes together."""
    backups: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], Meta(max_length=8)] = ()
    """Names of trunks that may show this trunk's numbers as well, best first: taken while this one is down or full, and
    when it refuses a call by a 503 before anything rang."""
    session_expires: Annotated[int, Meta(ge=0, le=86_400)] = 1800
    """Session timer (RFC 4028), in seconds; 0 offers none."""
    min_se: Annotated[int, Meta(ge=90, le=86_400)] = 90

    def __post_init__(self) -> None:
        if (self.auth_user is None) != (self.secret is None):
            raise ValueError("auth_user and secret belong together")
        if self.register and self.auth_user is None:
            raise ValueError("register needs auth_user and secret")
        if 0 < self.session_expires < self.min_se:
            raise ValueError("session_expires is shorter than min_se")
        for name in ("from_uri", "asserted_identity", "request_uri"):
            _check_template(name, getattr(self, name))


def _check_template(name: str, template: str | None) -> None:
    if template is None:
        return
    unknown = [field for field in _FIELD.findall(template) if field not in FIELDS]
    if unknown:
        raise ValueError(f"{name} uses {{{unknown[0]}}}; known are {', '.join(FIELDS)}")
    filled = _FIELD.sub("1", template)
    if not re.fullmatch(r"(sips?|tel):[^\s<>{}\"]{1,256}", filled):
        raise ValueError(f"{name} does not make a sip: or tel: URI")
