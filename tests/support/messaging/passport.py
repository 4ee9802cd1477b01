"""Reads and verifies a PASSporT as a network would: RFC 8225 by hand, without the product's code."""

import base64
from typing import Any

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def signing_key() -> tuple[ec.EllipticCurvePublicKey, str]:
    """A new key pair of curve P-256: the public half, and the private one in PEM form."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return key.public_key(), pem


def raw(text: str) -> bytes:
    """Base64url without its padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verified(identity: str, key: ec.EllipticCurvePublicKey) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of an Identity header. Raises `InvalidSignature`."""
    token = identity.partition(";")[0]
    header, claims, signature = token.split(".")
    octets = raw(signature)
    assert len(octets) == 64, "ES256 gives two numbers of 32 bytes"
    der = encode_dss_signature(int.from_bytes(octets[:32]), int.from_bytes(octets[32:]))
    key.verify(der, f"{header}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    return msgspec.json.decode(raw(header)), msgspec.json.decode(raw(claims))
