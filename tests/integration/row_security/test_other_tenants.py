"""Every endpoint of the document, with one tenant's key and another tenant's ids: nothing is shown, nothing changes."""

import hashlib
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from tests.support.hall.builders import Hall
from tests.support.hall.plugin import client_of
from tests.support.row_security.requests import Operation, Requests, Sent, operations, texts_of
from tests.support.row_security.rows import fill, loosen, protected_tables

from yunhu.domains.identity.public import TENANT_SCOPES, KeyWish, Tenant, create_api_key
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id

REFUSED = {400, 401, 403, 404, 405, 409, 413, 415, 422, 429}
HIDDEN = {403, 404, 429}
# Bodies that cannot be read off the document: what is wanted of them is that they get past the schema.
BODIES: dict[str, Any] = {
    "PUT /api/v1/reports/schedules/{schedule_id}": {
        "name": "a",
        "report": "report_calls",
        "every": "day",
        "recipients": ["somebody@example.org"],
    }
}
# Endpoints whose objects are not rows of a tenant's table, with the reason.
NO_ROWS = {
    "GET /api/v1/calls/{call_id}/recording": "a file on the disk",
    "GET /api/v1/calls/{call_id}/recording/peaks": "a file on the disk",
    "GET /api/v1/sandbox/calls/{call_id}/heard": "a file on the disk",
    "GET /api/v1/evidence-packs/{pack_id}/content": "a file on the disk",
    "GET /api/v1/exports/{task_id}/content": "a file on the disk",
    "GET /api/v1/notices/{notice_id}": "the notice is the operator's; only who gets it is the tenant's",
    "GET /api/v1/contracts/{contract_id}/settlement": "worked out when a contract has ended",
}


# Names that a tenant gives itself: the same name of another tenant's is another object.
OWN_NAMES = {"PUT /api/v1/scenarios/{slug}"}


def _tenant_side(document: dict[str, Any]) -> list[Operation]:
    return [
        operation
        for operation in operations(document)
        if operation.path.startswith("/api/v1/")
        and not operation.path.startswith("/api/v1/operator")
        and not operation.is_endless
    ]


async def _send(client: httpx.AsyncClient, operation: Operation, sent: Sent) -> httpx.Response:
    body = BODIES.get(operation.name, sent.body)
    return await client.request(operation.method.upper(), sent.url, params=sent.query, json=body)


async def _fingerprints(database: Database, tenant_id: UUID) -> dict[str, str]:
    async with database.transaction() as session:
        tables = await protected_tables(session)
    found = {}
    async with database.tenant_transaction(tenant_id) as session:
        for table in tables:
            rows = await session.scalars(text(f'SELECT t::text FROM "{table}" AS t ORDER BY 1'))
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


@pytest.fixture
async def victim(database: Database, hall: Hall) -> dict[str, dict[str, Any]]:
    """One row of the first tenant in every table."""
    async with database.transaction() as session:
        await loosen(session)
        return await fill(session, hall.tenant_id, {})


@pytest.mark.timeout(
    1200
)  # it walks every endpoint with every id: minutes where other work shares the machine
async def test_given_another_tenants_ids_when_every_endpoint_is_asked_then_nothing_is_shown_or_changed(
    app: Litestar,
    database: Database,
    hall: Hall,
    vault: Vault,
    clock: ManualClock,
    victim: dict[str, dict[str, Any]],
) -> None:
    token = await _stranger(database, vault, clock)
    document = app.openapi_schema.to_schema()
    requests, secrets = Requests(document, victim), texts_of(victim)
    before = await _fingerprints(database, hall.tenant_id)
    faults: list[str] = []
    async with client_of(app, token) as stranger:
        for operation in _tenant_side(document):
            for sent in requests.of(operation):
                answer = await _send(stranger, operation, sent)
                fault = _fault(operation, sent, answer, secrets)
                if fault:
                    faults.append(fault)
                    break
    assert not faults, "\n".join(faults)
    after = await _fingerprints(database, hall.tenant_id)
    assert {table for table in before if before[table] != after[table]} == set()


async def _stranger(database: Database, vault: Vault, clock: ManualClock) -> str:
    """The key of a tenant that has nothing, so that no name of the first tenant's is also one of its own."""
    async with database.transaction() as session:
        tenant = Tenant(id=new_id(), slug="stranger", name="stranger", created_at=clock.now())
        session.add(tenant)
        await session.flush()
        wish = KeyWish(name="stranger", scopes=sorted(TENANT_SCOPES), rate_per_minute=1_000_000)
        token, _ = await create_api_key(session, vault, tenant.id, wish, clock.now())
    return token


def _fault(operation: Operation, sent: Sent, answer: httpx.Response, secrets: list[str]) -> str | None:
    where = f"{operation.name} {sent.url} {sent.query} -> {answer.status_code} {answer.text[:300]}"
    if answer.status_code >= 500:
        return f"failed: {where}"
    asked = f"{sent.url} {sent.query} {sent.body}"
    if answer.is_success and any(secret in answer.text and secret not in asked for secret in secrets):
        return f"shows another tenant's rows: {where}"
    names_theirs = operation.names_an_object and operation.name not in OWN_NAMES
    if names_theirs and answer.status_code not in HIDDEN:
        return f"does not hide another tenant's object (a body may have to be written into BODIES): {where}"
    if sent.foreign and operation.method != "get" and answer.status_code not in REFUSED:
        return f"takes another tenant's id: {where}"
    return None


@pytest.mark.timeout(1200)
async def test_given_the_owner_when_it_asks_for_its_objects_then_the_walk_has_made_one_of_each_kind(
    app: Litestar, client: httpx.AsyncClient, victim: dict[str, dict[str, Any]]
) -> None:
    document = app.openapi_schema.to_schema()
    requests = Requests(document, victim)
    missing = []
    for operation in _tenant_side(document):
        if operation.method != "get" or not operation.names_an_object or operation.name in NO_ROWS:
            continue
        statuses = {(await _send(client, operation, sent)).status_code for sent in requests.of(operation)}
        if statuses <= {404}:
            missing.append(f"{operation.name}: {sorted(statuses)}")
    assert not missing, "no object of these kinds exists, so the walk proves nothing:\n" + "\n".join(missing)
