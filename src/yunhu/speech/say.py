"""What a callee would hear, as a file that a person can listen to."""

import io
import wave

from yunhu.speech.prompts import PromptCache, Sentence
from yunhu.speech.reading import read_free_text
from yunhu.speech.tts import g711


async def say(prompts: PromptCache, sentence: Sentence) -> bytes:
    """A WAV file of the sentence as the telephone carries it. Plain text is normalised for reading first."""
    words = read_free_text(sentence) if isinstance(sentence, str) else sentence
    return wav((await prompts.ensure(words)).alaw)


def wav(alaw: bytes) -> bytes:
    """A-law → a WAV file: 16-bit PCM, mono, 8 kHz."""
    file = io.BytesIO()
    with wave.open(file, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(g711.SAMPLE_RATE)
        target.writeframes(g711.decode(alaw).astype("<i2").tobytes())
    return file.getvalue()
