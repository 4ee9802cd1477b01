"""Phone numbers at rest: encrypted, with a keyed blind index to find equal ones (row D2)."""

import base64
import contextlib
import hmac
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yunhu.foundation.errors import SettingsError
from yunhu.foundation.phone import Phone

_NONCE_BYTES = 12
_INDEX_BYTES = 16
_VERSION = b"\x01"


class SealedPhone(msgspec.Struct, frozen=True):
    """A phone number as it lies in the database."""

    cipher: bytes
    """Version byte, nonce, AES-256-GCM of the E.164 text."""
    index: bytes
    """Keyed hash of the E.164 text, 16 bytes: equal numbers, equal index; useless without the key."""


class Vault:
    """Seals and opens what must not lie in the clear. One master key, one derived key a purpose."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != 32:
            raise SettingsError("the master key must be 32 bytes")
        self._aead = AESGCM(_derive(master_key, b"yunhu.phone.cipher"))
        self._secret_aead = AESGCM(_derive(master_key, b"yunhu.secret.cipher"))
        self._link_aead = AESGCM(_derive(master_key, b"yunhu.link.cipher"))
        self._index_key = _derive(master_key, b"yunhu.phone.index")
        self._digest_key = _derive(master_key, b"yunhu.api_key.digest")
        self._file_key = _derive(master_key, b"yunhu.file.cipher")

    def seal_phone(self, phone: Phone) -> SealedPhone:
        """Encrypt a number and index it."""
        plain = phone.e164.encode()
        nonce = os.urandom(_NONCE_BYTES)
        cipher = _VERSION + nonce + self._aead.encrypt(nonce, plain, _VERSION)
        return SealedPhone(cipher, self.index_of(phone))

    def seal_phones(self, phones: Sequence[Phone]) -> Iterator[SealedPhone]:
        """Encrypt and index many, for half of what one by one would cost; their nonces are drawn together."""
        nonces = os.urandom(_NONCE_BYTES * len(phones))
        encrypt, key = self._aead.encrypt, self._index_key
        for place, phone in enumerate(phones):
            plain = phone.e164.encode()
            nonce = nonces[place * _NONCE_BYTES : (place + 1) * _NONCE_BYTES]
            index = hmac.digest(key, plain, "sha256")[:_INDEX_BYTES]
            yield SealedPhone(_VERSION + nonce + encrypt(nonce, plain, _VERSION), index)

    def index_of(self, phone: Phone) -> bytes:
        """The blind index, to look a number up."""
        return hmac.digest(self._index_key, phone.e164.encode(), "sha256")[:_INDEX_BYTES]

    def open_phone(self, cipher: bytes) -> Phone:
        """Decrypt a number; `SettingsError` when it was sealed under another key."""
        return Phone(_open(self._aead, cipher).decode())

    def seal_secret(self, secret: str) -> bytes:
        """Encrypt a secret that must come back, such as a callback endpoint's signing key."""
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._secret_aead.encrypt(nonce, secret.encode(), _VERSION)

    def open_secret(self, cipher: bytes) -> str:
        """Decrypt such a secret."""
        return _open(self._secret_aead, cipher).decode()

    def seal_link(self, content: bytes) -> str:
        """Content as it may stand in a link: nobody reads it, nobody changes it, nobody makes one."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = _VERSION + nonce + self._link_aead.encrypt(nonce, content, _VERSION)
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open_link(self, token: str) -> bytes | None:
        """The content of a link that this installation made; None for any other."""
        try:
            sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            return _open(self._link_aead, sealed) if sealed[:1] == _VERSION else None
        except (ValueError, SettingsError):
            return None

    def file_cipher(self, salt: bytes) -> AESGCM:
        """The cipher of one file: every file has a random salt, and so a key of its own (see `sealed_file`)."""
        return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"file").derive(self._file_key))

    def digest_token(self, token: str) -> bytes:
        """A keyed hash of a high-entropy token that need never come back, such as an API key."""
        return hmac.digest(self._digest_key, token.encode(), "sha256")


def load_vault(keys_dir: Path) -> Vault:
    """Read the master key, or make one (mode 0600) where none is yet. Losing it loses every sealed value."""
    path = keys_dir / "master.key"
    keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        create_key(path)
    return Vault(bytes.fromhex(path.read_text().strip()))


def create_key(path: Path) -> None:
    """Write 32 random bytes, hexadecimal, mode 0600; where there is a key already, it stays."""
    # Written beside and linked into place, so that a process starting at the same moment sees all of it or nothing.
    draft = path.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()


def _derive(master_key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(master_key)


def _open(aead: AESGCM, cipher: bytes) -> bytes:
    nonce, body = cipher[1 : 1 + _NONCE_BYTES], cipher[1 + _NONCE_BYTES :]
    try:
        return aead.decrypt(nonce, body, cipher[:1])
    except InvalidTag as error:
        raise SettingsError(
            "a stored value cannot be opened: the master key is not the one it was sealed with"
        ) from error
