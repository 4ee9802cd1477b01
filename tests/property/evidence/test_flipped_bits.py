"""A signed pack: any bit that is flipped anywhere in the file is found, and so is any other tampering."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.evidence.packs import small_pack

from yunhu.domains.evidence.keys import KeyFolder, Signer
from yunhu.domains.evidence.verify import Broken, verify_pack

NOW = datetime(2026, 2, 9, tzinfo=UTC)
FILES = {
    "index.html": b"<p>",
    "data/calls.jsonl": b'{"a":1}\n',
    "recordings/1.wav": bytes(40),
    "request.json": b"{}",
}
RELAXED = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NAMES = st.from_regex(r"\A(data|pages)/[a-z0-9]{1,12}\Z")


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return KeyFolder(tmp_path).signer(NOW)


def _faults(path: Path, raw: bytes, signer: Signer) -> list[Broken]:
    path.write_bytes(raw)
    return [fault.what for fault in verify_pack(path, [signer.public]).faults]


def test_given_a_small_pack_when_any_single_bit_is_flipped_then_it_is_found(
    signer: Signer, tmp_path: Path
) -> None:
    raw = small_pack(signer, FILES, tmp_path)
    path = tmp_path / "pack.zip"
    assert _faults(path, raw, signer) == []
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << (bit % 8)
        assert _faults(path, bytes(flipped), signer), f"bit {bit % 8} of byte {bit // 8} was not found"


@RELAXED
@given(files=st.dictionaries(NAMES, st.binary(max_size=200), min_size=1, max_size=4), data=st.data())
def test_given_any_pack_when_any_bit_is_flipped_then_it_is_found(
    files: dict[str, bytes], data: st.DataObject, signer: Signer, tmp_path: Path
) -> None:
    raw = small_pack(signer, files, tmp_path)
    path = tmp_path / "pack.zip"
    assert _faults(path, raw, signer) == []
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    flipped = bytearray(raw)
    flipped[bit // 8] ^= 1 << (bit % 8)
    assert _faults(path, bytes(flipped), signer)


@RELAXED
@given(files=st.dictionaries(NAMES, st.binary(max_size=200), min_size=1, max_size=4), data=st.data())
def test_given_any_pack_when_it_is_cut_or_something_is_put_in_then_it_is_found(
    files: dict[str, bytes], data: st.DataObject, signer: Signer, tmp_path: Path
) -> None:
    raw = small_pack(signer, files, tmp_path)
    path = tmp_path / "pack.zip"
    place = data.draw(st.integers(0, len(raw) - 1))
    assert _faults(path, raw[:place], signer)
    assert _faults(path, raw[:place] + data.draw(st.binary(min_size=1, max_size=30)) + raw[place:], signer)


@RELAXED
@given(garbage=st.binary(max_size=400))
def test_given_any_bytes_when_verified_then_they_are_no_pack_and_nothing_is_thrown(
    garbage: bytes, signer: Signer, tmp_path: Path
) -> None:
    assert _faults(tmp_path / "pack.zip", garbage, signer)


def test_given_another_key_when_verified_then_it_is_the_key_that_is_wrong(
    signer: Signer, tmp_path: Path
) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(small_pack(signer, FILES, tmp_path))
    other = KeyFolder(tmp_path / "other").signer(NOW).public
    report = verify_pack(path, [other])
    assert [(fault.what, fault.where) for fault in report.faults] == [
        (Broken.WRONG_KEY, signer.public.key_id)
    ]


def test_given_a_pack_signed_anew_by_a_stranger_under_the_old_key_id_when_verified_then_the_signature_is_bad(
    signer: Signer, tmp_path: Path
) -> None:
    stranger = KeyFolder(tmp_path / "other").signer(NOW)
    stranger.public = signer.public
    assert _faults(tmp_path / "pack.zip", small_pack(stranger, FILES, tmp_path), signer) == [Broken.SIGNATURE]


def test_given_the_same_files_packed_anew_when_verified_then_only_the_container_is_named(
    signer: Signer, tmp_path: Path
) -> None:
    repacked = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(small_pack(signer, FILES, tmp_path))) as before,
        zipfile.ZipFile(repacked, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            after.writestr(name, before.read(name))
    assert _faults(tmp_path / "pack.zip", repacked.getvalue(), signer) == [Broken.CONTAINER]


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        ("manifest.json", Broken.NO_MANIFEST),
        ("signature.json", Broken.NO_SIGNATURE),
        ("request.json", Broken.MISSING),
    ],
)
def test_given_a_file_that_is_gone_when_verified_then_it_is_named(
    gone: str, expected: Broken, signer: Signer, tmp_path: Path
) -> None:
    rest = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(small_pack(signer, FILES, tmp_path))) as before,
        zipfile.ZipFile(rest, "w") as after,
    ):
        for name in before.namelist():
            if name != gone:
                after.writestr(name, before.read(name))
    assert expected in _faults(tmp_path / "pack.zip", rest.getvalue(), signer)
