"""Who is at the other end: speech, tones and silence in a call, and what they say of a person or a machine."""

from yunhu.speech.vad.answering import Answerer, AnsweringMachine, AnsweringSettings, Sound, Verdict
from yunhu.speech.vad.detector import AnswerDetector
from yunhu.speech.vad.port import VoiceActivity

__all__ = [
    "AnswerDetector",
    "Answerer",
    "AnsweringMachine",
    "AnsweringSettings",
    "Sound",
    "Verdict",
    "VoiceActivity",
]
