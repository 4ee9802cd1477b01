"""The proof: 40 renderings of the filed sentence go through real calls to real phones, and are understood there."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.support.main_job.listeners import switchboard
from tests.support.speech.proof import RENDERINGS, Rendering, Verdict, judge, share_right

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
    voice: KokoroSynthesizer, ear: WhisperRecognizer, lent: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Four phones, the callee's ear and the voice share two cores: a phone may drop a syllable of its own recording.

    So one number of the 40 may need what key 1 is for, a second hearing, and must be right then.
    """
    prompts = PromptCache(lent / "prompts", voice)
    first = await hear(prompts, RENDERINGS, tmp_path_factory.mktemp("hear"), ear)
    assert len(first) == 40
    assert share_right(first) >= 0.95
    wrong = [verdict.rendering for verdict in first if not verdict.number_right]
    assert len(wrong) <= 1, [
        (verdict.rendering.window, verdict.heard) for verdict in first if not verdict.number_right
    ]
    second = await hear(prompts, wrong, tmp_path_factory.mktemp("hear"), ear)
    assert [(verdict.rendering.window, verdict.heard) for verdict in second if not verdict.number_right] == []


async def hear(
    prompts: PromptCache, renderings: Sequence[Rendering], directory: Path, ear: WhisperRecognizer
) -> list[Verdict]:
    """Call, record, listen. The directory's path must be short: baresip cuts a long file name off without a word."""
    recorded = await heard_by_phones(prompts, renderings, directory) if renderings else []
    return [await asyncio.to_thread(judge, path, rendering, ear) for rendering, path in recorded]


async def heard_by_phones(
    prompts: PromptCache, renderings: Sequence[Rendering], directory: Path
) -> list[tuple[Rendering, Path]]:
    """What phones recorded of each rendering. While some are called, the next sentence is rendered."""
    async with switchboard(directory, PHONES) as phones, asyncio.TaskGroup() as calls:
        hearing = []
        for rendering in renderings:
            rendered = await prompts.ensure(rendering.words)
            prompt = Prompt(rendered.prompt_id, rendered.alaw)
            hearing.append((rendering, calls.create_task(phones.hear(prompt))))
        return [(rendering, await task) for rendering, task in hearing]
