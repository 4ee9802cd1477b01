"""Says at the start and at the end of a test run which peers are left out, and skips what needs them."""

import pytest
from tests.support.peers.availability import INSTALL_COMMAND, PEERS, missing_peers, summary_lines


def pytest_report_header() -> list[str]:
    """The block at the start."""
    return summary_lines()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip each test marked `peer(name, …)` of which a peer is missing."""
    missing = missing_peers()
    for item in items:
        names = [name for mark in item.iter_markers("peer") for name in mark.args]
        unknown = [name for name in names if name not in PEERS]
        if unknown:
            raise pytest.UsageError(f"{item.nodeid}: unknown peer {unknown[0]!r}; known: {', '.join(PEERS)}")
        reasons = [f"{name}: {missing[name]}" for name in names if name in missing]
        if reasons:
            item.add_marker(pytest.mark.skip(reason=f"{'; '.join(reasons)}; run {INSTALL_COMMAND}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The block at the end; in red when a proof was not made."""
    missing = missing_peers()
    terminalreporter.section("peers", red=bool(missing), green=not missing)
    for line in summary_lines():
        terminalreporter.write_line(line, red=bool(missing))
