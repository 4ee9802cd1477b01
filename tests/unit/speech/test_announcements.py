"""What networks say before the answer, as recognisers write it, homophones and missing words included."""

import pytest

from yunhu.speech.announcements import Announcement, classify

HEARD = [
    ("您好，您拨打的号码是空号，请核对后再拨。", Announcement.NO_SUCH_NUMBER),
    ("您所拨打的号码不存在,请查证后再拨", Announcement.NO_SUCH_NUMBER),
    ("对不起 您拨打的号码尚未启用", Announcement.NO_SUCH_NUMBER),
    ("您拨打的号码有误，请核对后再拨", Announcement.NO_SUCH_NUMBER),
    ("您好您拨打的号码是恐号", Announcement.NO_SUCH_NUMBER),
    ("您好，您所拨打的电话已停机。", Announcement.SUSPENDED),
    ("您拨打的用户已停鸡", Announcement.SUSPENDED),
    ("您拨打的电话因欠费已停机", Announcement.SUSPENDED),
    ("您拨打的号码已暂停服务", Announcement.SUSPENDED),
    ("您拨打的号码已停止使用", Announcement.SUSPENDED),
    ("您好，您拨打的电话已关机。", Announcement.POWERED_OFF),
    ("您拨打的用户不在服务区或已关机", Announcement.UNREACHABLE),
    ("您拨打的电话暂时无法接通，请稍后再拨", Announcement.UNREACHABLE),
    ("您好，您拨打的电话正在通话中，请稍后再拨。", Announcement.BUSY),
    ("您拨打的用户正忙，请稍后再拨", Announcement.BUSY),
    ("您拨打的电话暂时无人接听，请稍后再拨", Announcement.NO_ANSWER),
    ("对不起，您的呼叫受限", Announcement.BARRED),
    ("机主已开通来电提醒业务", Announcement.ASSISTANT),
    ("您好，通信助理为您服务，如需留言请按一", Announcement.ASSISTANT),
    ("您的手机号码已欠费停机", Announcement.OWN_LINE_BLOCKED),
    ("您好，您的电话已欠费，请尽快充值", Announcement.OWN_LINE_BLOCKED),
    ("你的账户余额不足，请充值", Announcement.OWN_LINE_BLOCKED),
    ("尊敬的客户，您的号码因欠费已停机，请及时缴费", Announcement.OWN_LINE_BLOCKED),
]


@pytest.mark.parametrize(("text", "meaning"), HEARD)
def test_given_an_announcement_when_understood_then_it_has_its_meaning(
    text: str, meaning: Announcement
) -> None:
    assert classify(text) is meaning


@pytest.mark.parametrize(
    "text",
    [
        "",
        "请稍候，正在为您接通。",
        "欢迎致电西安市政务服务大厅",
        "Sorry, please redial later.",
        "啦啦啦啦",
        "1 2 3",
    ],
)
def test_given_anything_else_when_heard_then_it_means_nothing(text: str) -> None:
    assert classify(text) is None
