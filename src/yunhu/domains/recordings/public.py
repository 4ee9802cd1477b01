"""What other slices and the entrypoints may use of recordings."""

from yunhu.domains.recordings.erasure import RecordingEraser
from yunhu.domains.recordings.evidence import EVIDENCE_PART
from yunhu.domains.recordings.files import recording_name, recording_path
from yunhu.domains.recordings.jobs import RecordingHasher

__all__ = ["EVIDENCE_PART", "RecordingEraser", "RecordingHasher", "recording_name", "recording_path"]
