"""Decisions about packs. Pure."""

from datetime import date

import msgspec

from yunhu.domains.evidence.errors import PeriodTooLongError, SubjectInvalidError
from yunhu.domains.evidence.schemas import EvidenceRequest
from yunhu.domains.evidence.words import MOST_DAYS, SubjectKind
from yunhu.foundation.evidence import Attempt


def subject_of(wish: EvidenceRequest) -> SubjectKind:
    """What a request is about. Raises `SubjectInvalidError`, `PeriodTooLongError`."""
    named = {
        SubjectKind.CALL: wish.call_id is not None,
        SubjectKind.CALLEE: wish.phone is not None,
        SubjectKind.COMPLAINT: wish.complaint_id is not None,
        SubjectKind.PERIOD: wish.first_day is not None or wish.last_day is not None,
    }
    chosen = [kind for kind, is_named in named.items() if is_named]
    if len(chosen) != 1:
        raise SubjectInvalidError("name exactly one of call_id, phone, complaint_id, first_day with last_day")
    if chosen == [SubjectKind.PERIOD]:
        check_period(wish.first_day, wish.last_day)
    return chosen[0]


def check_period(first: date | None, last: date | None) -> None:
    """Raises `SubjectInvalidError`, `PeriodTooLongError`."""
    if first is None or last is None or last < first:
        raise SubjectInvalidError("first_day and last_day are needed, in this order")
    if (last - first).days >= MOST_DAYS:
        raise PeriodTooLongError(most_days=MOST_DAYS)


class Tally(msgspec.Struct):
    """What is counted while a pack is made; a few numbers, however long the period is."""

    attempts: int = 0
    by_channel: dict[str, int] = {}
    by_result: dict[str, int] = {}
    by_day: dict[str, int] = {}

    def add(self, attempt: Attempt) -> None:
        """Count one attempt."""
        self.attempts += 1
        for counts, key in (
            (self.by_channel, attempt.channel),
            (self.by_result, f"{attempt.channel} {attempt.result or '–'}"),
            (self.by_day, attempt.day.isoformat()),
        ):
            counts[key] = counts.get(key, 0) + 1


def file_name(kind: SubjectKind, pack_id: object) -> str:
    """Name of the archive for people."""
    return f"evidence-{kind.value}-{pack_id}.zip"
