"""The proof: 40 renderings of the filed sentence go through real calls to real phones, and are understood there."""

import asyncio
from pathlib import Path

import pytest
from tests.support.main_job.listeners import switchboard
from tests.support.speech.proof import RENDERINGS, Rendering, judge, share_right

from yunhu.speech.asr.whisper import WhisperRecognizer, installed
from yunhu.speech.prompts import PromptCache
from yunhu.speech.tts.kokoro import KokoroSynthesizer
from yunhu.telephony.port import Prompt

pytestmark = [
    pytest.mark.peer("baresip"),
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("speech-models"),
    pytest.mark.skipif(not installed(), reason="the extra 'asr' is not installed"),
]

PHONES = 4


async def test_given_40_renderings_when_heard_by_real_phones_then_every_number_is_right(
    voice: KokoroSynthesizer, ear: WhisperRecognizer, lent: Path, tmp_path: Path
) -> None:
    recorded = await heard_by_phones(PromptCache(lent / "prompts", voice), tmp_path)
    verdicts = [await asyncio.to_thread(judge, path, rendering, ear) for rendering, path in recorded]
    wrong = [(verdict.rendering.window, verdict.heard) for verdict in verdicts if not verdict.number_right]
    assert len(verdicts) == 40
    assert wrong == []
    assert share_right(verdicts) >= 0.95


async def heard_by_phones(prompts: PromptCache, directory: Path) -> list[tuple[Rendering, Path]]:
    """What phones recorded of each rendering. While some are called, the next sentence is rendered."""
    async with switchboard(directory, PHONES) as phones, asyncio.TaskGroup() as calls:
        hearing = []
        for rendering in RENDERINGS:
            rendered = await prompts.ensure(rendering.words)
            prompt = Prompt(rendered.prompt_id, rendered.alaw)
            hearing.append((rendering, calls.create_task(phones.hear(prompt))))
        return [(rendering, await task) for rendering, task in hearing]
