"""`yunhu backup`: what was written comes back on an empty machine, and whatever is wrong with it is named."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from tests.support.hall.builders import Hall, build_hall

from yunhu.domains.documents.public import (
    DocumentStore,
    NewDocument,
    document_by_id,
    open_document,
    store_document,
)
from yunhu.entrypoints.backup import PassphraseError, open_keys, seal_keys
from yunhu.entrypoints.cli import main
from yunhu.foundation.actor import system
from yunhu.foundation.crypto import load_vault
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.db.embedded import start_embedded

PASSPHRASE = "twelve letters and more"
RECORDING = "recordings/2026-02-09/01a20b83-2b69-770c-839d-3e87a9f5da35.wav"


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command against the test's database."""
    monkeypatch.setenv("YUNHU_DATABASE_URL", database_url)
    monkeypatch.setenv("YUNHU_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "pass").write_text(f"{PASSPHRASE}\n")

    async def run(*words: str) -> Result:
        words = (*words, "--passphrase-file", str(tmp_path / "pass"))
        return await asyncio.to_thread(CliRunner().invoke, main, ["backup", *words])

    return run


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> tuple[Hall, Any]:
    """A tenant with a document and a recording; the document's row."""
    data, now = tmp_path / "data", datetime.now(UTC)
    vault = load_vault(data / "keys")
    hall = await build_hall(database, vault, now)
    (data / RECORDING).parent.mkdir(parents=True)
    (data / RECORDING).write_bytes(b"RIFF sound")
    new = NewDocument(
        tenant_id=hall.tenant_id, kind="proof", file_name="proof.pdf", media_type="application/pdf",
        actor=system("test"), now=now,
    )  # fmt: skip
    async with database.transaction() as session:
        return hall, await store_document(
            session, DocumentStore(data / "documents", vault), new, b"%PDF- proof"
        )


def _only(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


async def test_given_a_backup_when_restored_on_an_empty_machine_then_rows_keys_and_files_are_back(
    run: Any, house: tuple[Hall, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall, document = house
    made = await run("create", str(tmp_path / "kept"))
    assert made.exit_code == 0, made.output
    kept = _only(tmp_path / "kept")
    assert (await run("verify", str(kept))).exit_code == 0
    refused = await run("restore", str(kept))
    assert refused.exit_code == 1
    assert "恢复目标不为空" in refused.output

    elsewhere = tmp_path / "elsewhere"
    monkeypatch.delenv("YUNHU_DATABASE_URL")
    monkeypatch.setenv("YUNHU_DATA_DIR", str(elsewhere))
    restored = await run("restore", str(kept))
    assert restored.exit_code == 0, restored.output
    assert (elsewhere / RECORDING).read_bytes() == b"RIFF sound"
    assert (elsewhere / "keys" / "master.key").stat().st_mode & 0o777 == 0o600
    server = start_embedded(elsewhere / "postgres")
    back = open_database(server.url())
    try:
        async with back.transaction() as session:
            row = await document_by_id(session, document.id, hall.tenant_id)
        # Rows of one tenant are seen under its role: row security came along.
        async with back.tenant_transaction(hall.tenant_id) as session:
            assert await session.scalar(text("SELECT count(*) FROM scripts")) == 4
        store = DocumentStore(elsewhere / "documents", load_vault(elsewhere / "keys"))
        assert b"".join([piece async for piece in open_document(store, row)]) == b"%PDF- proof"
    finally:
        await back.close()
        server.release()
    assert "恢复目标不为空" in (await run("restore", str(kept))).output


async def test_given_an_earlier_backup_when_made_again_then_what_did_not_change_is_linked(
    run: Any, house: tuple[Hall, Any], tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    assert (await run("create", str(kept))).exit_code == 0
    first = _only(kept)
    first = first.rename(kept / "20200101T000000Z")
    (tmp_path / "data" / RECORDING).with_name("another.wav").write_bytes(b"new")
    assert (await run("create", str(kept))).exit_code == 0
    (second,) = (folder for folder in kept.iterdir() if folder != first)
    assert os.path.samefile(first / RECORDING, second / RECORDING)
    assert (second / RECORDING).with_name("another.wav").read_bytes() == b"new"
    for folder in (first, second):
        assert (await run("verify", str(folder))).exit_code == 0


async def test_given_a_damaged_backup_when_verified_then_each_fault_is_named_and_it_is_not_restored(
    run: Any, house: tuple[Hall, Any], tmp_path: Path
) -> None:
    assert (await run("create", str(tmp_path / "kept"))).exit_code == 0
    kept = _only(tmp_path / "kept")
    (kept / RECORDING).write_bytes(b"RIFF s0und")
    (kept / "keys.sealed").unlink()
    (kept / "stray").write_text("x")
    dump = bytearray((kept / "database.dump").read_bytes())
    dump[:5] = b"PGDMX"
    (kept / "database.dump").write_bytes(dump)
    result = await run("verify", str(kept))
    assert result.exit_code == 1
    for fault in (
        f"{RECORDING} was changed",
        "keys.sealed is missing",
        "stray is not in the manifest",
        "database.dump was changed",
        "database.dump cannot be read by pg_restore",
    ):
        assert fault in result.output
    assert (await run("restore", str(kept))).exit_code == 1


def test_given_keys_under_a_passphrase_when_another_one_or_a_flipped_bit_is_tried_then_refused(
    tmp_path: Path,
) -> None:
    load_vault(tmp_path)
    sealed = seal_keys(tmp_path, PASSPHRASE)
    assert (tmp_path / "master.key").read_bytes() in open_keys(sealed, PASSPHRASE)
    assert (tmp_path / "master.key").read_bytes() not in sealed
    with pytest.raises(PassphraseError):
        open_keys(sealed, "another passphrase")
    for place in (0, 5, 25, 40, len(sealed) - 1):
        flipped = bytearray(sealed)
        flipped[place] ^= 1
        with pytest.raises(PassphraseError):
            open_keys(bytes(flipped), PASSPHRASE)
