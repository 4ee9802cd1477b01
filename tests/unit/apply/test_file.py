"""The form of a tenant's file: every mistake at once, each with its place."""

from pathlib import Path

import pytest

from yunhu.domains.scripts.models import Channel
from yunhu.entrypoints.apply_file import SipTrunkPart, read_tenant_file
from yunhu.entrypoints.apply_yaml import FileInvalidError
from yunhu.entrypoints.up_first_start import example_text

EXAMPLES = Path(__file__).parents[3] / "examples"
SIP = (EXAMPLES / "hall-sip.yaml").read_text(encoding="utf-8")
FILED_SMS = (
    "西安市雁塔区政务服务大厅提醒您，您办理的{matter}事项号码为{queue_number}，请您在休息等候区等待，"
    "前面等待人数{ahead}人；"
)
FILED_VOICE = "尊敬的用户，请您到“{window}”号窗口办理业务，谢谢"


def _faults(text: str) -> list[str]:
    with pytest.raises(FileInvalidError) as raised:
        read_tenant_file(text)
    return [str(fault) for fault in raised.value.faults]


@pytest.mark.parametrize("name", ["hall.yaml", "hall-sip.yaml"])
def test_given_the_examples_when_read_then_they_are_valid_and_carry_the_filed_texts(name):
    file = read_tenant_file((EXAMPLES / name).read_text(encoding="utf-8"))

    texts = {(script.channel, script.text) for script in file.scripts}
    assert (Channel.SMS, FILED_SMS) in texts
    assert (Channel.VOICE, FILED_VOICE) in texts
    assert sum(len(group.numbers) for group in file.caller_numbers) == 40
    assert len(file.robot_names) == 2
    turn = file.scenarios[0].plan.your_turn
    assert turn is not None
    assert [key.key for key in turn.keys] == ["1", "2", "9"]


def test_given_the_shipped_example_when_compared_then_it_is_the_one_in_examples():
    assert example_text() == (EXAMPLES / "hall.yaml").read_text(encoding="utf-8")


def test_given_the_sip_example_when_read_then_its_secret_is_a_reference():
    (trunk,) = read_tenant_file(SIP).trunks

    assert isinstance(trunk, SipTrunkPart)
    assert str(trunk.settings.secret) == "env YUNHU_SECRET_TRUNK"


def test_given_several_mistakes_when_read_then_all_are_told_with_line_and_path():
    text = "tenant: {slug: Bad Slug, name: x}\nrobbots: 2\ntrunks:\n  - {name: a, kind: tin}\n  - {kind: sandbox}\n"

    faults = _faults(text)

    assert faults[0].startswith("line 1, column 16: tenant.slug:")
    assert faults[1] == "line 2, column 1: robbots: is not known here; did you mean 'robots'?"
    assert faults[2] == "line 4, column 5: trunks[0]: kind must be one of sip, sandbox"
    assert faults[3] == "line 5, column 5: trunks[1].name: is missing"


def test_given_a_literal_secret_when_read_then_it_is_refused_and_not_repeated():
    faults = _faults(SIP.replace("{env: YUNHU_SECRET_TRUNK}", "hunter2"))

    assert len(faults) == 1
    assert "never written into the file" in faults[0]
    assert "hunter2" not in faults[0]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("trunk: local-sip", "trunk: nowhere", "there is no trunk 'nowhere' in this file"),
        ("029-0001-0002", "029-0001-0001", "the number stands here a second time"),
        ("029-0001-0002", "12", "phone number"),
        ("menu: menu", "menu: near-turn", "is for sms, a voice script is needed"),
        ("menu: menu", "menu: nothing", "there is no script 'nothing'"),
        ("key: 2", "key: 1", "key 1 has two meanings"),
        ("minutes: 10, ", "", "minutes belong to postpone"),
        (
            "        - {days: [1, 2, 3, 4, 5], start: 08:30",
            "        - {days: [1, 2, 3, 4, 5], start: 19:30",
            "a window starts before it ends",
        ),
        ("kind: count", "kind: window2", "Invalid enum value"),
        ("{e164}@{domain}", "{phone}@{domain}", "{phone}"),
        ("port: 5070", "port: 70000", "65535"),
        ("robots: 2", "robots: [a, a]", "robot 'a' stands here a second time"),
        ("env: YUNHU_SECRET_TRUNK", "env: HOME", "YUNHU_SECRET_"),
        ("  min_se: 90", "  min_se: 90\n      min_se: 91", "a second time"),
    ],
)
def test_given_a_contradiction_when_read_then_it_is_named(old, new, expected):
    assert old in SIP
    assert any(expected in fault for fault in _faults(SIP.replace(old, new, 1)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: &x 1\nb: *x",
        "!!python/object:os.system x",
        "[" * 50,
        "a: b: c",
        "tenant: [1",
        "\x00",
        "- 1",
        "{? [a] : 1}",
    ],
)
def test_given_what_is_no_plain_yaml_when_read_then_it_is_refused(text):
    assert _faults(text)
