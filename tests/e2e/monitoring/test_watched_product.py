"""The running product, watched and tried out over plain HTTP: API and node are processes of their own."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.main_job.product import HallClient, RunningProduct

from yunhu.entrypoints.up_first_start import EXAMPLE_SLUG

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("speech-models")]

FIRST_CALL_SECONDS = 200
"""A first call waits for the speech model to be joined and loaded, and for four sentences to be rendered."""


class Viewer:
    """Reads the stream as a browser does."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines
        self.calls: list[dict[str, Any]] = []

    async def until(self, condition: Any, limit: float) -> dict[str, Any]:
        """The next row of a call that fits."""
        async with asyncio.timeout(limit):
            name = ""
            async for line in self._lines:
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                if line.startswith("data: ") and name == "calls":
                    for row in json.loads(line.removeprefix("data: "))["changed"]:
                        self.calls.append(row)
                        if condition(row):
                            return dict(row)
        raise AssertionError("the stream has ended")


@asynccontextmanager
async def watched(url: str, token: str) -> AsyncIterator[Viewer]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=60) as client,
        client.stream("GET", "/api/v1/live/stream") as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Viewer(answer.aiter_lines())


async def test_given_the_running_product_when_a_visitor_is_tried_out_then_it_is_watched_heard_and_stopped(
    tmp_path: Path,
) -> None:
    lent = tmp_path / "lent"
    lent.mkdir()
    async with RunningProduct(tmp_path, lent=lent, secrets={}) as product:
        # The shipped example: the sandbox carrier, open day and night, with a key of its own.
        token = (product.data_dir / "keys" / f"{EXAMPLE_SLUG}.key").read_text().strip()
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            HallClient(product.url, token) as hall,
            httpx.AsyncClient(
                base_url=f"{product.url}/api/v1", headers=headers, trust_env=False, timeout=120
            ) as api,
            watched(product.url, token) as viewer,
        ):
            visit = await _take_number(api, "13800138000")
            await _step(api, visit, event="called", window="3")
            ended = await viewer.until(lambda row: row["stage"] == "ended", FIRST_CALL_SECONDS)
            stages = [row["stage"] for row in viewer.calls]
            assert "speaking" in stages
            assert "waiting_for_key" in stages
            assert ended["result"] == "answered"
            spoken = [row["line"] for row in viewer.calls if row["stage"] == "speaking"]
            assert any("3" in line and "号窗口" in line for line in spoken)

            path = f"/sandbox/visits/{visit}"
            heard = await hall.shown(path, lambda shown: shown["calls"][0]["heard"], "the call was heard", 10)
            assert (await hall.octets(heard))[:4] == b"RIFF"
            peaks = await hall.show(f"/calls/{ended['call_id']}/recording/peaks")
            assert max(peaks["channels"][0]) > 20

            second = await _take_number(api, "13800001002")
            await _step(api, second, event="called", window="4")
            ringing = await viewer.until(lambda row: row["stage"] == "ringing", 60)
            stop = await api.post(f"/live/calls/{ringing['call_id']}/stop", json={"reason": "a test"})
            assert stop.status_code == 200, stop.text
            stopped = await viewer.until(lambda row: row["stage"] == "ended", 10)
            assert stopped["result"] == "cancelled"

            wording = {"text": "请稍候，马上为您服务", "slots": []}
            sound = await api.post("/scripts/reading-aloud", json=wording)
            assert sound.status_code == 200, sound.text
            assert len(sound.content) > 8000


async def _take_number(api: httpx.AsyncClient, phone: str) -> str:
    answer = await api.post("/sandbox/visits", json={"phone": phone})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["journey_id"])


async def _step(api: httpx.AsyncClient, visit: str, **body: Any) -> None:
    answer = await api.post(f"/sandbox/visits/{visit}/steps", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["answer"]["created"], answer.text
