"""Metrics of several HTTP processes as one: each counts in a file of its own, whoever is asked adds them up."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Metric, values
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

_DIRECTORY: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus_client looks for the directory; the environment is what worker processes inherit."""
_OF_ONE_PROCESS: Final = "process_"
"""Names of what says something of one process only, such as its memory."""


def share_metrics(directory: Path) -> None:
    """Have this process and those that it starts count in files below `directory`, which is empty.

    To be called before the first metric is made. What a process counted stays when it ends, as a counter should.
    """
    os.environ[_DIRECTORY] = str(directory)
    # The library has chosen while it was imported, and forked workers do not import it again.
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]


def exposition(registry: CollectorRegistry) -> bytes:
    """The text for Prometheus: of every process where they share, else of this one."""
    directory = os.environ.get(_DIRECTORY)
    if directory is None:
        return generate_latest(registry)
    together = CollectorRegistry()
    together.register(_Together(registry, directory))
    return generate_latest(together)


class _Together(Collector):
    """What the registry of this process knows, with the figures of all processes."""

    def __init__(self, registry: CollectorRegistry, directory: str) -> None:
        self._registry = registry
        self._directory = directory

    def collect(self) -> Iterator[Metric]:
        """Files may hold more: child processes of workers that count for themselves. That is left out."""
        files = MultiProcessCollector(CollectorRegistry(), path=self._directory)  # type: ignore[no-untyped-call]
        shared = {metric.name: metric for metric in files.collect()}  # type: ignore[no-untyped-call]
        for metric in self._registry.collect():
            if not metric.name.startswith(_OF_ONE_PROCESS):
                yield shared.get(metric.name, metric)
