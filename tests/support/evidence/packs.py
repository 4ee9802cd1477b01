"""Makes packs as a node does, and small archives that need no database."""

import asyncio
import io
import json
import zipfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import msgspec
from prometheus_client import CollectorRegistry

from yunhu.domains.evidence.drafts import Draft
from yunhu.domains.evidence.keys import PublicKey, Signer
from yunhu.domains.evidence.sealing import Sealer
from yunhu.domains.tasks.public import TaskWorker
from yunhu.entrypoints.chores import all_handlers
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.http import Services
from yunhu.foundation.settings import Settings

PACKS = "/api/v1/evidence-packs"
REASON = "complaint at 12321"


class Desk(msgspec.Struct, frozen=True):
    """Everything that asking for packs takes."""

    client: httpx.AsyncClient
    worker: TaskWorker
    folder: Path

    async def request(self, **wish: Any) -> Any:
        """Ask for one and let a node make it; the pack as the API shows it then."""
        answer = await self.client.post(PACKS, json={"reason": REASON, **wish})
        assert answer.status_code == 202, answer.text
        assert await self.worker.run_one()
        return (await self.client.get(f"{PACKS}/{answer.json()['id']}")).json()

    async def fetch(self, pack_id: str) -> Path:
        """Download one into a file."""
        answer = await self.client.get(f"{PACKS}/{pack_id}/content")
        assert answer.status_code == 200, answer.text
        path = self.folder / f"{pack_id}.zip"
        path.write_bytes(answer.content)
        return path

    async def keys(self) -> list[PublicKey]:
        """The public keys, as anybody gets them."""
        answer = await self.client.get("/evidence-keys", headers={"Authorization": ""})
        assert answer.status_code == 200, answer.text
        return msgspec.convert(answer.json()["items"], list[PublicKey])


def open_desk(
    client: httpx.AsyncClient, database: Database, vault: Vault, clock: Clock, settings: Settings
) -> Desk:
    """A node's task worker beside an HTTP client."""
    services = Services(settings, database, vault, clock, CollectorRegistry())
    return Desk(client, TaskWorker(database, clock, all_handlers(services)), settings.data_dir)


def facts_of(path: Path, part: str) -> list[dict[str, Any]]:
    """What a part says in a pack."""
    with zipfile.ZipFile(path) as archive:
        return [json.loads(line) for line in archive.read(f"data/{part}.jsonl").splitlines()]


def small_pack(signer: Signer, files: Mapping[str, bytes], folder: Path) -> bytes:
    """An archive with these files, signed as packs are."""

    async def make() -> bytes:
        written = io.BytesIO()
        with ExitStack() as stack:
            sealer = Sealer(signer, folder)
            stack.callback(sealer.close)
            for name, content in files.items():
                draft = Draft(name, folder)
                stack.callback(draft.close)
                draft.write(content)
                async for data in sealer.draft(draft):
                    written.write(data)
            async for data in sealer.end({"id": "test"}):
                written.write(data)
        return written.getvalue()

    return asyncio.run(make())
