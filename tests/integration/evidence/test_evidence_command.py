"""`yunhu evidence`: exit codes, files and sentences that people and scripts rely on."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.support.hall.builders import Hall, build_hall

from yunhu.domains.audit.schemas import GrantRequest
from yunhu.domains.audit.service import give_grant
from yunhu.entrypoints.cli import main
from yunhu.foundation.actor import system
from yunhu.foundation.crypto import load_vault
from yunhu.foundation.db import Database

REASON = ("--reason", "complaint at 12321")


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command against the test's database."""
    monkeypatch.setenv("YUNHU_DATABASE_URL", database_url)
    monkeypatch.setenv("YUNHU_DATA_DIR", str(tmp_path))

    async def run(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, main, ["evidence", *words])

    return run


@pytest.fixture
async def tenant(database: Database, tmp_path: Path) -> Hall:
    return await build_hall(database, load_vault(tmp_path / "keys"), datetime.now(UTC))


async def _grant(database: Database, tenant: Hall) -> None:
    now = datetime.now(UTC)
    wish = GrantRequest(kinds=["evidence"], purpose="complaint", expires_at=now + timedelta(days=1))  # type: ignore[list-item]
    async with database.transaction() as session:
        await give_grant(session, system("test"), tenant.tenant_id, wish, now)


async def test_given_a_grant_when_made_then_it_verifies_without_the_database_and_not_when_damaged(
    run: Any, database: Database, tenant: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack, key = tmp_path / "pack.zip", tmp_path / "key.json"
    wish = ("make", "--phone", "13800000000", *REASON, "--out", str(pack))
    refused = await run(*wish)
    assert refused.exit_code == 1
    assert "未取得租户授权" in refused.output
    await _grant(database, tenant)
    made = await run(*wish)
    assert made.exit_code == 0, made.output
    shown = await run("key")
    key.write_text(shown.stdout)

    monkeypatch.setenv("YUNHU_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    monkeypatch.setenv("YUNHU_DATA_DIR", str(tmp_path / "elsewhere"))
    hexadecimal = json.loads(shown.stdout)["public_key"]
    for given in (str(key), hexadecimal):
        sound = await run("verify", str(pack), "--key", given)
        assert sound.exit_code == 0, sound.output
        assert "SOUND" in sound.stdout
    assert (await run("verify", str(pack))).exit_code == 2  # this machine has no key and none was named

    raw = pack.read_bytes()
    pack.write_bytes(raw.replace("如何核验".encode(), "如何核对".encode(), 1))
    broken = await run("verify", str(pack), "--key", str(key))
    assert broken.exit_code == 1
    assert "文件被改动 (a file was changed)  index.html" in broken.stderr
    as_json = await run("verify", str(pack), "--key", str(key), "--json")
    faults = json.loads(as_json.stdout)["faults"]
    assert {"what": "changed_file", "where": "index.html"} in faults

    pack.write_bytes(raw)
    other = await run("verify", str(pack), "--key", "00" * 32)
    assert other.exit_code == 1
    assert "signed by another key" in other.stderr


async def test_given_a_rotation_when_an_old_pack_is_verified_then_the_kept_public_key_serves(
    run: Any, database: Database, tenant: Hall, tmp_path: Path
) -> None:
    await _grant(database, tenant)
    pack = tmp_path / "pack.zip"
    period = ("--from", "2026-01-01", "--to", "2026-01-31")
    assert (await run("make", *period, *REASON, "--out", str(pack))).exit_code == 0
    before = json.loads((await run("key")).stdout)["key_id"]
    after = json.loads((await run("key", "--rotate")).stdout)["key_id"]
    assert before != after
    every = json.loads((await run("key", "--all")).stdout)["items"]
    assert [key["key_id"] for key in every] == [before, after]
    assert (await run("key", "--pem")).stdout.startswith("-----BEGIN PUBLIC KEY-----")
    assert (await run("verify", str(pack))).exit_code == 0


async def test_given_a_wish_that_makes_no_sense_when_made_then_a_sentence_and_no_file(
    run: Any, database: Database, tenant: Hall, tmp_path: Path
) -> None:
    await _grant(database, tenant)
    out = tmp_path / "pack.zip"
    for words in ((), ("--phone", "13800000000", "--from", "2026-01-01"), ("--phone", "abc")):
        result = await run("make", *words, *REASON, "--out", str(out))
        assert result.exit_code == 1
        assert "请指定" in result.output
    assert not out.exists()
