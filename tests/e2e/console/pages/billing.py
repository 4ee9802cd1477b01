"""Usage, statements, the ledger, comparisons."""

from tests.support.console.money import closed_month, comparison
from tests.support.console.pages import PageCase
from tests.support.console.people import TENANT, Cast

_OURS = "/operator/billing"


async def _ledger(cast: Cast) -> str:
    await closed_month(cast)
    return "/ledger"


async def _operator_ledger(cast: Cast) -> str:
    await closed_month(cast)
    return f"/operator/ledger?tenant={TENANT}"


async def _statements(cast: Cast) -> str:
    await closed_month(cast)
    return "/statements"


async def _operator_statements(cast: Cast) -> str:
    await closed_month(cast)
    return "/operator/statements"


async def _statement(cast: Cast) -> str:
    return f"/statements/{await closed_month(cast)}"


async def _operator_statement(cast: Cast) -> str:
    return f"/operator/statements/{await closed_month(cast)}"


async def _usage(_: Cast) -> str:
    return f"/operator/usage?tenant={TENANT}"


async def _runs(cast: Cast) -> str:
    await comparison(cast)
    return f"/operator/reconciliations?tenant={TENANT}"


async def _run(cast: Cast) -> str:
    return f"/operator/reconciliations/{await comparison(cast)}"


PAGES = (
    PageCase(route="/usage", role="tenant:supervisor", ready="[data-test=quota]", api="/billing/usage"),
    PageCase(
        route="/operator/usage",
        role="operator:finance",
        ready="[data-test=quota]",
        api=f"{_OURS}/usage?tenant={TENANT}",
        prepare=_usage,
    ),
    PageCase(
        route="/statements",
        role="tenant:supervisor",
        ready="tbody tr",
        api="/billing/statements",
        prepare=_statements,
    ),
    PageCase(
        route="/statements/:id", role="tenant:supervisor", ready="[data-test=statement]", prepare=_statement
    ),
    PageCase(
        route="/operator/statements",
        role="operator:finance",
        ready="tbody tr",
        api=f"{_OURS}/statements",
        prepare=_operator_statements,
    ),
    PageCase(
        route="/operator/statements/:id",
        role="operator:finance",
        ready="[data-test=statement]",
        prepare=_operator_statement,
    ),
    PageCase(
        route="/ledger", role="tenant:supervisor", ready="tbody tr", api="/billing/accounts", prepare=_ledger
    ),
    PageCase(
        route="/operator/ledger",
        role="operator:finance",
        ready="tbody tr",
        api=f"{_OURS}/accounts?tenant={TENANT}",
        prepare=_operator_ledger,
    ),
    PageCase(
        route="/operator/reconciliations",
        role="operator:finance",
        ready="tbody tr",
        api=f"{_OURS}/reconciliations?tenant={TENANT}",
        prepare=_runs,
    ),
    PageCase(
        route="/operator/reconciliations/:id",
        role="operator:finance",
        ready=".causes button",
        prepare=_run,
    ),
)
