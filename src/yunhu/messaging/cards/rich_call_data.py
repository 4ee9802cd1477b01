"""Rich Call Data: the card travels inside the INVITE (RFC 9796), signed when a key is there (RFC 9795)."""

import base64
import hashlib
from datetime import timedelta

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from yunhu.foundation.clock import Clock
from yunhu.messaging.cards.port import Card, CardState, Pushed

LOGO_POINTER = "/1/3/3"
"""Where a served jCard without a number has the logo's address: RFC 9795 §6.1 wants a digest for each address."""
_encoder = msgspec.json.Encoder(order="sorted")
_P256_BYTES = 32


class PassportSigner:
    """Signs PASSporTs with extension `rcd` (RFC 8225, RFC 9795) by ES256."""

    def __init__(self, private_key_pem: str, certificate_url: str) -> None:
        """Raises `ValueError` unless the key is one of curve P-256 in PEM form."""
        key = load_pem_private_key(private_key_pem.encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("a PASSporT is signed by a key of curve P-256 (RFC 8225 §8)")  # noqa: TRY004 the file's fault
        self._key = key
        self._certificate_url = certificate_url

    def identity(self, card: Card, issued_at: int) -> str:
        """Value of the Identity header (RFC 8224 §4); `issued_at` in Unix seconds."""
        header = {"alg": "ES256", "ppt": "rcd", "typ": "passport", "x5u": self._certificate_url}
        signed = (
            f"{_base64url(_encoder.encode(header))}.{_base64url(_encoder.encode(_claims(card, issued_at)))}"
        )
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(_P256_BYTES, "big") + s.to_bytes(_P256_BYTES, "big")
        return f'{signed}.{_base64url(signature)};info=<{self._certificate_url}>;alg=ES256;ppt="rcd"'


class RichCallData:
    """Needs no lead and asks nobody: the card is accepted when its INVITE leaves, and not before."""

    lead = timedelta()
    with_invite = True

    def __init__(self, clock: Clock, signer: PassportSigner | None = None) -> None:
        self._clock = clock
        self._signer = signer

    async def push(self, card: Card) -> Pushed:
        """The headers."""
        headers = [("Call-Info", call_info(card))] if card.card_url else []
        if self._signer is not None:
            headers.append(("Identity", self._signer.identity(card, int(self._clock.now().timestamp()))))
        if not headers:
            return Pushed(state=CardState.FAILED, detail="neither a public address nor a signing key is set")
        return Pushed(state=CardState.REQUESTED, headers=tuple(headers))

    async def close(self) -> None:
        """Nothing is held."""


def call_info(card: Card) -> str:
    """Value of Call-Info with `purpose=jcard`, the card's digest and the call's reason (RFC 9796 §4, §6).

    `verified` is for the network that checked an Identity, never for the one that sends it.
    """
    value = f"<{card.card_url}>;purpose=jcard"
    if card.card_digest:
        value += f';integrity="{card.card_digest}"'
    if not card.reason:
        return value
    quoted = card.reason.replace("\\", "\\\\").replace('"', '\\"')
    return f'{value};call-reason="{quoted}"'


def jcard(name: str, tel: str, logo_url: str) -> bytes:
    """The vCard in JSON (RFC 7095) that `card_url` serves: the name, the number shown, the logo."""
    properties: list[list[object]] = [
        ["version", {}, "text", "4.0"],
        ["fn", {}, "text", name],
        ["org", {}, "text", name],
    ]
    if tel:
        properties.append(["tel", {"type": "work"}, "uri", f"tel:{tel}"])
    if logo_url:
        properties.append(["logo", {}, "uri", logo_url])
    return msgspec.json.encode(["vcard", properties])


def digest_of(content: bytes) -> str:
    """`sha256-…` of what is served (RFC 9795 §6.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode()


def verify_identity(identity: str, key: ec.EllipticCurvePublicKey) -> None:
    """Check an Identity header's signature as a network does (RFC 8224 §6.2). Raises `InvalidSignature`."""
    signed, _, encoded = identity.partition(";")[0].rpartition(".")
    signature = base64.urlsafe_b64decode(encoded + "==")
    r, s = signature[:_P256_BYTES], signature[_P256_BYTES:]
    der = encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
    key.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))


def _claims(card: Card, issued_at: int) -> dict[str, object]:
    rich = {"nam": card.name}
    digests: dict[str, str] = {}
    claims: dict[str, object] = {
        "dest": {"tn": [card.callee.e164.removeprefix("+")]},
        "iat": issued_at,
        "orig": {"tn": card.caller_number.e164.removeprefix("+")},
        "rcd": rich,
    }
    if card.reason:
        claims["crn"] = card.reason
    if card.logo_url:
        rich["icn"] = card.logo_url
        digests["/icn"] = card.logo_digest
    if card.card_url:
        rich["jcl"] = card.card_url
        digests["/jcl"] = card.card_digest
        if card.logo_url:
            digests[f"/jcl{LOGO_POINTER}"] = card.logo_digest
    if digests:
        claims["rcdi"] = digests
    return claims


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
