"""Contracts over HTTP: the operator's side and the tenant's."""

from datetime import date
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar
from sqlalchemy import text
from tests.support.contracts.builders import bare_tenant, contract_wish
from tests.support.hall.builders import Hall
from tests.support.hall.plugin import client_of

from yunhu.domains.billing.public import hold, settle_call
from yunhu.domains.contracts.words import ItemKind
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.ids import new_id

TODAY = date(2026, 2, 9)
PATH = "/api/v1/operator/contracts"


@pytest.fixture
def operator(operator_client: httpx.AsyncClient, hall: Hall) -> httpx.AsyncClient:
    assert hall.token
    return operator_client


def body(**changes: Any) -> dict[str, Any]:
    wish: dict[str, Any] = msgspec.to_builtins(contract_wish(TODAY))
    return {**wish, **changes}


async def created(client: httpx.AsyncClient, **changes: Any) -> str:
    answer = await client.post(PATH, params={"tenant": "yanta"}, json=body(**changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def papers(client: httpx.AsyncClient, contract_id: str) -> None:
    for kind in ("subject_certificate", "number_use_commitment"):
        paper = await client.post(
            f"{PATH}/{contract_id}/qualifications", json={"kind": kind, "reference": "no. 1"}
        )
        assert paper.status_code == 201, paper.text
        checked = await client.post(f"{PATH}/{contract_id}/qualifications/{paper.json()['id']}/check")
        assert checked.json()["checked_by"] == "operator test"


async def signed(client: httpx.AsyncClient, **changes: Any) -> str:
    contract_id = await created(client, **changes)
    await papers(client, contract_id)
    answer = await client.post(
        f"{PATH}/{contract_id}/sign", json={"signed_on": "2026-02-09", "signed_by": "both"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "signed"
    return contract_id


async def active(client: httpx.AsyncClient, **changes: Any) -> str:
    contract_id = await signed(client, **changes)
    payment = {"amount": 24_900_000, "paid_on": "2026-02-09", "reference": "bank-1"}
    answer = await client.post(f"{PATH}/{contract_id}/payments", json=payment)
    assert answer.status_code == 201, answer.text
    return contract_id


async def shown(client: httpx.AsyncClient, contract_id: str) -> dict[str, Any]:
    answer = await client.get(f"{PATH}/{contract_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_given_a_draft_when_signed_invoiced_and_paid_then_service_begins(
    operator: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    contract_id = await signed(operator)
    claim = (await shown(operator, contract_id))["claims"][0]
    # 15 working days after 2026-02-09, over the Spring Festival and its two make-up days.
    assert (claim["amount"], claim["net"], claim["vat"]) == (24_900_000, 23_490_566, 1_409_434)
    assert claim["due_on"] == "2026-03-06"
    invoice = {"claim_id": claim["id"], "invoice_number": "FP-1", "invoiced_on": "2026-02-09"}
    answer = await operator.post(f"{PATH}/{contract_id}/invoices", json=invoice)
    assert answer.json()["state"] == "awaiting_payment"
    payment = {"amount": 24_900_000, "paid_on": "2026-02-09", "reference": "bank-1"}
    answer = await operator.post(f"{PATH}/{contract_id}/payments", json=payment)
    assert answer.status_code == 201
    again = await operator.post(f"{PATH}/{contract_id}/payments", json=payment)
    assert (again.status_code, again.json()["id"]) == (409, "contracts.payment_exists")
    assert again.json()["details"]["payment_id"] == answer.json()["id"]
    mine = (await client.get("/api/v1/contracts/current")).json()
    assert (mine["contract"]["state"], mine["total"]) == ("active", 24_900_000)
    assert mine["claims"][0]["paid"] == 24_900_000


async def test_given_a_contract_when_its_clock_is_read_then_what_comes_is_dated_and_in_order(
    operator: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    contract_id = await signed(operator)
    line = (await client.get(f"/api/v1/contracts/{contract_id}/clock")).json()
    assert [(entry["day"], entry["kind"], entry["state"]) for entry in line] == [
        ("2026-02-09", "signed", "done"),
        ("2026-02-09", "term_begins", "done"),
        ("2026-03-06", "invoice_due", "coming"),
        ("2026-03-06", "payment_due", "coming"),
        ("2026-04-01", "suspension", "coming"),
        ("2026-04-05", "termination_possible", "coming"),
        ("2027-02-08", "term_ends", "coming"),
        ("2027-04-08", "settlement_due", "coming"),
    ]


async def test_given_several_causes_when_lifted_one_by_one_then_service_goes_on_after_the_last(
    operator: httpx.AsyncClient,
) -> None:
    contract_id = await active(operator)
    path = f"{PATH}/{contract_id}/suspensions"
    manual = await operator.post(path, json={"cause": "manual", "reason": "audit"})
    proposed = await operator.post(
        f"{path}/propose", json={"cause": "complaint", "subject": "c-1", "reason": "1 this month"}
    )
    again = await operator.post(
        f"{path}/propose", json={"cause": "complaint", "subject": "c-1", "reason": "1 this month"}
    )
    assert again.json()["id"] == proposed.json()["id"]
    assert proposed.json()["state"] == "proposed"
    confirmed = await operator.post(f"{path}/{proposed.json()['id']}/confirm")
    assert (confirmed.json()["state"], confirmed.json()["confirmed_by"]) == ("standing", "operator test")
    [listed] = (await operator.get(PATH)).json()["items"]
    assert listed["causes"] == ["manual", "complaint"]
    for first, state in ((manual, "suspended"), (confirmed, "active")):
        lifted = await operator.post(f"{path}/{first.json()['id']}/lift", json={"reason": "put right"})
        assert (lifted.status_code, lifted.json()["end_reason"]) == (200, "put right")
        assert (await shown(operator, contract_id))["contract"]["state"] == state
    assert (await operator.get(PATH)).json()["items"][0]["causes"] == []
    twice = await operator.post(f"{path}/{manual.json()['id']}/lift", json={"reason": "again"})
    assert (twice.status_code, twice.json()["id"]) == (409, "contracts.suspension_step_refused")


async def test_given_a_proposal_when_declined_then_service_never_stopped(operator: httpx.AsyncClient) -> None:
    contract_id = await active(operator)
    path = f"{PATH}/{contract_id}/suspensions"
    proposed = await operator.post(f"{path}/propose", json={"cause": "deviation", "reason": "one word"})
    assert (await shown(operator, contract_id))["contract"]["state"] == "active"
    declined = await operator.post(f"{path}/{proposed.json()['id']}/decline", json={"reason": "a misreading"})
    assert declined.json()["state"] == "declined"
    assert (await shown(operator, contract_id))["contract"]["state"] == "active"


@pytest.mark.parametrize("cause", ["unpaid", "qualification_expired"])
async def test_given_a_cause_that_follows_facts_when_set_by_hand_then_it_is_refused(
    operator: httpx.AsyncClient, cause: str
) -> None:
    contract_id = await active(operator)
    answer = await operator.post(
        f"{PATH}/{contract_id}/suspensions", json={"cause": cause, "reason": "because"}
    )
    assert (answer.status_code, answer.json()["id"]) == (409, "contracts.cause_is_automatic")


async def test_given_a_signed_contract_when_edited_then_only_a_supplement_changes_it(
    operator: httpx.AsyncClient,
) -> None:
    contract_id = await created(operator)
    changed = await operator.put(f"{PATH}/{contract_id}", json=body(payment_terms="at once"))
    assert changed.json()["payment_terms"] == "at once"
    signature = {"signed_on": "2026-02-09", "signed_by": "both"}
    await operator.post(f"{PATH}/{contract_id}/sign", json=signature)
    refused = await operator.put(f"{PATH}/{contract_id}", json=body())
    assert (refused.status_code, refused.json()["id"]) == (409, "contracts.not_draft")
    twice = await operator.post(f"{PATH}/{contract_id}/sign", json=signature)
    assert (twice.status_code, twice.json()["id"]) == (409, "contracts.step_refused")


async def test_given_a_supplement_when_signed_then_the_quota_is_raised_and_its_price_is_due(
    operator: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    contract_id = await active(operator)
    more = {
        "number": "S-1",
        "reason": "one robot more",
        "effective_on": "2026-02-09",
        "items": [{"kind": "robot", "name": "robot", "unit": "robot", "quota": 1, "price": 2_200_000}],
        "prepayment": 2_200_000,
        "new_last_day": "2027-03-31",
    }
    draft = await operator.post(f"{PATH}/{contract_id}/supplements", json=more)
    assert draft.status_code == 201, draft.text
    same = await operator.post(f"{PATH}/{contract_id}/supplements", json=more)
    assert same.json()["details"]["supplement_id"] == draft.json()["id"]
    before = (await client.get(f"/api/v1/contracts/{contract_id}/usage")).json()
    assert next(kind["granted"] for kind in before if kind["kind"] == "robot") == 2
    signature = {"signed_on": "2026-02-09", "signed_by": "both"}
    answer = await operator.post(
        f"{PATH}/{contract_id}/supplements/{draft.json()['id']}/sign", json=signature
    )
    assert (answer.json()["state"], answer.json()["previous_last_day"]) == ("in_force", "2027-02-08")
    found = await shown(operator, contract_id)
    assert found["contract"]["last_day"] == "2027-03-31"
    assert [(claim["kind"], claim["paid"]) for claim in found["claims"]] == [
        ("prepayment", 24_900_000),
        ("supplement", 0),
    ]
    usage = (await client.get(f"/api/v1/contracts/{contract_id}/usage")).json()
    assert next(kind["granted"] for kind in usage if kind["kind"] == "robot") == 3


async def test_given_an_early_end_when_settled_then_the_account_is_kept(
    operator: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    contract_id = await active(operator)
    early = await operator.post(
        f"{PATH}/{contract_id}/terminate", json={"ground": "unpaid", "reason": "no money"}
    )
    assert (early.status_code, early.json()["id"]) == (409, "contracts.too_early")
    assert (await operator.get(f"{PATH}/{contract_id}/account")).status_code == 409
    ended = await operator.post(
        f"{PATH}/{contract_id}/terminate", json={"ground": "tenant_breach", "reason": "resold"}
    )
    assert (ended.json()["state"], ended.json()["ended_by"]) == ("terminated", "tenant")
    account = (await operator.get(f"{PATH}/{contract_id}/account")).json()
    assert account["used"] == 12_055  # one of 365 days of two robots
    assert (account["retained"], account["returned"]) == (24_900_000 - 12_055, 0)
    assert (await client.get(f"/api/v1/contracts/{contract_id}/settlement")).status_code == 404
    settled = await operator.post(f"{PATH}/{contract_id}/settle")
    assert settled.json()["account"] == account
    assert (await client.get(f"/api/v1/contracts/{contract_id}/settlement")).json() == settled.json()


async def test_given_metered_calls_when_settled_then_each_is_charged_once(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, database: Database, hall: Hall, clock: ManualClock
) -> None:
    contract_id = await active(operator)
    calls = [new_id() for _ in range(3)]
    async with database.transaction() as session:
        for at, call_id in enumerate(calls):
            kind, now = ItemKind.VOICE_NOTIFICATION, clock.now()
            assert await hold(session, call_id=call_id, tenant_id=hall.tenant_id, kind=kind, now=now)
            await settle_call(session, call_id=call_id, answered=at > 0, now=now)
    usage = (await client.get(f"/api/v1/contracts/{contract_id}/usage")).json()
    assert {kind["kind"]: kind["used"] for kind in usage} == {
        "console": None,
        "robot": None,
        "caller_number": None,
        "voice_notification": 2,
        "call_card": 0,
    }
    await operator.post(f"{PATH}/{contract_id}/terminate", json={"ground": "agreement", "reason": "moved"})
    account = (await operator.post(f"{PATH}/{contract_id}/settle")).json()["account"]
    assert account["used"] == 12_055 + 2 * 10
    assert account["returned"] == 24_900_000 - account["used"]


@pytest.mark.parametrize(
    ("changes", "status", "id_"),
    [
        ({"last_day": "2026-02-08"}, 422, "contracts.invalid"),
        ({"first_day": "9999-01-01", "last_day": "9999-12-31"}, 422, "contracts.invalid"),
        ({"qualification_type": 3}, 400, None),
        ({"number": "a\x00b"}, 400, None),
        ({"unknown": 1}, 400, None),
    ],
)
async def test_given_a_contract_that_cannot_be_when_drafted_then_it_is_refused(
    operator: httpx.AsyncClient, changes: dict[str, Any], status: int, id_: str | None
) -> None:
    answer = await operator.post(PATH, params={"tenant": "yanta"}, json=body(**changes))
    assert answer.status_code == status, answer.text
    assert id_ is None or answer.json()["id"] == id_


async def test_given_a_number_that_is_taken_when_drafted_again_then_the_contract_is_named(
    operator: httpx.AsyncClient,
) -> None:
    contract_id = await created(operator)
    answer = await operator.post(PATH, params={"tenant": "yanta"}, json=body())
    assert (answer.status_code, answer.json()["details"]) == (409, {"contract_id": contract_id})


async def test_given_two_contracts_when_their_terms_overlap_then_the_second_is_not_signed(
    operator: httpx.AsyncClient,
) -> None:
    await signed(operator)
    other = await created(operator, number="T-2")
    answer = await operator.post(
        f"{PATH}/{other}/sign", json={"signed_on": "2026-02-09", "signed_by": "both"}
    )
    assert (answer.status_code, answer.json()["id"]) == (409, "contracts.terms_overlap")


async def test_given_a_scan_that_is_not_there_when_a_document_is_added_then_it_is_refused(
    operator: httpx.AsyncClient,
) -> None:
    contract_id = await created(operator)
    paper = {"kind": "telecom_licence", "reference": "no. 1", "document_id": str(new_id())}
    answer = await operator.post(f"{PATH}/{contract_id}/qualifications", json=paper)
    assert answer.status_code == 404


async def test_given_another_tenant_when_it_reads_then_the_contract_does_not_exist_for_it(
    operator: httpx.AsyncClient, app: Litestar, database: Database, vault: Vault, clock: ManualClock
) -> None:
    contract_id = await active(operator)
    other = await bare_tenant(database, vault, clock.now(), slug="other")
    async with client_of(app, other.token) as stranger:
        assert (await stranger.get("/api/v1/contracts")).json()["items"] == []
        for part in ("", "/clock", "/usage", "/shortfalls", "/settlement"):
            assert (await stranger.get(f"/api/v1/contracts/{contract_id}{part}")).status_code == 404
        assert (await stranger.get(PATH)).status_code == 403


async def test_given_many_contracts_when_listed_then_pages_follow_and_filters_hold(
    operator: httpx.AsyncClient,
) -> None:
    ids = [await created(operator, number=f"N-{at}") for at in range(3)]
    first = (await operator.get(PATH, params={"limit": 2, "tenant": "yanta"})).json()
    rest = (await operator.get(PATH, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [row["id"] for row in first["items"] + rest["items"]] == ids[::-1]
    assert (await operator.get(PATH, params={"state": "active"})).json()["items"] == []
    assert (await operator.get(PATH, params={"tenant": "nobody"})).status_code == 404


async def test_given_changes_when_made_then_the_history_says_who_and_what(
    operator: httpx.AsyncClient, database: Database
) -> None:
    contract_id = await active(operator)
    async with database.transaction() as session:
        query = text("SELECT action, actor_name FROM audit_entries WHERE subject_id = :id ORDER BY sequence")
        rows = (await session.execute(query, {"id": contract_id})).all()
    assert [row.action for row in rows] == [
        "contract.create",
        *("contract.qualification_add", "contract.qualification_check") * 2,
        "contract.sign",
        "contract.claim",
        "contract.payment",
        "contract.activate",
    ]
    assert {row.actor_name for row in rows} == {"operator test"}
