"""What other slices and the entrypoints may use of recordings."""

from yunhu.domains.recordings.erasure import RecordingEraser
from yunhu.domains.recordings.evidence import EVIDENCE_PART
from yunhu.domains.recordings.files import recording_name, recording_path
from yunhu.domains.recordings.jobs import RecordingHasher
from yunhu.domains.recordings.serving import WAV, WAV_RESPONSES, wav_answer

__all__ = [
    "EVIDENCE_PART",
    "WAV",
    "WAV_RESPONSES",
    "RecordingEraser",
    "RecordingHasher",
    "recording_name",
    "recording_path",
    "wav_answer",
]
