"""Reads and verifies a PASSporT as a network would: RFC 8225 by hand, without the product's code."""

import base64
from datetime import datetime, timedelta
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID


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


def certificate_of(pem: str, now: datetime, days: int = 30) -> bytes:
    """A certificate of a private key, signed by itself, in PEM form; it holds from yesterday for so many days."""
    key = load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hall")])
    begun = now - timedelta(days=1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(begun).not_valid_after(begun + timedelta(days=days))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
