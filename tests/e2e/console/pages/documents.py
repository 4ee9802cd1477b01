"""Documents of either side."""

from tests.support.console.pages import PageCase
from tests.support.console.people import Cast

PDF = b"%PDF-1.7\n" + b"console\n" * 900


async def kept(cast: Cast, role: str, path: str, name: str) -> None:
    """A paper of a side's own."""
    person = await cast.person(role)
    answer = await cast.http.post(path, files={"file": (name, PDF)}, headers=person.headers())
    assert answer.status_code == 201, answer.text


async def _of_tenant(cast: Cast) -> str:
    await kept(cast, "tenant:administrator", "/documents?kind=attachment", "办公场所租赁合同（扫描件）.pdf")
    return "/documents"


async def _of_operator(cast: Cast) -> str:
    path = "/operator/documents?kind=qualification"
    await kept(cast, "operator:administrator", path, "营业执照.pdf")
    return "/operator/documents"


PAGES = (
    PageCase(
        route="/documents",
        api="/documents",
        role="tenant:administrator",
        ready="tbody tr",
        prepare=_of_tenant,
    ),
    PageCase(
        route="/operator/documents",
        api="/operator/documents",
        role="operator:administrator",
        ready="tbody tr",
        prepare=_of_operator,
    ),
)
