"""What keeps a package from being filed: a stable code, and a sentence in both languages. Pure."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from yunhu.domains.filings.errors import FilingInvalidError


class FaultCode(StrEnum):
    """Stable names: programs and the console know faults by them."""

    SCRIPT_UNKNOWN = "script_unknown"
    SCRIPT_REPEATED = "script_repeated"
    WORDINGS_OF_ONE_SCRIPT = "wordings_of_one_script"
    DAILY_CALLS_MISSING = "daily_calls_missing"
    DAILY_MESSAGES_MISSING = "daily_messages_missing"
    WINDOW_BACKWARDS = "window_backwards"
    NOT_THREE_PEOPLE = "not_three_people"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    code: FaultCode
    message: str
    message_zh: str
    of: str = ""
    """Which script or window, or how many."""


_WORDS: dict[FaultCode, tuple[str, str]] = {
    FaultCode.SCRIPT_UNKNOWN: ("{} script versions do not exist", "有 {} 个话术版本不存在"),
    FaultCode.SCRIPT_REPEATED: ("a script version stands there twice", "同一话术版本重复列出"),
    FaultCode.WORDINGS_OF_ONE_SCRIPT: (
        "script '{}' has more than one wording in it",
        "话术“{}”列出了不止一个版本",
    ),
    FaultCode.DAILY_CALLS_MISSING: (
        "there is a voice script, but no daily volume of calls",
        "含语音话术，但未填写每日呼叫量",
    ),
    FaultCode.DAILY_MESSAGES_MISSING: (
        "there is an SMS script, but no daily volume of messages",
        "含短信话术，但未填写每日短信量",
    ),
    FaultCode.WINDOW_BACKWARDS: ("the window {} ends before it begins", "时段 {} 的结束时间早于开始时间"),
    FaultCode.NOT_THREE_PEOPLE: (
        "submitted_by, reviewed_by and approved_by are not three different people",
        "提交人、初审人与终审人须为三个不同的人",
    ),
}


def fault(code: FaultCode, of: object = "") -> Fault:
    """A fault in words."""
    english, chinese = _WORDS[code]
    return Fault(code=code, message=english.format(of), message_zh=chinese.format(of), of=str(of))


def invalid(faults: Sequence[Fault]) -> FilingInvalidError:
    """The error that tells of them."""
    return FilingInvalidError("; ".join(one.message for one in faults), faults=msgspec.to_builtins(faults))
