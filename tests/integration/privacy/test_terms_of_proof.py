"""Proof goes when its term is over: consents that ended, packs with their archives; holds keep both."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from tests.support.hall.builders import Hall
from tests.support.privacy.rows import add_visit, id_at

from yunhu.domains.consent import wiring as consent_wiring
from yunhu.domains.documents.public import DocumentStore, NewDocument, store_document
from yunhu.domains.evidence import wiring
from yunhu.domains.notifications.public import ConsentPurpose, ConsentSource, Evidence, keep_evidence
from yunhu.domains.privacy.holds import HoldWish, place_hold
from yunhu.domains.privacy.progress import prune_step
from yunhu.domains.privacy.public import hold_call, lift_hold
from yunhu.foundation.actor import system
from yunhu.foundation.clock import natural_day
from yunhu.foundation.crypto import SealedPhone, Vault
from yunhu.foundation.db import Database
from yunhu.foundation.http import Services
from yunhu.foundation.phone import Phone
from yunhu.foundation.settings import Settings

NOW = datetime.now(UTC).replace(microsecond=0)
OLD = NOW - timedelta(days=2000)
TESTER = system("test")
NUMBER = "13800000001"


def _evidence(
    phone: SealedPhone, at: datetime, lasting: int | None = None, document_id: UUID | None = None
) -> Evidence:
    return Evidence(
        callee_cipher=phone.cipher,
        callee_index=phone.index,
        purpose=ConsentPurpose.NOTICE,
        source=ConsentSource.FORM,
        given_at=at,
        valid_until=None if lasting is None else (at + timedelta(days=lasting)).date(),
        reference=f"F-{lasting}",
        document_id=document_id,
        recorded_by="tester",
    )


async def _keep(database: Database, hall: Hall, *evidence: Evidence) -> list[UUID]:
    async with database.transaction() as session:
        return list(await keep_evidence(session, hall.tenant_id, list(evidence), NOW))


async def _withdraw(database: Database, consent_id: UUID, at: datetime) -> None:
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE consents SET withdrawn_at = :at, withdrawn_by = 'kiosk' WHERE id = :id"),
            {"at": at, "id": consent_id},
        )


async def _prune(database: Database, now: datetime = NOW) -> None:
    for _ in range(500):
        async with database.transaction() as session:
            if not await prune_step(session, now, limit=2):
                return
    raise AssertionError("removal does not come to an end")


async def _consents(database: Database) -> dict[str, Any]:
    async with database.transaction() as session:
        found = await session.execute(text("SELECT * FROM consents"))
        return {row.reference: row for row in found}


async def test_given_consents_when_pruned_then_only_those_that_ended_beyond_their_term_go(
    database: Database, vault: Vault, hall: Hall
) -> None:
    phones = [vault.seal_phone(Phone.parse(f"1380000000{n}")) for n in range(4)]
    await _keep(
        database,
        hall,
        _evidence(phones[0], OLD, 10),
        _evidence(phones[1], OLD, 500),
        _evidence(phones[2], OLD, 1500),
        _evidence(phones[3], OLD),
    )
    await _prune(database)
    assert set(await _consents(database)) == {"F-1500", "F-None"}


async def test_given_a_withdrawn_consent_when_its_term_is_over_then_a_mark_without_a_number_keeps_it_withdrawn(
    client: httpx.AsyncClient, database: Database, vault: Vault, hall: Hall
) -> None:
    evidence = _evidence(vault.seal_phone(Phone.parse(NUMBER)), OLD)
    [consent_id] = await _keep(database, hall, evidence)
    await _withdraw(database, consent_id, OLD + timedelta(days=3))
    assert len((await client.get("/api/v1/consents")).json()["items"]) == 1
    await _prune(database)
    [mark] = (await _consents(database)).values()
    assert (mark.callee_cipher, mark.reference, mark.recorded_by, mark.withdrawn_by) == (b"", "", "", "")
    assert (mark.erased_at, mark.withdrawn_at) == (NOW, OLD + timedelta(days=3))
    assert (await client.get("/api/v1/consents")).json()["items"] == []
    assert (await client.get(f"/api/v1/consents/{consent_id}")).status_code == 404
    assert await _keep(database, hall, evidence) == []
    again = {
        "phone": NUMBER,
        "purpose": "notice",
        "source": "form",
        "given_at": OLD.isoformat(),
        "reference": "F-None",
    }
    answer = await client.post("/api/v1/consents", json=again)
    assert (answer.status_code, answer.json()["id"]) == (409, "consent.withdrawn_since"), answer.text
    async with database.transaction() as session:
        removed = await session.scalar(
            text("SELECT removed FROM retention_progress WHERE kind = 'consents' AND tenant_id = :id"),
            {"id": hall.tenant_id},
        )
    assert removed == 1


async def test_given_a_held_call_when_pruned_then_the_callees_consent_stays_until_the_hold_is_lifted(
    database: Database, vault: Vault, hall: Hall
) -> None:
    phone = vault.seal_phone(Phone.parse(NUMBER))
    await _keep(database, hall, _evidence(phone, OLD, 10))
    async with database.transaction() as session:
        call = await add_visit(session, hall.tenant_id, OLD, recorded=False)
    async with database.transaction() as session:
        await session.execute(text("UPDATE calls SET callee_index = :index"), {"index": phone.index})
        hold = await hold_call(
            session, TESTER, tenant_id=hall.tenant_id, call_id=call, reason="complaint 1", now=NOW
        )
    await _prune(database)
    assert set(await _consents(database)) == {"F-10"}
    async with database.transaction() as session:
        await lift_hold(session, TESTER, tenant_id=hall.tenant_id, hold_id=hold.id, now=NOW)
    await _prune(database, NOW + timedelta(days=1))
    assert await _consents(database) == {}


@pytest.mark.parametrize("by", ["callee", "period"])
async def test_given_a_person_or_days_held_when_pruned_then_consents_and_packs_of_them_stay_until_the_hold_is_lifted(
    database: Database, vault: Vault, hall: Hall, settings: Settings, by: str
) -> None:
    held, other = (vault.seal_phone(Phone.parse(number)) for number in (NUMBER, "13800000002"))
    await _keep(database, hall, _evidence(held, OLD, 10), _evidence(other, OLD, 11))
    store = DocumentStore(settings.documents_dir, vault)
    async with database.transaction() as session:
        call = await add_visit(session, hall.tenant_id, OLD, recorded=False, callee=held.index)
        elsewhere = await add_visit(
            session, hall.tenant_id, OLD + timedelta(days=9), recorded=False, callee=other.index
        )
    packs = [
        await _pack(database, store, hall, OLD + timedelta(days=days), one)
        for one, days in ((call, 0), (None, 0), (elsewhere, 9), (None, 9))
    ]
    day = natural_day(OLD)
    wish = (
        HoldWish(reason="dispute 3", callee=held)
        if by == "callee"
        else HoldWish(reason="dispute 3", days=(min(day, OLD.date()), day))
    )

    async def left() -> tuple[set[str], set[UUID]]:
        async with database.transaction() as session:
            found = await session.scalars(text("SELECT document_id FROM evidence_packs"))
            return set(await _consents(database)), set(found)

    async with database.transaction() as session:
        hold = await place_hold(session, TESTER, tenant_id=hall.tenant_id, wish=wish, now=NOW)
    await _prune(database)
    assert await left() == ({"F-10"}, set(packs[:2]))
    async with database.transaction() as session:
        await lift_hold(session, TESTER, tenant_id=hall.tenant_id, hold_id=hold.id, now=NOW)
    await _prune(database, NOW + timedelta(days=1))
    assert await left() == (set(), set())


async def test_given_files_of_consents_when_their_last_consent_is_gone_or_none_came_then_they_are_erased(
    database: Database, vault: Vault, hall: Hall, settings: Settings
) -> None:
    store = DocumentStore(settings.documents_dir, vault)
    of_ended, of_standing, refused, fresh = [
        await _file(database, store, hall, at) for at in (OLD, OLD, OLD, NOW - timedelta(days=29))
    ]
    phones = [vault.seal_phone(Phone.parse(f"1380000000{n}")) for n in range(2)]
    await _keep(
        database,
        hall,
        _evidence(phones[0], OLD, 10, of_ended),
        _evidence(phones[1], OLD, None, of_standing),
    )
    services = Services(settings, database, vault, None, CollectorRegistry())  # type: ignore[arg-type]
    [job] = consent_wiring.jobs(services)
    gone = []
    for _ in range(2):
        async with database.transaction() as session:
            assert not await job.work(session, NOW)
            gone.append(
                set(await session.scalars(text("SELECT id FROM documents WHERE erased_at IS NOT NULL")))
            )
        await _prune(database)
    assert gone == [{refused}, {refused, of_ended}]
    assert not store.path_of(of_ended).exists()
    assert store.path_of(of_standing).exists()
    assert store.path_of(fresh).exists()


async def _file(database: Database, store: DocumentStore, hall: Hall, at: datetime) -> UUID:
    async with database.transaction() as session:
        new = NewDocument(
            tenant_id=hall.tenant_id,
            kind="consent_import",
            file_name="forms.csv",
            media_type="text/csv",
            actor=TESTER,
            now=at,
        )
        return (await store_document(session, store, new, b"phone\n")).id


async def _pack(
    database: Database, store: DocumentStore, hall: Hall, at: datetime, call_id: UUID | None
) -> UUID:
    async with database.transaction() as session:
        new = NewDocument(
            tenant_id=hall.tenant_id,
            kind="evidence_pack",
            file_name="p.zip",
            media_type="application/zip",
            actor=TESTER,
            now=at,
        )
        document = await store_document(session, store, new, b"PK")
        await session.execute(
            text(
                """
                INSERT INTO evidence_packs (id, tenant_id, kind, call_id, first_day, last_day, with_recordings,
                    whole_phones, reason, requested_by, of_operator, requested_at, document_id, key_id, content_sha256,
                    attempts, finished_at)
                VALUES (:id, :t, CASE WHEN CAST(:call AS uuid) IS NULL THEN 'period' ELSE 'call' END, :call, :day, :day,
                    false, false, 'for the regulator', '{}', false, :at, :document, 'k', 'h', 0, :at)
                """
            ),
            {
                "id": id_at(at),
                "t": hall.tenant_id,
                "call": call_id,
                "day": at.date(),
                "at": at,
                "document": document.id,
            },
        )
    return document.id


async def test_given_old_packs_when_pruned_then_rows_and_archives_go_but_for_what_a_hold_keeps(
    database: Database, vault: Vault, hall: Hall, settings: Settings
) -> None:
    store = DocumentStore(settings.documents_dir, vault)
    async with database.transaction() as session:
        call = await add_visit(session, hall.tenant_id, OLD, recorded=False)
        await hold_call(
            session, TESTER, tenant_id=hall.tenant_id, call_id=call, reason="complaint 1", now=NOW
        )
    held = await _pack(database, store, hall, OLD, call)
    of_the_day = await _pack(database, store, hall, OLD, None)
    old = await _pack(database, store, hall, OLD + timedelta(days=9), None)
    young = await _pack(database, store, hall, NOW - timedelta(days=5), None)
    await _prune(database)
    async with database.transaction() as session:
        left = set(await session.scalars(text("SELECT document_id FROM evidence_packs")))
    assert left == {held, of_the_day, young}
    services = Services(settings, database, vault, None, CollectorRegistry())  # type: ignore[arg-type]
    [job] = wiring.jobs(services)
    async with database.transaction() as session:
        assert not await job.work(session, NOW)
        erased = (await session.execute(text("SELECT id, erased_at FROM documents ORDER BY id"))).all()
    assert {row.id for row in erased if row.erased_at == NOW} == {old}
    assert not store.path_of(old).exists()
    assert all(store.path_of(one).exists() for one in left)
