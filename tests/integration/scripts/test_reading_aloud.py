"""Hearing a wording before it is filed. The voice is one of tones: its sound is proved elsewhere."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.support.hall.builders import TURN_TEXT, Hall, build_hall
from tests.support.hall.plugin import client_of
from tests.support.speech.voices import TonalVoice

from yunhu.domains.scripts import reading_aloud
from yunhu.entrypoints.reader import LazyReader
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.settings import Settings
from yunhu.speech.prompts import PromptCache

PATH = "/api/v1/scripts/reading-aloud"
WORDING = {"text": TURN_TEXT, "slots": [{"name": "window", "kind": "window"}], "parameters": {"window": "3"}}


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> TonalVoice:
    voice = TonalVoice()
    opened = (voice, PromptCache(settings.prompts_dir, voice))
    monkeypatch.setattr(LazyReader, "_open", lambda _: opened)
    return voice


async def read(client: httpx.AsyncClient, status: int = 200, **body: Any) -> httpx.Response:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == status, answer.text
    return answer


async def test_given_a_wording_when_read_then_a_wav_comes_and_the_same_words_are_rendered_once(
    client: httpx.AsyncClient, voice: TonalVoice
) -> None:
    first = await read(client, **WORDING)
    assert first.headers["content-type"] == "audio/wav"
    assert first.content[:4] == b"RIFF"
    assert (await read(client, **WORDING)).content == first.content
    assert len(voice.asked) == 1
    assert "三号窗口" in voice.asked[0]


async def test_given_a_kept_version_when_read_then_its_own_text_is_spoken_to_its_tenant_alone(
    client: httpx.AsyncClient,
    hall: Hall,
    voice: TonalVoice,
    database: Database,
    vault: Vault,
    clock: ManualClock,
    app: Any,
) -> None:
    version = str(hall.versions["your-turn"])
    await read(client, version_id=version, parameters={"window": "12"})
    assert "十二号窗口" in voice.asked[0]
    other = await build_hall(database, vault, clock.now(), slug="beilin")
    async with client_of(app, other.token) as stranger:
        answer = await read(stranger, 404, version_id=version, parameters={"window": "12"})
    assert answer.json()["id"] == "scripts.version_not_found"


async def test_given_what_cannot_be_read_when_asked_then_the_reason_is_told(
    client: httpx.AsyncClient, voice: TonalVoice, hall: Hall
) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({**WORDING, "parameters": {}}, "scripts.parameter_invalid"),
        (
            {**WORDING, "parameters": {"window": "三号楼以东的第二个窗口旁边的服务台"}},
            "scripts.parameter_invalid",
        ),
        ({**WORDING, "slots": []}, "scripts.invalid"),
        ({"text": "长" * 501}, "scripts.invalid"),
        ({}, "scripts.reading_impossible"),
        ({**WORDING, "version_id": str(hall.versions["menu"])}, "scripts.reading_impossible"),
    ]
    for body, error in cases:
        assert (await read(client, 422, **body)).json()["id"] == error
    assert voice.asked == []


async def test_given_a_busy_voice_when_too_many_ask_then_the_last_is_told_to_come_again(
    client: httpx.AsyncClient, voice: TonalVoice
) -> None:
    voice.gate = asyncio.Event()
    asked = [
        asyncio.create_task(client.post(PATH, json={**WORDING, "parameters": {"window": str(number)}}))
        for number in range(1, reading_aloud.MOST_WAITING + 2)
    ]
    done, waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    (refused,) = done
    assert refused.result().json()["id"] == "scripts.reading_busy"
    assert refused.result().headers["retry-after"] == "3"
    voice.gate.set()
    assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}


async def test_given_a_minute_when_asked_too_often_then_limited(
    client: httpx.AsyncClient, voice: TonalVoice
) -> None:
    for _ in range(reading_aloud.READINGS_PER_MINUTE):
        await read(client, **WORDING)
    answer = await read(client, 429, **WORDING)
    assert int(answer.headers["retry-after"]) >= 1


async def test_given_a_wording_when_its_words_are_asked_for_then_they_come_part_by_part_and_nothing_is_rendered(
    client: httpx.AsyncClient, voice: TonalVoice
) -> None:
    answer = await client.post(f"{PATH}/words", json=WORDING)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert "”" in said["text"]
    assert [part["words"] for part in said["segments"] if part["slot"] == "window"] == ["三"]
    assert voice.asked == []
    refused = await client.post(f"{PATH}/words", json={**WORDING, "parameters": {}})
    assert refused.status_code == 422
