"""Scripts as the console lists and checks them."""

import httpx
from tests.support.hall.builders import Hall


async def test_given_scripts_when_listed_then_each_tells_its_newest_version_and_the_one_in_use(
    client: httpx.AsyncClient, hall: Hall
) -> None:
    await client.post("/api/v1/scripts", json={"slug": "empty", "name": "空", "channel": "sms"})
    draft = await client.post("/api/v1/scripts/menu/versions", json={"text": "重听请按1"})
    assert draft.status_code == 201, draft.text

    listed = {one["slug"]: one for one in (await client.get("/api/v1/scripts")).json()["items"]}

    assert (listed["empty"]["newest"], listed["empty"]["approved"]) == (None, None)
    menu = listed["menu"]
    assert menu["newest"] == {"id": draft.json()["id"], "number": draft.json()["number"], "state": "draft"}
    assert menu["approved"]["id"] == str(hall.versions["menu"])
    assert (await client.get("/api/v1/scripts/menu")).json() == menu
    assert (await client.get("/api/v1/scripts/nothing")).status_code == 404


async def test_given_a_channel_when_scripts_are_listed_then_the_others_are_left_out(
    client: httpx.AsyncClient, hall: Hall
) -> None:
    for channel in ("voice", "sms"):
        items = (await client.get("/api/v1/scripts", params={"channel": channel})).json()["items"]
        assert {one["channel"] for one in items} == {channel}


async def test_given_a_wording_when_checked_then_a_short_message_is_told_its_longest_length(
    client: httpx.AsyncClient,
) -> None:
    slots = [{"name": "matter", "kind": "text", "max_length": 60}]
    body = {"channel": "sms", "text": "【政务大厅】您办理的{matter}", "slots": slots}
    assert (await client.post("/api/v1/scripts/check", json=body)).json()["length"] == {
        "characters": 70,
        "parts": 1,
    }
    longer = {**body, "text": body["text"] + "。"}
    assert (await client.post("/api/v1/scripts/check", json=longer)).json()["length"]["parts"] == 2
    voice = {**body, "channel": "voice"}
    assert (await client.post("/api/v1/scripts/check", json=voice)).json()["length"] is None
