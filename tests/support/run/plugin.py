"""How a run of the tests spends its time: garbage, and which worker gets which tests when."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from yunhu.foundation.warmup import settle

_TOGETHER = ("tests/e2e/console/",)
"""Folders that start something for all their files: one worker has the whole folder, and starts it once."""
_SECONDS = {
    "tests/e2e/console/": 800,
    "tests/contract/api/test_openapi.py": 200,
    "tests/e2e/telephony/test_lossy_line.py": 130,
    "tests/integration/cli/test_up.py": 80,
    "tests/e2e/main_job/test_running_product.py": 80,
    "tests/integration/exports/test_exports.py": 60,
    "tests/integration/sandbox/test_try_it.py": 80,
    "tests/e2e/dispatch/test_killed_nodes.py": 65,
    "tests/integration/speech/test_callee_understands.py": 60,
    "tests/e2e/monitoring/test_watched_product.py": 50,
    "tests/e2e/speech/test_announcements.py": 55,
    # 210, but phones listen in it: it begins when the browser is done.
    "tests/e2e/main_job/test_callee_understands.py": 50,
    "tests/integration/notifications/test_killed_intake.py": 40,
}
"""What takes longer than its number of tests says, about, on two cores."""
_A_TEST = {"tests/unit/": 0.02, "tests/integration/docs/": 0.1, "tests/": 1.2}
"""Seconds that a test takes elsewhere, about, by the first folder that fits; they decide an order and nothing else."""


def unit_of(nodeid: str) -> str:
    """The tests that one worker runs one after the other: a file, or a folder of `_TOGETHER`."""
    return next((folder for folder in _TOGETHER if nodeid.startswith(folder)), nodeid.partition("::")[0])


class LongestFirst(LoadFileScheduling):
    """Like `loadfile`, by time: what is long begins first, so that no worker is left alone with it at the end."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the order of the collection is by time already

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LongestFirst | None:
    """Take the place of `loadfile`, and of no other distribution."""
    return LongestFirst(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker: the longest unit first; the order within it stays."""
    if not hasattr(config, "workerinput"):
        return
    seconds: dict[str, float] = {}
    for item in items:
        unit = unit_of(item.nodeid)
        usual = next(time for folder, time in _A_TEST.items() if unit.startswith(folder))
        seconds[unit] = seconds.get(unit, 0) + usual
    seconds.update((unit, time) for unit, time in _SECONDS.items() if unit in seconds)
    items.sort(key=lambda item: -seconds[unit_of(item.nodeid)])


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave modules and collected tests out of garbage collections, which were a sixth of a run's CPU time."""
    settle()
