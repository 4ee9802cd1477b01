"""A thread that does small jobs in order, so that neither the clock nor the event loop has to."""

import queue
import threading
from collections.abc import Callable

import structlog

_log = structlog.get_logger(__name__)


class Worker:
    """One daemon thread and its queue. A job that fails is logged; the next one runs."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Do what was submitted, then end. Blocks."""
        self._jobs.put(None)
        self._thread.join()

    @property
    def backlog(self) -> int:
        """Jobs that wait."""
        return self._jobs.qsize()

    def submit(self, job: Callable[[], None]) -> None:
        """Do `job` after those before it."""
        self._jobs.put(job)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:
                _log.exception("media_job_failed", worker=self._thread.name)
            del job
