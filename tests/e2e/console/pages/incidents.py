"""Notices and fault reports."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.support.console.pages import PageCase
from tests.support.console.people import TENANT, Cast


async def _notice(cast: Cast) -> None:
    begin = datetime.now(UTC) + timedelta(days=9)
    body = {
        "reference": f"N-{uuid4()}",
        "kind": "maintenance",
        "title": "语音网关例行维护",
        "body": "维护期间电话通知暂停，短信不受影响。\n恢复后自动补发仍在时限内的通知。",
        "starts_at": begin.isoformat(),
        "ends_at": (begin + timedelta(hours=2)).isoformat(),
        "tenants": [TENANT],
    }
    await cast.call("operator:support", "POST", "/operator/notices", body)


async def _fault(cast: Cast) -> str:
    body = {
        "reference": f"F-{uuid4()}",
        "title": "上午 9 点起电话均未接通",
        "description": "三楼大厅 1–6 号窗口，仍在发生。",
        "severity": "major",
    }
    fault = await cast.call("tenant:supervisor", "POST", "/fault-reports", body)
    return str(fault["id"])


async def _notices(cast: Cast) -> str:
    await _notice(cast)
    return "/notices"


async def _publish(cast: Cast) -> str:
    await _notice(cast)
    return "/operator/notices"


async def _faults(cast: Cast) -> str:
    await _fault(cast)
    return "/faults"


async def _operator_faults(cast: Cast) -> str:
    await _fault(cast)
    return "/operator/faults"


async def _one_fault(cast: Cast) -> str:
    return f"/faults/{await _fault(cast)}"


async def _one_operator_fault(cast: Cast) -> str:
    return f"/operator/faults/{await _fault(cast)}"


PAGES = (
    PageCase(route="/notices", api="/notices", role="tenant:supervisor", ready="article", prepare=_notices),
    PageCase(
        route="/faults", api="/fault-reports", role="tenant:supervisor", ready="tbody tr", prepare=_faults
    ),
    PageCase(route="/faults/:id", role="tenant:supervisor", ready="ol li", prepare=_one_fault),
    PageCase(
        route="/operator/notices",
        api="/operator/notices",
        role="operator:support",
        ready="tbody tr",
        prepare=_publish,
    ),
    PageCase(
        route="/operator/faults",
        api="/operator/fault-reports",
        role="operator:support",
        ready="tbody tr",
        prepare=_operator_faults,
    ),
    PageCase(
        route="/operator/faults/:id", role="operator:support", ready="ol li", prepare=_one_operator_fault
    ),
)
