"""The media of calls: RTP, RTCP, prompts, recordings, digits and tones, on one 20 ms clock."""

from yunhu.telephony.media.errors import MediaPortsExhaustedError
from yunhu.telephony.media.model import (
    AnnouncementEar,
    AnnouncementHeard,
    AnswerDetected,
    AnswerDetector,
    Codec,
    DigitHeard,
    MediaConfig,
    MediaEvent,
    MediaStats,
    MediaTimeout,
    PromptEnded,
    RemoteMedia,
    ToneDetected,
)
from yunhu.telephony.media.plane import MediaLoad, MediaPlane
from yunhu.telephony.media.session import MediaSession

__all__ = [
    "AnnouncementEar",
    "AnnouncementHeard",
    "AnswerDetected",
    "AnswerDetector",
    "Codec",
    "DigitHeard",
    "MediaConfig",
    "MediaEvent",
    "MediaLoad",
    "MediaPlane",
    "MediaPortsExhaustedError",
    "MediaSession",
    "MediaStats",
    "MediaTimeout",
    "PromptEnded",
    "RemoteMedia",
    "ToneDetected",
]
