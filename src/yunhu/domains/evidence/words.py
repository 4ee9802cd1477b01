"""Words of evidence, as they are stored and shown."""

from enum import StrEnum


class SubjectKind(StrEnum):
    """What a pack is about."""

    CALL = "call"
    CALLEE = "callee"
    """A person, by phone number."""
    COMPLAINT = "complaint"
    PERIOD = "period"


SUBJECTS_ZH = {
    SubjectKind.CALL: "单次通话",
    SubjectKind.CALLEE: "被叫号码",
    SubjectKind.COMPLAINT: "投诉",
    SubjectKind.PERIOD: "时间段",
}
MOST_DAYS = 366
DOCUMENT_KIND = "evidence_pack"
TASK_KIND = "evidence.build"
