"""The proof: 40 renderings of the filed sentence, and the robot's prompts, as the telephone carries them, are understood."""

import asyncio
from pathlib import Path

import pytest
from tests.support.peers.availability import missing_peers
from tests.support.speech.proof import RENDERINGS, audio_of, judge, share_right

from yunhu.speech.asr.compare import compare
from yunhu.speech.asr.whisper import WhisperRecognizer, installed
from yunhu.speech.prompts import PromptCache
from yunhu.speech.reading import read_free_text
from yunhu.speech.say import wav
from yunhu.speech.tts.kokoro import KokoroSynthesizer

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("speech-models"),
    pytest.mark.skipif(not installed(), reason="the extra 'asr' is not installed"),
]


@pytest.mark.skipif("baresip" not in missing_peers(), reason="made through real calls by tests/e2e/main_job")
async def test_given_40_renderings_when_heard_over_the_telephone_then_every_number_is_right(
    voice: KokoroSynthesizer, ear: WhisperRecognizer, models: Path
) -> None:
    prompts = PromptCache(models / "prompts", voice)
    judging = [
        asyncio.create_task(asyncio.to_thread(judge, wav(rendered.alaw), rendering, ear))
        for rendering in RENDERINGS
        for rendered in [await prompts.ensure(rendering.words)]  # one is judged while the next is rendered
    ]
    verdicts = await asyncio.gather(*judging)
    wrong = [(verdict.rendering.window, verdict.heard) for verdict in verdicts if not verdict.number_right]
    assert len(verdicts) == 40
    assert wrong == []
    assert share_right(verdicts) >= 0.95


@pytest.mark.parametrize(
    "text",
    [
        "重听请按1，需要再等十分钟请按2，不再接听此类电话请按9。",
        "好的，已为您登记，不再致电，再见。",
        "好的，十分钟后再提醒您，再见。",
        "西安市雁塔区政务服务大厅提醒您，您办理的社保卡申领事项号码为A010，请您在休息等候区等待，前面等待人数3人；",
    ],
)
async def test_given_a_prompt_of_the_robot_when_heard_then_its_words_are_understood(
    text: str, voice: KokoroSynthesizer, ear: WhisperRecognizer, models: Path
) -> None:
    words = read_free_text(text)
    rendered = await PromptCache(models / "prompts", voice).ensure(words)
    heard = await ear.transcribe(audio_of(wav(rendered.alaw)))
    assert compare(words, heard).share >= 0.9, heard
