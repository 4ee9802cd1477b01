"""By which way each tenant's cards go out, as the operator sees it."""

import httpx
from tests.support.hall.builders import Hall, build_hall

from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

PATH = "/api/v1/operator/card-carriers"


async def test_given_tenants_with_and_without_a_way_when_listed_then_each_stands_there_page_by_page(
    operator_client: httpx.AsyncClient, hall: Hall, database: Database, vault: Vault, clock: ManualClock
) -> None:
    await build_hall(database, vault, clock.now(), slug="beilin")
    body = {
        "kind": "http_push",
        "config": {"url": "https://cards.example", "secret": {"env": "YUNHU_SECRET_CARDS"}},
    }
    assert (await operator_client.put(f"{PATH}/yanta", json=body)).status_code == 200

    first = (await operator_client.get(PATH, params={"limit": 1})).json()
    second = (await operator_client.get(PATH, params={"limit": 1, "cursor": first["next_cursor"]})).json()

    assert [(row["tenant"], row["carrier"]) for row in first["items"]] == [("beilin", None)]
    (row,) = second["items"]
    assert (row["tenant"], row["carrier"]["kind"], row["carrier"]["lead_ms"]) == ("yanta", "http_push", 2000)
    assert second["next_cursor"] is None


async def test_given_a_tenants_key_when_the_ways_are_asked_for_then_forbidden(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.get(PATH)).status_code == 403
