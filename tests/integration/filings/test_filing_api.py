"""A filing's way over HTTP: drafted and submitted by the tenant, decided by the operator, in force at the right moment."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from tests.support.hall.builders import build_hall
from tests.support.hall.plugin import client_of

from yunhu.domains.filings.review import keep_time
from yunhu.domains.identity.public import OPERATOR_SCOPES, KeyWish, create_api_key
from yunhu.domains.scripts.public import scripts_in_force
from yunhu.foundation.clock import day_start

WINDOWS = [{"days": [1, 2, 3, 4, 5], "start": "08:30", "end": "18:00"}]
PLAN = {"windows": WINDOWS, "daily_calls": 1000, "daily_messages": 1000}
YEAR = {"valid_from": "2026-02-09", "valid_until": "2026-12-31"}
ROOM = {"name": "room", "kind": "window", "max_length": 6, "pattern": "[0-9]+"}


def content(*versions: str, **more: object) -> dict[str, object]:
    return {
        "scope": "取号办事的群众",
        "purpose": "叫号提醒",
        "purposes": ["your_turn"],
        "script_versions": list(versions),
        "plan": PLAN,
        **more,
    }


@pytest.fixture
async def version_id(client):
    async def add(text: str, slug: str = "room-call") -> str:
        await client.post("/api/v1/scripts", json={"slug": slug, "name": "叫号", "channel": "voice"})
        answer = await client.post(f"/api/v1/scripts/{slug}/versions", json={"text": text, "slots": [ROOM]})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    return add


async def submitted(client, slug: str, body: dict[str, object]) -> str:
    answer = await client.post("/api/v1/filings", json={"slug": slug, "name": slug, "content": body})
    assert answer.status_code == 201, answer.text
    id_ = answer.json()["id"]
    answer = await client.post(f"/api/v1/filings/{id_}/submit")
    assert answer.status_code == 200, answer.text
    return id_


@pytest.fixture
async def reviewed(app, database, vault, clock):
    """The operator's first reviewer, somebody else than who holds `operator_client`."""
    async with database.transaction() as session:
        wish = KeyWish(name="first reviewer", scopes=sorted(OPERATOR_SCOPES), rate_per_minute=1_000_000)
        token, _ = await create_api_key(session, vault, None, wish, clock.now())

    async def review(id_: str) -> str:
        async with client_of(app, token) as first:
            answer = await first.post(f"/api/v1/operator/filings/{id_}/review", json={"remarks": "材料齐全"})
        assert (answer.status_code, answer.json()["state"]) == (200, "reviewed"), answer.text
        return id_

    return review


async def test_given_a_first_filing_when_approved_then_it_is_in_force_at_once(
    client, operator_client, reviewed, version_id, database, hall, clock
):
    wording = await version_id("请到{room}号房间")
    id_ = await submitted(client, "calls", content(wording))
    queue = await operator_client.get("/api/v1/operator/filings", params={"state": "submitted"})
    assert [item["id"] for item in queue.json()["items"]] == [id_]
    await reviewed(id_)
    queue = await operator_client.get("/api/v1/operator/filings", params={"state": "reviewed"})
    assert [item["reviewed_by"] for item in queue.json()["items"]] == ["first reviewer"]

    answer = await operator_client.post(f"/api/v1/operator/filings/{id_}/approve", json=YEAR)

    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["in_force"]) == ("effective", True)
    async with database.transaction() as session:
        assert (await scripts_in_force(session, hall.tenant_id, clock.now()))[
            "room-call"
        ].text == "请到{room}号房间"
        # The last natural day counts, the next does not.
        end = day_start(date(2027, 1, 1))
        assert "room-call" in await scripts_in_force(session, hall.tenant_id, end - timedelta(seconds=1))
        assert "room-call" not in await scripts_in_force(session, hall.tenant_id, end)
    version = (await client.get("/api/v1/scripts/room-call/versions")).json()["items"][0]
    assert (version["state"], version["approved_by"]) == ("approved", "operator test")


async def test_given_a_package_that_contradicts_itself_when_submitted_then_each_fault_has_a_code_and_both_languages(
    client, version_id
):
    wording = await version_id("请到{room}号房间")
    backwards = {
        "windows": [{"days": [1], "start": "18:00", "end": "08:30"}],
        "daily_calls": 0,
        "daily_messages": 1,
    }
    body = {"slug": "calls", "name": "calls", "content": content(wording, plan=backwards)}
    made = await client.post("/api/v1/filings", json=body)
    assert made.status_code == 201, made.text
    answer = await client.post(f"/api/v1/filings/{made.json()['id']}/submit")
    assert (answer.status_code, answer.json()["id"]) == (422, "filings.invalid")
    faults = answer.json()["details"]["faults"]
    assert [(one["code"], one["of"]) for one in faults] == [
        ("daily_calls_missing", ""),
        ("window_backwards", "18:00-08:30"),
    ]
    assert faults[1]["message_zh"] == "时段 18:00-08:30 的结束时间早于开始时间"


async def test_given_a_change_when_approved_then_it_waits_two_working_days_and_the_old_one_holds(
    client, operator_client, reviewed, version_id, database, hall, clock
):
    clock.set(datetime(2026, 2, 13, 8, 0, tzinfo=UTC))  # Friday before 春节; Saturday the 14th is worked
    old = await version_id("请到{room}号房间")
    first = await submitted(client, "calls", content(old))
    await operator_client.post(f"/api/v1/operator/filings/{await reviewed(first)}/approve", json=YEAR)
    new = await version_id("请您到{room}号房间办理")
    change = await client.post("/api/v1/filings/calls/versions", json={"content": content(new)})
    second = change.json()["id"]
    await client.post(f"/api/v1/filings/{second}/submit")
    await reviewed(second)

    answer = await operator_client.post(f"/api/v1/operator/filings/{second}/approve", json=YEAR)

    assert answer.json()["state"] == "approved"
    start = day_start(date(2026, 2, 24))  # the 14th is the first working day, the 24th the second
    assert datetime.fromisoformat(answer.json()["holds_from"]) == start
    async with database.transaction() as session:
        before = await scripts_in_force(session, hall.tenant_id, start - timedelta(microseconds=1))
        after = await scripts_in_force(session, hall.tenant_id, start)
    assert (str(before["room-call"].version_id), str(after["room-call"].version_id)) == (old, new)

    clock.set(start)
    async with database.transaction() as session:
        assert await keep_time(session, clock.now()) is False
    states = {
        item["id"]: item["state"]
        for item in (await client.get("/api/v1/filings?filing=calls")).json()["items"]
    }
    assert states == {first: "superseded", second: "effective"}
    versions = (await client.get("/api/v1/scripts/room-call/versions")).json()["items"]
    assert {item["id"]: item["state"] for item in versions} == {old: "retired", new: "approved"}


async def test_given_one_person_for_two_steps_when_tried_then_refused_and_two_others_are_needed(
    app, client, operator_client, version_id, database, vault, hall, clock
):
    wording = await version_id("请到{room}号房间")
    body = {"slug": "calls", "name": "calls", "content": content(wording)}
    drafted = await operator_client.post("/api/v1/operator/filings?tenant=yanta", json=body)
    assert drafted.status_code == 201, drafted.text
    path = f"/api/v1/operator/filings/{drafted.json()['id']}"
    await client.post(f"/api/v1/filings/{drafted.json()['id']}/submit")

    async def step(asker, name: str, body: dict[str, object]) -> tuple[int, str]:
        answer = await asker.post(f"{path}/{name}", json=body)
        return answer.status_code, answer.json().get("id" if answer.is_error else "state")

    tokens = []
    async with database.transaction() as session:
        for name in ("second operator", "third operator"):
            wish = KeyWish(name=name, scopes=sorted(OPERATOR_SCOPES), rate_per_minute=1_000_000)
            tokens.append((await create_api_key(session, vault, None, wish, clock.now()))[0])
    async with client_of(app, tokens[0]) as second, client_of(app, tokens[1]) as third:
        assert await step(operator_client, "review", {}) == (403, "filings.same_person"), "it drafted"
        assert await step(second, "approve", YEAR) == (409, "filings.state"), "nobody has reviewed it"
        assert await step(second, "review", {"remarks": "齐全"}) == (200, "reviewed")
        assert await step(second, "approve", YEAR) == (403, "filings.same_person")
        assert await step(operator_client, "approve", YEAR) == (403, "filings.same_person")
        assert await step(third, "return", {"remarks": "号码来源不清"}) == (200, "returned")
        await client.post(f"/api/v1/filings/{drafted.json()['id']}/submit")
        assert await step(second, "approve", YEAR) == (409, "filings.state"), "it is reviewed anew"
        assert await step(third, "review", {}) == (200, "reviewed")
        assert await step(second, "approve", YEAR) == (200, "effective")
    async with database.transaction() as session:
        kept = await session.execute(
            text("SELECT action FROM audit_entries WHERE subject_kind = 'filing' ORDER BY sequence")
        )
    assert [row.action for row in kept][-7:] == [
        "filing.draft",
        "filing.submit",
        "filing.review",
        "filing.return",
        "filing.submit",
        "filing.review",
        "filing.approve",
    ]


async def test_given_forbidden_content_when_submitted_then_refused_with_findings(client, version_id):
    wording = await version_id("限时抢购，请到{room}号房间领取")
    answer = await client.post(
        "/api/v1/filings", json={"slug": "calls", "name": "x", "content": content(wording)}
    )

    answer = await client.post(f"/api/v1/filings/{answer.json()['id']}/submit")

    assert (answer.status_code, answer.json()["id"]) == (422, "filings.content_refused")
    assert "限时抢购" in answer.text


async def test_given_remarks_when_returned_then_it_can_be_changed_and_submitted_again(
    client, operator_client, version_id
):
    wording = await version_id("请到{room}号房间")
    id_ = await submitted(client, "calls", content(wording))
    changed = content(wording, scope="在大厅取号的群众")
    assert (await client.put(f"/api/v1/filings/{id_}", json={"content": changed})).status_code == 409

    answer = await operator_client.post(
        f"/api/v1/operator/filings/{id_}/return", json={"remarks": "请写明号码来源"}
    )

    assert answer.json()["state"] == "returned"
    assert (await client.put(f"/api/v1/filings/{id_}", json={"content": changed})).status_code == 200
    assert (await client.post(f"/api/v1/filings/{id_}/submit")).json()["state"] == "submitted"


async def test_given_one_in_force_when_withdrawn_then_it_ends_at_once(
    client, operator_client, reviewed, version_id, database, hall, clock
):
    wording = await version_id("请到{room}号房间")
    id_ = await submitted(client, "calls", content(wording))
    await operator_client.post(f"/api/v1/operator/filings/{await reviewed(id_)}/approve", json=YEAR)
    clock.advance(timedelta(hours=1))

    assert (await client.post(f"/api/v1/filings/{id_}/withdraw")).json()["in_force"] is False

    async with database.transaction() as session:
        assert "room-call" not in await scripts_in_force(session, hall.tenant_id, clock.now())


async def test_given_another_filing_with_the_script_when_approved_then_conflict(
    client, operator_client, reviewed, version_id
):
    wording = await version_id("请到{room}号房间")
    first = await submitted(client, "calls", content(wording))
    await operator_client.post(f"/api/v1/operator/filings/{await reviewed(first)}/approve", json=YEAR)
    second = await reviewed(await submitted(client, "more-calls", content(wording)))

    answer = await operator_client.post(f"/api/v1/operator/filings/{second}/approve", json=YEAR)

    assert (answer.status_code, answer.json()["id"]) == (409, "filings.script_elsewhere")


async def test_given_a_change_when_compared_then_words_and_fields_are_told(
    client, operator_client, reviewed, version_id
):
    first = await submitted(client, "calls", content(await version_id("请到{room}号房间")))
    await operator_client.post(f"/api/v1/operator/filings/{await reviewed(first)}/approve", json=YEAR)
    wider = content(await version_id("请您到{room}号房间"), plan={**PLAN, "daily_calls": 2000})
    change = (await client.post("/api/v1/filings/calls/versions", json={"content": wider})).json()["id"]

    answer = (await client.get(f"/api/v1/filings/{change}/comparison")).json()

    assert {"name": "plan.daily_calls", "before": "1000", "after": "2000"} in answer["fields"]
    (script,) = answer["scripts"]
    assert "".join(run["text"] for run in script["runs"] if run["kind"] != "removed") == "请您到{room}号房间"
    assert answer == (await operator_client.get(f"/api/v1/operator/filings/{change}/comparison")).json()


async def test_given_another_tenants_filing_when_asked_for_then_not_found(
    app, client, database, vault, clock, version_id
):
    id_ = await submitted(client, "calls", content(await version_id("请到{room}号房间")))
    other = await build_hall(database, vault, clock.now(), slug="other")

    async with client_of(app, other.token) as stranger:
        for method, path in (("GET", ""), ("POST", "/submit"), ("POST", "/withdraw"), ("GET", "/comparison")):
            answer = await stranger.request(method, f"/api/v1/filings/{id_}{path}")
            assert answer.status_code == 404, path
        body = {"slug": "mine", "name": "x", "content": content(await version_id("请到{room}号房间"))}
        assert (await stranger.post("/api/v1/filings", json=body)).status_code == 422


async def test_given_a_wording_being_typed_when_checked_then_faults_hits_and_carriers_answer(client):
    body = {"channel": "sms", "text": "{a}{b}免费领取", "slots": [{"name": "a", "kind": "text"}]}

    answer = (await client.post("/api/v1/scripts/check", json=body)).json()

    assert any("{b}" in fault for fault in answer["faults"])
    assert {hit["category"] for hit in answer["hits"]} == {"marketing"}
    rules = {finding["rule"] for finding in answer["carriers"]}
    assert {"adjacent_variables", "signature_missing", "variable_could_carry_link"} <= rules


async def test_given_two_versions_when_compared_then_runs_give_both(client, version_id):
    await version_id("请到{room}号房间办理业务")
    await version_id("请到{room}号窗口办理业务")

    answer = (await client.get("/api/v1/scripts/room-call/compare?before=1&after=2")).json()

    runs = [(run["kind"], run["text"]) for run in answer["runs"]]
    assert ("removed", "房间") in runs
    assert ("added", "窗口") in runs


async def test_given_a_filed_document_when_the_reviewer_reads_it_then_it_comes_and_is_on_record_and_no_other_does(
    client, operator_client, version_id, database
):
    async def uploaded(name: str) -> str:
        files = {"file": (name, b"%PDF-1.7\n" + name.encode())}
        return (await client.post("/api/v1/documents?kind=filing", files=files)).json()["id"]

    paper, other = await uploaded("commitment.pdf"), await uploaded("other.pdf")
    id_ = await submitted(client, "calls", content(await version_id("请到{room}号房间"), attachments=[paper]))
    shown = (await operator_client.get(f"/api/v1/operator/filings/{id_}")).json()
    assert [one["file_name"] for one in shown["attachments"]] == ["commitment.pdf"]

    answer = await operator_client.get(f"/api/v1/operator/filings/{id_}/attachments/{paper}")

    assert (answer.status_code, answer.content) == (200, b"%PDF-1.7\ncommitment.pdf")
    refused = await operator_client.get(f"/api/v1/operator/filings/{id_}/attachments/{other}")
    assert refused.status_code == 404
    async with database.transaction() as session:
        looks = await session.scalar(
            text("SELECT count(*) FROM audit_entries WHERE action = 'look.document' AND subject_id = :id"),
            {"id": paper},
        )
    assert looks == 1
