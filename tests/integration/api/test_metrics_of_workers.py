"""Two HTTP processes, one answer at /metrics: what any of them counted."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

REQUESTS = 60
COUNTED = re.compile(
    r'^yunhu_http_request_duration_seconds_count\{method="GET",route="/healthz",status="200"\} (\S+)$', re.M
)


@pytest.fixture
def api(still_database_url: str, tmp_path: Path) -> Iterator[str]:
    """`yunhu api` with two workers; its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "YUNHU_DATABASE_URL": still_database_url,
        "YUNHU_DATA_DIR": str(tmp_path / "data"),
        "YUNHU_HTTP_PORT": str(port),
        "YUNHU_HTTP_WORKERS": "2",
        "TMPDIR": str(tmp_path),
    }
    with (tmp_path / "api.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "yunhu.entrypoints.cli", "api"], env=environment, stdout=log, stderr=log
        )
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: answers(url))
        yield url
    finally:
        process.terminate()
        process.wait(timeout=60)
    assert list(tmp_path.glob("yunhu-metrics-*")) == []


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def until(condition: object, seconds: float = 150) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        time.sleep(0.05)


def metrics(url: str) -> str:
    return httpx.get(f"{url}/metrics", trust_env=False).text


def counted(url: str) -> float:
    found = COUNTED.search(metrics(url))
    return float(found[1]) if found else 0.0


def test_given_two_http_processes_when_each_answers_some_requests_then_every_answer_at_metrics_counts_all(
    api: str, tmp_path: Path
) -> None:
    for _ in range(REQUESTS):
        assert httpx.get(f"{api}/healthz", trust_env=False).status_code == 200
    until(lambda: counted(api) == REQUESTS)
    assert {counted(api) for _ in range(20)} == {REQUESTS}
    files = list(tmp_path.glob("yunhu-metrics-*/histogram_*.db"))
    assert len(files) == 2, "both processes answered"
    text = metrics(api)
    assert "process_resident_memory_bytes" not in text
    assert "yunhu_calls_live" not in text
    assert "python_info" in text
