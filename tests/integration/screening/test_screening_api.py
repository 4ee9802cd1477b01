"""Word lists over HTTP: uploaded by category, in force within a second, every version kept."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from yunhu.domains.screening.public import Screens

LISTS = "/api/v1/operator/screening/lists"


async def test_given_nothing_uploaded_when_listed_then_the_shipped_lists_are_version_0(operator_client):
    answer = (await operator_client.get(LISTS)).json()

    assert answer["version"] == 0
    assert {item["category"] for item in answer["categories"]} == {"fraud", "gambling", "marketing"}


async def test_given_an_upload_when_tried_then_its_words_are_found_and_the_others_stay(operator_client):
    body = {"words": ["敏感词甲", "敏感词乙", "敏感词甲"], "note": "第一批"}

    answer = await operator_client.put(f"{LISTS}/politics", json=body)

    assert (answer.status_code, answer.json()["version"]) == (200, 1), answer.text
    tried = await operator_client.post("/api/v1/operator/screening/try", json={"text": "敏 感 詞 甲，优惠券"})
    assert {hit["category"] for hit in tried.json()["as_variable"]} == {"politics", "marketing"}
    words = (await operator_client.get(f"{LISTS}/politics")).json()["words"]
    assert words == ["敏感词甲", "敏感词乙"]


async def test_given_a_category_replaced_when_the_former_version_is_asked_for_then_it_is_still_there(
    operator_client,
):
    await operator_client.put(f"{LISTS}/politics", json={"words": ["旧词条"]})
    await operator_client.put(f"{LISTS}/politics", json={"words": ["新词条"], "action": "warn"})

    old = (await operator_client.get(f"{LISTS}/politics", params={"version": 1})).json()
    new = (await operator_client.get(f"{LISTS}/politics")).json()

    assert (old["words"], old["action"], new["words"], new["action"]) == (
        ["旧词条"],
        "refuse",
        ["新词条"],
        "warn",
    )
    versions = (await operator_client.get("/api/v1/operator/screening/versions?limit=1")).json()
    assert [item["version"] for item in versions["items"]] == [2]
    assert versions["next_cursor"]
    await operator_client.put(f"{LISTS}/politics", json={"words": []})
    assert (await operator_client.get(f"{LISTS}/politics")).status_code == 404


@pytest.mark.parametrize("words", [["x"], ["，。"], ["字" * 51]])
async def test_given_words_that_cannot_be_searched_for_when_uploaded_then_refused(operator_client, words):
    answer = await operator_client.put(f"{LISTS}/politics", json={"words": words})

    assert (answer.status_code, answer.json()["id"]) == (422, "screening.list_invalid")


async def test_given_a_tenant_key_when_lists_are_asked_for_then_forbidden(client):
    assert (await client.get(LISTS)).status_code == 403


async def test_given_kept_screens_when_a_version_is_uploaded_then_seen_after_a_second(
    operator_client, database
):
    now = [0.0]
    screens = Screens(lambda: now[0])
    async with database.transaction() as session:
        first = await screens.current(session)
    await operator_client.put(f"{LISTS}/politics", json={"words": ["敏感词甲"]})

    async with database.transaction() as session:
        assert await screens.current(session) is first
        now[0] = 1.0
        second = await screens.current(session)
        now[0] = 5.0
        assert await screens.current(session) is second
    assert (first.version, second.version) == (0, 1)


async def test_given_a_stored_version_when_changed_then_the_database_refuses(operator_client, database):
    await operator_client.put(f"{LISTS}/politics", json={"words": ["敏感词甲"]})

    with pytest.raises(DBAPIError, match="replaced by a new version"):
        async with database.transaction() as session:
            await session.execute(text("UPDATE screening_versions SET lists = '{}'"))
