"""Keys: made once, rotated without losing the old public one, read from whatever form they come in."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from yunhu.domains.evidence.errors import KeyUnreadableError
from yunhu.domains.evidence.keys import KeyFolder, PublicKey, read_public_keys

NOW = datetime(2026, 2, 9, tzinfo=UTC)


def test_given_a_folder_without_keys_when_asked_twice_then_it_is_one_key_that_only_its_owner_reads(
    tmp_path: Path,
) -> None:
    first, second = KeyFolder(tmp_path).signer(NOW), KeyFolder(tmp_path).signer(NOW + timedelta(days=1))
    assert first.public == second.public
    assert (tmp_path / "evidence" / "signing.key").stat().st_mode & 0o777 == 0o600
    assert first.public.verifies(second.sign(b"message"), b"message")
    assert not first.public.verifies(second.sign(b"message"), b"another")


def test_given_a_rotation_when_old_signatures_are_verified_then_the_old_public_key_is_still_there(
    tmp_path: Path,
) -> None:
    folder = KeyFolder(tmp_path)
    old = folder.signer(NOW)
    signed = old.sign(b"message")
    new = folder.rotate(NOW + timedelta(days=1))
    assert folder.signer(NOW).public == new
    assert [key.key_id for key in folder.public()] == [old.public.key_id, new.key_id]
    by_id = {key.key_id: key for key in folder.public()}
    assert by_id[old.public.key_id].verifies(signed, b"message")
    assert not new.verifies(signed, b"message")
    assert sorted(path.suffix for path in (tmp_path / "evidence").iterdir()) == [".json", ".json", ".key"]


@pytest.mark.parametrize(
    "form",
    [
        lambda key: key.public_key,
        lambda key: f"  {key.public_key.upper()}\n",
        lambda key: key.pem,
        lambda key: msgspec.json.encode(key).decode(),
        lambda key: msgspec.json.encode([key]).decode(),
        lambda key: json.dumps({"items": [msgspec.to_builtins(key)]}),
        # A wrong id in the file is not believed: the id is worked out from the key.
        lambda key: msgspec.json.encode(msgspec.structs.replace(key, key_id="0")).decode(),
    ],
)
def test_given_a_public_key_in_any_form_when_read_then_it_is_that_key(form: object, tmp_path: Path) -> None:
    key = KeyFolder(tmp_path).signer(NOW).public
    (found,) = read_public_keys(form(key))  # type: ignore[operator]
    assert (found.key_id, found.public_key) == (key.key_id, key.public_key)


@pytest.mark.parametrize(
    "text", ["", "xyz", "00", "{}", "[1]", "-----BEGIN PUBLIC KEY-----", "{", '{"items":1}']
)
def test_given_no_key_when_read_then_refused(text: str) -> None:
    with pytest.raises(KeyUnreadableError):
        read_public_keys(text)


def test_given_a_key_of_another_kind_as_pem_when_read_then_refused() -> None:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = X25519PrivateKey.generate().public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    with pytest.raises(KeyUnreadableError):
        read_public_keys(pem)


def test_given_a_public_key_when_printed_as_json_then_no_private_byte_is_in_it(tmp_path: Path) -> None:
    signer = KeyFolder(tmp_path).signer(NOW)
    private = (tmp_path / "evidence" / "signing.key").read_text()
    assert private not in msgspec.json.encode(signer.public).decode()
    assert isinstance(signer.public, PublicKey)
