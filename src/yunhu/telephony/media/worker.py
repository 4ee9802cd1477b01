"""A thread that does small jobs in order, so that neither the clock nor the event loop has to."""

import queue
import threading
from collections import deque
from collections.abc import Callable

import structlog

_log = structlog.get_logger(__name__)


class Worker:
    """One daemon thread and its queue. A job that fails is logged; the next one runs."""

    def __init__(self, name: str) -> None:
        self._jobs: deque[Callable[[], None]] = deque()
        self._calls: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._held = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Do what was submitted, then end. Blocks."""
        self._stopping = True
        self._calls.put(None)
        self._thread.join()

    @property
    def backlog(self) -> int:
        """Jobs that wait."""
        return len(self._jobs)

    def submit(self, job: Callable[[], None]) -> None:
        """Do `job` after those before it; while held, not before the release."""
        self._jobs.append(job)
        if not self._held:
            self._calls.put(None)

    def hold(self) -> None:
        """Let jobs gather, so that the thread does not contend for the interpreter lock with who submits them."""
        self._held = True

    def release(self) -> None:
        """Start on what has gathered."""
        self._held = False
        if self._jobs:
            self._calls.put(None)

    def _run(self) -> None:
        while True:
            self._calls.get()
            while self._jobs:
                self._do(self._jobs.popleft())
            if self._stopping:
                return

    def _do(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception:
            _log.exception("media_job_failed", worker=self._thread.name)
