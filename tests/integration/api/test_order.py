"""Lists that can be read from their oldest row on: the same rows, the other way round, page by page."""

from typing import Any

import httpx
import pytest

_FAULT = {
    "title": "电话未接通",
    "description": "上午 9 点起",
    "severity": "minor",
    "security_incident": False,
}
_COMPLAINT = {"source": "direct", "about": "other", "text": "不愿再接到来电"}


async def _made(client: httpx.AsyncClient, at: str) -> None:
    for number in range(3):
        if at == "/api/v1/fault-reports":
            answer = await client.post(at, json={**_FAULT, "reference": f"F-{number}"})
            assert answer.is_success, answer.text
        if at == "/api/v1/complaints":
            body = {**_COMPLAINT, "reference": f"C-{number}", "received_at": "2026-02-09T01:00:00Z"}
            answer = await client.post(at, json=body)
            assert answer.is_success, answer.text


async def _walk(client: httpx.AsyncClient, at: str, order: str) -> list[Any]:
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await client.get(at, params={"order": order, "limit": 2, **cursor})).json()
        found += [item.get("id", item.get("sequence")) for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.parametrize("at", ["/api/v1/fault-reports", "/api/v1/complaints", "/api/v1/audit"])
async def test_given_a_list_when_read_from_the_oldest_on_then_it_is_the_same_the_other_way_round(
    client: httpx.AsyncClient, at: str
) -> None:
    await _made(client, at)
    if at == "/api/v1/audit":
        await _made(client, "/api/v1/fault-reports")
    newest = await _walk(client, at, "newest")
    assert len(newest) >= 3
    assert newest == sorted(newest, reverse=True)
    assert await _walk(client, at, "oldest") == newest[::-1]
