"""Upload, list, download, for tenants and for the operator."""

import os
import time
from pathlib import Path
from uuid import UUID

import httpx
from litestar import Litestar
from sqlalchemy import text
from tests.support.hall.builders import Hall, build_hall
from tests.support.hall.plugin import client_of

from yunhu.domains.documents.store import ORPHAN_AGE, DocumentStore, sweep_orphans
from yunhu.domains.documents.uses import SOURCES
from yunhu.domains.tasks.public import Task
from yunhu.entrypoints.tables import metadata
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id
from yunhu.foundation.settings import Settings

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 1000


async def upload(
    client: httpx.AsyncClient, name: str = "营业执照.pdf", content: bytes = PDF
) -> httpx.Response:
    return await client.post("/api/v1/documents?kind=qualification", files={"file": (name, content)})


async def test_given_a_file_when_uploaded_then_it_lies_encrypted_and_comes_back_and_both_are_on_record(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    answer = await upload(client)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert (said["media_type"], said["bytes"], said["kind"]) == ("application/pdf", len(PDF), "qualification")
    (file,) = settings.documents_dir.glob("*/*")
    assert PDF[:40] not in file.read_bytes()
    back = await client.get(f"/api/v1/documents/{said['id']}/content")
    assert back.content == PDF
    assert back.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E8%90%A5")
    assert back.headers["x-content-type-options"] == "nosniff"
    listed = await client.get("/api/v1/documents", params={"kind": "qualification"})
    assert [item["id"] for item in listed.json()["items"]] == [said["id"]]
    async with database.transaction() as session:
        actions = (
            (
                await session.execute(
                    text("SELECT action FROM audit_entries WHERE subject_kind = 'document' ORDER BY sequence")
                )
            )
            .scalars()
            .all()
        )
    assert actions == ["document.upload", "look.document"]


async def test_given_a_document_of_one_tenant_when_another_asks_then_it_is_not_there(
    client: httpx.AsyncClient, app: Litestar, database: Database, vault: Vault, clock: ManualClock
) -> None:
    document_id = (await upload(client)).json()["id"]
    other = await build_hall(database, vault, clock.now(), slug="other")
    async with client_of(app, other.token) as stranger:
        assert (await stranger.get(f"/api/v1/documents/{document_id}/content")).status_code == 404


async def test_given_a_file_that_is_not_taken_when_uploaded_then_nothing_is_left(
    client: httpx.AsyncClient, settings: Settings, hall: Hall
) -> None:
    answer = await upload(client, "page.html", b"<script>alert(1)</script>")
    assert answer.status_code == 415
    assert answer.json()["id"] == "documents.type"
    assert not list(settings.documents_dir.glob("*/*"))


async def test_given_an_erased_document_when_asked_for_then_it_is_gone_and_says_so(
    client: httpx.AsyncClient, database: Database, clock: ManualClock
) -> None:
    document_id = (await upload(client)).json()["id"]
    async with database.transaction() as session:
        await session.execute(text("UPDATE documents SET erased_at = now()"))
    answer = await client.get(f"/api/v1/documents/{document_id}/content")
    assert (answer.status_code, answer.json()["id"]) == (410, "documents.erased")


async def test_given_files_without_a_row_when_swept_then_old_ones_go_and_known_ones_stay(
    client: httpx.AsyncClient, database: Database, settings: Settings, vault: Vault
) -> None:
    assert (await upload(client)).status_code == 201
    store = DocumentStore(settings.documents_dir, vault)
    (known,) = settings.documents_dir.glob("*/*")
    orphan, fresh = known.with_name(f"{'0' * 8}-0000-0000-0000-{'0' * 12}.sealed"), known.with_name("x.part")
    for path in (orphan, fresh):
        path.write_bytes(b"x")
    old = time.time() - ORPHAN_AGE.total_seconds() - 60
    for path in (orphan, known):
        os.utime(path, (old, old))
    async with database.transaction() as session:
        assert await sweep_orphans(session, store) == 1
    assert sorted(Path(folder).name for folder in settings.documents_dir.glob("*/*")) == sorted(
        [known.name, fresh.name]
    )


async def test_given_a_document_when_things_name_it_then_its_uses_tell_each_and_a_stranger_none(
    client: httpx.AsyncClient,
    app: Litestar,
    database: Database,
    vault: Vault,
    clock: ManualClock,
    hall: Hall,
) -> None:
    document_id = (await upload(client, "logo.png", b"\x89PNG\r\n\x1a\n" + bytes(64))).json()["id"]
    path = f"/api/v1/documents/{document_id}/uses"
    assert (await client.get(path)).json() == []
    body = {"name": "雁塔区政务大厅", "reasons": {}, "logo_document_id": document_id}
    profile = await client.post("/api/v1/card-profiles", json=body)
    assert profile.status_code == 201, profile.text
    task_id = new_id()
    async with database.transaction() as session:
        session.add(
            Task(
                id=task_id,
                tenant_id=hall.tenant_id,
                kind="consent.import",
                parameters={},
                state="done",
                input_document_id=UUID(document_id),
                created_by="test",
                created_at=clock.now(),
                finished_at=clock.now(),
            )
        )
    told = (await client.get(path)).json()
    assert told == [
        {"kind": "card_logo", "id": profile.json()["id"]},
        {"kind": "task_input", "id": str(task_id)},
    ]
    other = await build_hall(database, vault, clock.now(), slug="other")
    async with client_of(app, other.token) as stranger:
        assert (await stranger.get(path)).status_code == 404


def test_given_the_columns_that_name_a_document_when_compared_then_uses_look_at_each() -> None:
    looked_at = {(table, column) for table, columns, _ in SOURCES.values() for column in columns}
    there = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith("document_id")
    }
    assert there - looked_at == {("evidence_packs", "document_id")}, "packs are handed out elsewhere"
    assert looked_at <= there
