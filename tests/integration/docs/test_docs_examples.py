"""The examples of the integrator's guide do what the guide says, against the product's own API process."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from tests.integration.docs.conftest import ExampleHall
from tests.integration.docs.markdown import ROOT, blocks

from yunhu.domains.callbacks.public import CallbackClient, CallbackSender, CallbackSubscriber, GuardedBackend
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.crypto import load_vault
from yunhu.foundation.db import open_database

GUIDE = (ROOT / "docs" / "howto" / "integrate.md").read_text(encoding="utf-8")
CLIENT = ROOT / "examples" / "client.py"
_MARK = "=== next example ==="
_SECONDS = 60


class Listener(NamedTuple):
    """The example's receiver as a process."""

    url: str
    process: subprocess.Popen[str]


def _environment(hall: ExampleHall) -> dict[str, str]:
    return {
        **os.environ,
        "API": hall.url,
        "KEY": hall.key,
        "PYTHONPATH": str(CLIENT.parent),
        "no_proxy": "127.0.0.1",
    }


def _fits(told: Any, given: Any) -> bool:
    """Whether an answer is what the guide shows: `…` stands for anything, and an answer may hold more."""
    if told == "…":
        return given is not None
    if isinstance(told, dict):
        return isinstance(given, dict) and all(_fits(value, given.get(key)) for key, value in told.items())
    if isinstance(told, list):
        return isinstance(given, list) and len(given) >= len(told) and all(map(_fits, told, given))
    return bool(told == given)


def test_given_the_curl_examples_when_pasted_one_after_another_then_each_answers_as_shown(
    example_hall: ExampleHall,
) -> None:
    shown = blocks(GUIDE, "sh", "json")
    pairs = [
        (one.text, other.text)
        for one, other in pairwise(shown)
        if (one.language, other.language) == ("sh", "json")
    ]
    assert len(pairs) >= 8
    script = "\n".join(f"{command}\nprintf '\\n%s\\n' '{_MARK}'" for command, _ in pairs)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=_environment(example_hall), capture_output=True, text=True, timeout=_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answers = [json.loads(part) for part in done.stdout.split(_MARK)[:-1]]
    for (command, told), answer in zip(pairs, answers, strict=True):
        assert _fits(json.loads(told), answer), f"{command}\nanswered {answer}"


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_given_the_readmes_first_event_when_pasted_then_a_call_is_owed(
    name: str, example_hall: ExampleHall
) -> None:
    (block,) = [
        block.text
        for block in blocks((ROOT / name).read_text(encoding="utf-8"), "sh")
        if "curl" in block.text
    ]
    command = block.partition(".venv/bin/yunhu")[0].replace("http://127.0.0.1:8080", example_hall.url)
    command = command.replace("data/keys/example-hall.key", str(example_hall.key_file))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        env=_environment(example_hall), capture_output=True, text=True, timeout=_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "accepted"


def test_given_the_two_readmes_when_compared_then_their_commands_are_the_same() -> None:
    english, chinese = (
        [re.sub(r"#.*", "", block.text) for block in blocks((ROOT / name).read_text(encoding="utf-8"), "sh")]
        for name in ("README.md", "README.zh-CN.md")
    )
    assert english == chinese


def test_given_the_python_examples_when_run_then_nothing_is_amiss(example_hall: ExampleHall) -> None:
    script = "\n".join(block.text for block in blocks(GUIDE, "python"))
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=_environment(example_hall), capture_output=True, text=True, timeout=_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "pending" in done.stdout


def test_given_the_example_client_when_it_plays_a_visit_then_sms_and_call_are_owed(
    example_hall: ExampleHall,
) -> None:
    common = [sys.executable, str(CLIENT)]
    options = ["--api", example_hall.url, "--key-file", str(example_hall.key_file)]
    done = subprocess.run(
        [*common, "visit", *options, "--phone", "13800138077", "--patience", "0"],
        capture_output=True, text=True, timeout=_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    created = [notification for answer in answers for notification in answer["created"]]
    assert [(one["purpose"], one["channel"]) for one in created] == [
        ("near_turn", "sms"),
        ("your_turn", "voice"),
    ]

    listed = subprocess.run(
        [*common, "list", *options, "--state", "pending"],
        capture_output=True, text=True, timeout=_SECONDS, check=True,
    )  # fmt: skip
    assert created[1]["id"] in {json.loads(line)["id"] for line in listed.stdout.splitlines()}


@pytest.fixture
def listener(example_hall: ExampleHall, tmp_path: Path) -> Iterator[Listener]:
    """The example's receiver, with an endpoint of the hall that points to it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    endpoint = httpx.post(
        f"{example_hall.url}/api/v1/callback-endpoints",
        headers={"Authorization": f"Bearer {example_hall.key}"},
        json={"url": url},
        trust_env=False,
    ).json()
    secret_file = tmp_path / "whsec"
    secret_file.write_text(endpoint["secret"])
    command = [sys.executable, str(CLIENT), "listen", "--port", str(port), "--secret-file", str(secret_file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert _told(process) == f"listening on {url}"
            yield Listener(url, process)
        finally:
            process.terminate()


def _told(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


async def test_given_an_endpoint_when_events_happen_then_the_example_verifies_them(
    example_hall: ExampleHall, listener: Listener
) -> None:
    vault = load_vault(example_hall.data_dir / "keys")
    database = open_database(example_hall.database_url)
    sender = CallbackSender(
        database, vault, SystemClock(), CallbackClient(GuardedBackend(allow_private=True))
    )
    subscriber = CallbackSubscriber(database, SystemClock())
    subscriber.start()
    sender.start()
    try:
        async with httpx.AsyncClient(base_url=example_hall.url, trust_env=False) as client:
            asked = await client.post(
                "/api/v1/notifications",
                headers={"Authorization": f"Bearer {example_hall.key}"},
                json={"script": "your-turn", "phone": "13800138088", "parameters": {"window": "8"}},
            )
            assert asked.status_code == 201
            forged = await client.post(listener.url, content=b"{}", headers={"webhook-id": "msg_0"})
            assert forged.status_code == 401
        line = await asyncio.wait_for(asyncio.to_thread(_told, listener.process), _SECONDS)
    finally:
        await subscriber.stop()
        await sender.stop()
        await database.close()
    event = json.loads(line)
    assert event["type"] == "notification.created"
    assert event["data"]["notification_id"] == asked.json()["id"]
