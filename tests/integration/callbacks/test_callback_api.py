import httpx


async def test_given_a_new_endpoint_when_managed_over_http_then_its_secret_is_shown_once(
    client: httpx.AsyncClient,
) -> None:
    made = await client.post("/api/v1/callback-endpoints", json={"url": "https://hall.example/hook"})
    assert made.status_code == 201, made.text
    assert made.json()["secret"].startswith("whsec_")
    path = f"/api/v1/callback-endpoints/{made.json()['endpoint']['id']}"
    assert "secret" not in (await client.get(path)).json()
    changed = await client.patch(path, json={"event_types": ["callee.refused"]})
    assert changed.json()["event_types"] == ["callee.refused"]
    assert (await client.post(f"{path}/pause")).json()["state"] == "paused"
    assert (await client.post(f"{path}/resume")).json()["state"] == "active"
    assert (await client.post(f"{path}/rotate")).json()["secret"] != made.json()["secret"]
    sent = await client.post(f"{path}/test")
    assert sent.status_code == 202
    delivery = f"/api/v1/callback-deliveries/{sent.json()['id']}"
    assert (await client.get(delivery)).json()["type"] == "callback.test"
    assert (await client.get(f"{delivery}/tries")).json() == {"items": [], "next_cursor": None}
    assert (await client.post(f"{delivery}/redeliver")).status_code == 409
    listed = await client.get(
        "/api/v1/callback-deliveries", params={"state": "pending", "type": "callback.test"}
    )
    assert [item["id"] for item in listed.json()["items"]] == [sent.json()["id"]]
    assert (await client.get("/api/v1/callback-deliveries", params={"state": "dead"})).json()["items"] == []
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == 404
    assert (await client.get(delivery)).status_code == 404


async def test_given_bad_wishes_when_posted_then_each_has_its_own_problem(client: httpx.AsyncClient) -> None:
    async def refused(**body: object) -> str:
        answer = await client.post("/api/v1/callback-endpoints", json=body)
        return str(answer.json()["id"])

    assert await refused(url="http://127.0.0.1/x") == "callbacks.url_refused"
    assert await refused(url="https://a.example/", event_types=["no.such"]) == "callbacks.event_type_unknown"
    assert (await client.post("/api/v1/callback-endpoints", json={"url": "https://a.example/"})).is_success
    assert await refused(url="https://a.example/") == "callbacks.endpoint_exists"
