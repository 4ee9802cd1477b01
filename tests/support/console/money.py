"""Money of the example hall that the console's pages show: a closed month, a comparison with a carrier's file."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.support.console.people import TENANT, Cast

from yunhu.foundation.clock import natural_day

CARRIER = "caller,callee,start,duration\n02900000001,13900001111,{day} 09:30:00,21\n02900000002,nobody,{day} 09:31:00,5\n"
EARLIER = "EX-2025-0001"
"""A contract of the year before, which is over: its months can be closed."""


_LOOK_SECONDS = 0.1


def today() -> date:
    """China's."""
    return natural_day(datetime.now(UTC))


async def earlier_contract(cast: Cast) -> str:
    """Its id; of the two months before this one, with a robot that is paid by the day."""
    listed = await cast.call("operator:finance", "GET", f"/operator/contracts?tenant={TENANT}")
    known = [row["id"] for row in listed["items"] if row["number"] == EARLIER]
    if known:
        return str(known[0])
    end = today().replace(day=1) - timedelta(days=1)
    begin = (end.replace(day=1) - timedelta(days=1)).replace(day=1)
    body = {
        "number": EARLIER,
        "operator_name": "示例通信服务有限公司",
        "tenant_name": "西安市雁塔区政务服务大厅",
        "first_day": str(begin),
        "last_day": str(end),
        "prepayment": 1_000_000,
        "items": [
            {"kind": "robot", "name": "变量语音机器人", "unit": "个", "quota": 2, "price": 730_000},
            {"kind": "voice_notification", "name": "语音通知", "unit": "条", "quota": 1000, "price": 10_000},
        ],
        "service_start": "on_first_day",
        "required_documents": [],
    }
    made = await cast.call("operator:finance", "POST", f"/operator/contracts?tenant={TENANT}", body)
    path = f"/operator/contracts/{made['id']}"
    await cast.call(
        "operator:finance", "POST", f"{path}/sign", {"signed_on": str(begin), "signed_by": "王某、李某"}
    )
    paid = {"amount": 1_000_000, "paid_on": str(begin), "reference": "20250901-0001"}
    await cast.call("operator:finance", "POST", f"{path}/payments", paid)
    return str(made["id"])


async def closed_month(cast: Cast) -> str:
    """Id of a statement of the earlier contract."""
    contract_id = await earlier_contract(cast)
    listed = await cast.call("operator:finance", "GET", f"/operator/billing/statements?tenant={TENANT}")
    if listed["items"]:
        return str(listed["items"][-1]["id"])
    begin = (await cast.call("operator:finance", "GET", f"/operator/contracts/{contract_id}"))["contract"]
    body = {"contract_id": contract_id, "month": begin["first_day"]}
    closed = await cast.call("operator:finance", "POST", "/operator/billing/statements", body)
    return str(closed["id"])


async def comparison(cast: Cast) -> str:
    """Id of a comparison of yesterday's calls with a carrier's file that knows calls of its own."""
    listed = await cast.call("operator:finance", "GET", f"/operator/billing/reconciliations?tenant={TENANT}")
    if listed["items"]:
        return str(listed["items"][0]["id"])
    day = str(today() - timedelta(days=1))
    person = await cast.person("operator:finance")
    kept = await cast.http.post(
        "/operator/documents?kind=call_details",
        files={"file": ("details.csv", CARRIER.format(day=day).encode())},
        headers=person.headers(),
    )
    assert kept.status_code == 201, kept.text
    wish = {"first_day": day, "last_day": day}
    body = {"document_id": kept.json()["id"], "wish": wish}
    path = f"/operator/billing/reconciliations?tenant={TENANT}"
    begun = await cast.call("operator:finance", "POST", path, body)

    task = await ended_task(cast, begun["task_id"])
    assert task["state"] == "done", task
    return str(task["report"]["reconciliation_id"])


async def ended_task(cast: Cast, task_id: str) -> dict[str, Any]:
    """A task of the operator, once it is over."""
    async with asyncio.timeout(60):
        while True:
            task: dict[str, Any] = await cast.call("operator:finance", "GET", f"/operator/tasks/{task_id}")
            if task["state"] in {"done", "failed", "cancelled"}:
                return task
            await asyncio.sleep(_LOOK_SECONDS)
