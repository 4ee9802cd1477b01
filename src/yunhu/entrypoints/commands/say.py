"""`yunhu say`."""

import wave
from pathlib import Path

import click

from yunhu.entrypoints.commands.workplace import read_settings, runs_async
from yunhu.speech.reading import read_free_text
from yunhu.speech.tts.kokoro import KokoroSettings, KokoroSynthesizer
from yunhu.speech.tts.telephony import Loudness, at_telephone_rate, normalise, to_pcm16, trim_silence

_RATE = 8000


@click.command()
@click.argument("text")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="WAV file to write."
)
@click.option("--voice", default="zf_xiaobei", show_default=True, help="Voice (音色).")
@click.option("--speed", type=click.FloatRange(0.5, 2.0), default=0.9, show_default=True)
@runs_async
async def say(text: str, out: Path, voice: str, speed: float) -> None:
    """Speak a text as a phone would hear it: 8 kHz, telephone loudness (试听).

    \b
    Example:
      yunhu say "请A001号到3号窗口办理业务" --out x.wav
    """
    words = read_free_text(text)
    synthesizer = KokoroSynthesizer(KokoroSettings(data_directory=read_settings().models_dir))
    try:
        audio = await synthesizer.synthesize(words, voice=voice, speed=speed)
    finally:
        synthesizer.close()
    samples = trim_silence(at_telephone_rate(audio.samples, audio.sample_rate), _RATE)
    pcm = to_pcm16(normalise(samples, _RATE, Loudness()))
    with wave.open(str(out), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(pcm.tobytes())
    click.echo(f"{out}: {len(pcm) / _RATE:.1f} s, spoken: {words}")
