"""Contracts."""

from tests.support.console.pages import PageCase
from tests.support.console.people import TENANT, Cast

_OURS = "/operator/contracts"


async def _contract(cast: Cast) -> str:
    """The example hall's contract of today, with a cause that is proposed against its service."""
    contract = (await cast.call("tenant:supervisor", "GET", "/contracts/current"))["contract"]
    body = {"cause": "complaint", "reason": "本月第二起有效投诉", "subject": "console"}
    await cast.call("operator:finance", "POST", f"{_OURS}/{contract['id']}/suspensions/propose", body)
    return str(contract["id"])


async def _own(cast: Cast) -> str:
    return f"/contracts/{await _contract(cast)}"


async def _of_operator(cast: Cast) -> str:
    return f"/operator/contracts/{await _contract(cast)}"


async def _draft(cast: Cast) -> str:
    """A contract of next year that is not signed yet."""
    number = "DRAFT-2027"
    listed = await cast.call("operator:finance", "GET", f"{_OURS}?tenant={TENANT}&state=draft")
    known = [row["id"] for row in listed["items"] if row["number"] == number]
    if known:
        return f"/operator/contracts/{known[0]}/edit"
    body = {
        "number": number,
        "operator_name": "示例通信服务有限公司",
        "tenant_name": "西安市雁塔区政务服务大厅",
        "first_day": "2027-01-01",
        "last_day": "2027-12-31",
        "prepayment": 4_600_000,
        "vat_basis_points": 1300,
        "qualification_type": 2,
        "items": [
            {"kind": "robot", "name": "变量语音机器人", "unit": "个", "quota": 2, "price": 7_300_001},
            {
                "kind": "voice_notification",
                "name": "语音通知",
                "unit": "条",
                "quota": 1000,
                "price": 10_000,
                "last_day": "2027-06-30",
            },
        ],
    }
    made = await cast.call("operator:finance", "POST", f"{_OURS}?tenant={TENANT}", body)
    return f"/operator/contracts/{made['id']}/edit"


async def _list(cast: Cast) -> str:
    return f"/operator/contracts?tenant={TENANT}"


PAGES = (
    PageCase(route="/contracts", role="tenant:supervisor", ready="tbody tr", api="/contracts"),
    PageCase(route="/contracts/:id", role="tenant:supervisor", ready="svg circle", prepare=_own),
    PageCase(
        route="/operator/contracts", role="operator:finance", ready="tbody tr", api=_OURS, prepare=_list
    ),
    PageCase(route="/operator/contracts/new", role="operator:finance", ready="form"),
    PageCase(
        route="/operator/contracts/:id/edit",
        role="operator:finance",
        ready="form fieldset",
        prepare=_draft,
    ),
    PageCase(
        route="/operator/contracts/:id", role="operator:finance", ready="svg circle", prepare=_of_operator
    ),
)
