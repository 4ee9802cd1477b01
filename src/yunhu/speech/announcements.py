"""What a network's announcement means, by what was understood of it (telecom-facts §3)."""

import re
from enum import StrEnum
from typing import Final

from yunhu.speech.asr.syllables import syllables


class Announcement(StrEnum):
    """What the network says of the callee, or of us."""

    OWN_LINE_BLOCKED = "own_line_blocked"
    """OUR line is in arrears."""
    NO_SUCH_NUMBER = "no_such_number"
    SUSPENDED = "suspended"
    POWERED_OFF = "powered_off"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    BARRED = "barred"
    ASSISTANT = "assistant"


_A: Final = Announcement
_PHRASES: Final[tuple[tuple[Announcement, str], ...]] = (
    (_A.UNREACHABLE, "不在服务区"),  # before 关机: "不在服务区或已关机" leaves it open
    (_A.NO_SUCH_NUMBER, "空号 不存在 尚未启用 号码有误"),
    (_A.SUSPENDED, "停机 欠费 停止使用 停止服务 暂停服务"),
    (_A.POWERED_OFF, "关机"),
    (_A.BUSY, "通话中 正在通话 用户正忙 用户忙"),
    (_A.UNREACHABLE, "无法接通 暂时不能接通"),
    (_A.NO_ANSWER, "无人接听 没有应答"),
    (_A.BARRED, "呼叫受限 呼入限制"),
    (_A.ASSISTANT, "来电提醒 通信助理 智能助理 如需留言 语音信箱"),
)
"""The first that is heard counts."""


def _sound(phrase: str) -> str:
    return " ".join(syllables(phrase))


_OWN_LINE: Final = re.compile(r" nin? de(?: \w+){1,8}? (?:qian fei|ting ji|yu e bu zu) ")
"""“您的手机号码已欠费停机”; a callee's line is “您(所)拨打的…”, never “您的…”."""
_SOUNDS: Final = tuple(
    (meaning, f" {_sound(phrase)} ") for meaning, row in _PHRASES for phrase in row.split()
)


def classify(text: str) -> Announcement | None:
    """The meaning of what a recogniser wrote, by its sounds, since homophones differ; None for anything else."""
    heard = f" {_sound(text)} "
    if _OWN_LINE.search(heard):
        return Announcement.OWN_LINE_BLOCKED
    return next((meaning for meaning, sound in _SOUNDS if sound in heard), None)
