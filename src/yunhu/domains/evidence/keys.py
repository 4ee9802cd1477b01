"""Keys that sign packs: one private key, and the public key of every private one that there ever was.

`signing.key` holds 32 bytes, hexadecimal, like the master key; `<key id>.json` a public key. A key's id is the first 16
hexadecimal digits of the SHA-256 of its 32 public bytes. Machines that share the master key share this folder.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from yunhu.domains.evidence.errors import KeyUnreadableError
from yunhu.foundation.crypto import create_key

ALGORITHM = "Ed25519"
_PRIVATE = "signing.key"


class PublicKey(msgspec.Struct, frozen=True, kw_only=True):
    """A public key, as it is served and kept."""

    key_id: str
    algorithm: str
    public_key: str
    """32 bytes, hexadecimal (RFC 8032)."""
    created_at: datetime | None = None

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the private key of this one signed the message."""
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public_key)).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    @property
    def pem(self) -> str:
        """As other programs want it."""
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public_key))
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Signer:
    """The private key in use."""

    def __init__(self, private: Ed25519PrivateKey, public: PublicKey) -> None:
        self._private = private
        self.public = public

    def sign(self, message: bytes) -> bytes:
        """64 bytes; the same for the same message."""
        return self._private.sign(message)


class KeyFolder:
    """Keys on the disk."""

    def __init__(self, keys_dir: Path) -> None:
        self._folder = keys_dir / "evidence"

    def signer(self, now: datetime) -> Signer:
        """The key in use; one is made where there is none yet."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / _PRIVATE
        if not path.exists():
            create_key(path)
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))
        return Signer(private, self._published(private, now))

    def rotate(self, now: datetime) -> PublicKey:
        """Sign with a new key from now on. The old private key is gone; its public key stays."""
        self.signer(now)
        fresh = self._folder / f".{secrets.token_hex(8)}"
        create_key(fresh)
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(fresh.read_text().strip()))
        public = self._published(private, now)
        fresh.replace(self._folder / _PRIVATE)
        return public

    def public(self) -> list[PublicKey]:
        """Every public key, oldest first."""
        found = [
            msgspec.json.decode(path.read_bytes(), type=PublicKey) for path in self._folder.glob("*.json")
        ]
        return sorted(found, key=lambda key: (key.created_at is not None, key.created_at, key.key_id))

    def _published(self, private: Ed25519PrivateKey, now: datetime) -> PublicKey:
        raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        path = self._folder / f"{key_id_of(raw)}.json"
        if not path.exists():
            draft = path.with_suffix(f".{secrets.token_hex(8)}")
            draft.write_bytes(msgspec.json.encode(_public(raw, now)))
            os.replace(draft, path)
        return msgspec.json.decode(path.read_bytes(), type=PublicKey)


def key_id_of(public: bytes) -> str:
    """The id of a public key."""
    return hashlib.sha256(public).hexdigest()[:16]


def read_public_keys(text: str) -> list[PublicKey]:
    """Public keys of a text: hexadecimal, PEM, JSON of one key, of a list, or as the API serves them.

    Raises `KeyUnreadableError`.
    """
    plain = text.strip()
    try:
        if plain.startswith("-----"):
            loaded = load_pem_public_key(plain.encode())
            if not isinstance(loaded, Ed25519PublicKey):
                raise KeyUnreadableError("the PEM file holds no Ed25519 public key")
            return [_public(loaded.public_bytes(Encoding.Raw, PublicFormat.Raw), None)]
        if plain.startswith(("{", "[")):
            return list(_checked(_from_json(plain)))
        return [_public(_raw(plain), None)]
    except (ValueError, msgspec.MsgspecError) as error:
        raise KeyUnreadableError(f"no Ed25519 public key: {error}") from None


class _Served(msgspec.Struct, frozen=True):
    items: list[PublicKey]


def _from_json(plain: str) -> list[PublicKey]:
    if plain.startswith("["):
        return msgspec.json.decode(plain, type=list[PublicKey])
    if "items" in msgspec.json.decode(plain, type=dict):
        return msgspec.json.decode(plain, type=_Served).items
    return [msgspec.json.decode(plain, type=PublicKey)]


def _checked(keys: Iterable[PublicKey]) -> Iterable[PublicKey]:
    for key in keys:
        yield _public(_raw(key.public_key), key.created_at)


def _raw(text: str) -> bytes:
    raw = bytes.fromhex(text)
    if len(raw) != 32:
        raise ValueError("a public key has 32 bytes")
    return raw


def _public(raw: bytes, created_at: datetime | None) -> PublicKey:
    return PublicKey(key_id=key_id_of(raw), algorithm=ALGORITHM, public_key=raw.hex(), created_at=created_at)
