"""Keyed hashes are those of the standard: what was stored under them must be found again."""

import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from yunhu.foundation.crypto import Vault
from yunhu.foundation.phone import Phone


def _hmac(master: bytes, purpose: bytes, message: bytes) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(master)
    return hmac.digest(key, message, "sha256")


@given(st.binary(min_size=32, max_size=32), st.text(max_size=300))
def test_given_any_text_when_digested_then_it_is_the_standards_hmac(master: bytes, text: str) -> None:
    text = text.encode(errors="ignore").decode()
    assert Vault(master).digest_token(text) == _hmac(master, b"yunhu.api_key.digest", text.encode())


@given(st.binary(min_size=32, max_size=32), st.integers(0, 99_999_999))
def test_given_any_number_when_indexed_then_one_by_one_and_many_at_once_are_alike(
    master: bytes, number: int
) -> None:
    vault, phone = Vault(master), Phone(f"+86138{number:08d}")
    expected = _hmac(master, b"yunhu.phone.index", phone.e164.encode())[:16]
    assert vault.index_of(phone) == expected
    assert [sealed.index for sealed in vault.seal_phones([phone, phone])] == [expected, expected]
