"""Which numbers are shown, and the gate that nothing passes with another one (clause A1.13, requirement C6)."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from yunhu.foundation.phone import Phone
from yunhu.telephony.sip.errors import SendRefusedError, SipParseError
from yunhu.telephony.sip.message import Request
from yunhu.telephony.sip.transport import Hop
from yunhu.telephony.sip.uri import parse_uri

if TYPE_CHECKING:
    from yunhu.telephony.embedded.config import TrunkConfig

NOT_ALLOWED = "caller_number_not_allowed"
IDENTITY_HEADERS = ("p-asserted-identity", "p-preferred-identity", "remote-party-id")
"""Headers by which a network learns who calls."""

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_FORMS = frozenset({"e164", "plain", "national", "dialled", "zero"})
_FREE_HEADERS = re.compile(
    r"call-info|alert-info|subject|priority|organization|identity|user-to-user|accept-language|p-early-media"
    r"|p-charging-vector|x-[a-z0-9\-]+"
)


class CallerIdentity(msgspec.Struct, frozen=True):
    """How one allowed number is shown on one trunk."""

    uri: str
    """URI of From."""
    headers: tuple[tuple[str, str], ...]
    """P-Asserted-Identity and P-Preferred-Identity, where the trunk wants them."""


def check_template(template: str) -> None:
    """See that a template makes a URI with exactly one form of the number. Raises `ValueError`."""
    names = _PLACEHOLDER.findall(template)
    unknown = set(names) - _FORMS - {"domain", "username"}
    if unknown or len(_FORMS.intersection(names)) != 1:
        raise ValueError(f"a template holds one form of the number and perhaps {{domain}}: {template!r}")
    parse_uri(_PLACEHOLDER.sub("0", template))


def render(template: str, phone: Phone, config: "TrunkConfig") -> str:
    """The URI of a number on a trunk."""
    username = config.credentials.username.partition("@")[0] if config.credentials else ""
    return template.format(
        e164=phone.e164,
        plain=phone.e164[1:],
        national=phone.national,
        dialled=phone.dialled,
        zero=f"0{phone.national}",
        domain=config.domain,
        username=username,
    )


def check_extra_headers(headers: tuple[tuple[str, str], ...]) -> None:
    """Extra headers may describe a call, never identify its caller or steer it. Raises `SendRefusedError`."""
    for name, value in headers:
        if (
            not _FREE_HEADERS.fullmatch(name.lower())
            or len(value) > 4096
            or re.search(r"[\x00-\x08\x0a-\x1f]", value)
        ):
            raise SendRefusedError("header_not_allowed")


class CallerGate:
    """Holds every identity that may be shown, by trunk; all of them are made here, from the allow-lists."""

    def __init__(self, trunks: "tuple[TrunkConfig, ...]") -> None:
        self._by_phone: dict[str, Mapping[Phone, CallerIdentity]] = {}
        self._by_uri: dict[str, Mapping[str, CallerIdentity]] = {}
        self.change(trunks)

    def change(self, trunks: "tuple[TrunkConfig, ...]") -> None:
        """Take over other allow-lists; what they do not name is refused from now on."""
        self._by_phone = {
            trunk.name: {phone: _identity(phone, trunk) for phone in trunk.caller_numbers} for trunk in trunks
        }
        self._by_uri = {
            name: {identity.uri: identity for identity in identities.values()}
            for name, identities in self._by_phone.items()
        }

    def allows(self, trunk: str, phone: Phone) -> bool:
        """Whether the trunk may show the number."""
        return phone in self._by_phone.get(trunk, {})

    def identity(self, trunk: str, phone: Phone) -> CallerIdentity:
        """How the trunk shows the number. Raises `SendRefusedError`."""
        identity = self._by_phone.get(trunk, {}).get(phone)
        if identity is None:
            raise SendRefusedError(NOT_ALLOWED)
        return identity

    def __call__(self, request: Request, hop: Hop) -> None:
        """The last look at an INVITE before it leaves: first, repeated for a challenge, or inside a dialog.

        Raises `SendRefusedError` unless all that names the caller is what the allow-list made for this trunk.
        """
        try:
            identity = self._by_uri.get(hop.trunk, {}).get(request.from_.uri)
        except SipParseError:
            identity = None
        if identity is None or len(request.headers.all("from")) != 1:
            raise SendRefusedError(NOT_ALLOWED)
        for name in IDENTITY_HEADERS:
            for value in request.headers.all(name):
                if (name, value) not in identity.headers:
                    raise SendRefusedError(NOT_ALLOWED)


def _identity(phone: Phone, trunk: "TrunkConfig") -> CallerIdentity:
    headers: list[tuple[str, str]] = []
    if trunk.asserted_identity is not None:
        headers.append(("p-asserted-identity", f"<{render(trunk.asserted_identity, phone, trunk)}>"))
    if trunk.preferred_identity is not None:
        headers.append(("p-preferred-identity", f"<{render(trunk.preferred_identity, phone, trunk)}>"))
    return CallerIdentity(render(trunk.from_uri, phone, trunk), tuple(headers))
