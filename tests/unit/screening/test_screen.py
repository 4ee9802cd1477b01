"""What a screen says about filed and about filled texts."""

from yunhu.domains.screening.carriers import Carrier
from yunhu.domains.screening.public import Action, Screen, WordList, blocking, carrier_findings, screen_filled
from yunhu.foundation.verdicts import Outcome
from yunhu.speech.reading import Slot, SlotKind

SCREEN = Screen(
    3, {"gambling": WordList(("网上赌场", "防赌博")), "watch": WordList(("涉税事项",), Action.WARN)}
)
MATTER = Slot("matter", SlotKind.TEXT, 30)
PHONE = Slot("phone", SlotKind.PHONE)
TEMPLATE = "您办理的{matter}事项"


def finding(template: str, slots: list[Slot], variables: dict[str, str]):
    filled = template
    for name, value in variables.items():
        filled = filled.replace(f"{{{name}}}", value)
    return screen_filled(SCREEN, template, slots, variables, filled)


def test_given_an_honest_variable_when_filled_then_allowed_with_the_lists_version() -> None:
    found = finding(TEMPLATE, [MATTER], {"matter": "不动产登记"})

    assert (found.rule, found.outcome, found.saw) == (
        "content_screened",
        Outcome.ALLOWED,
        {"list_version": 3},
    )


def test_given_a_forbidden_variable_when_filled_then_refused_without_its_value() -> None:
    found = finding(TEMPLATE, [MATTER], {"matter": "张三13812345678"})

    assert found.outcome is Outcome.REFUSED
    assert found.saw["hits"] == [{"category": "phone_number", "where": "matter"}]
    assert "138" not in str(found.saw)


def test_given_a_word_across_variable_and_text_when_filled_then_refused() -> None:
    found = finding("网上{matter}场", [MATTER], {"matter": "赌"})

    assert [hit["where"] for hit in found.saw["hits"]] == ["text"]


def test_given_a_word_that_was_filed_when_filled_then_it_is_not_found_again() -> None:
    assert finding("防赌博宣传：{matter}", [MATTER], {"matter": "讲座"}).outcome is Outcome.ALLOWED


def test_given_a_word_to_watch_when_filled_then_it_warns_and_does_not_refuse() -> None:
    assert finding(TEMPLATE, [MATTER], {"matter": "涉税事项"}).outcome is Outcome.ALLOWED
    hits = SCREEN.variable_findings(MATTER, "涉税事项")
    assert [hit.action for hit in hits] == [Action.WARN]
    assert blocking(hits) == []


def test_given_a_filed_phone_slot_when_filled_with_a_number_then_allowed() -> None:
    assert finding("请拨打{phone}", [PHONE], {"phone": "029-88886666"}).outcome is Outcome.ALLOWED
    assert finding("请拨打{phone}", [PHONE], {"phone": "baidu.com"}).outcome is Outcome.REFUSED


def test_given_a_queue_number_that_is_a_phone_number_when_filled_then_refused() -> None:
    slot = Slot("queue_number", SlotKind.QUEUE_NUMBER)

    assert (
        finding("您的号码{queue_number}", [slot], {"queue_number": "13812345678"}).outcome is Outcome.REFUSED
    )


def test_given_a_text_to_be_filed_with_a_phone_number_when_screened_then_only_a_warning() -> None:
    hits = SCREEN.text_findings("咨询电话029-88886666")

    assert [(hit.category, hit.action) for hit in hits] == [("phone_number", Action.WARN)]


def test_given_no_words_at_all_when_screened_then_rules_still_speak() -> None:
    empty = Screen(9, {})

    assert [hit.category for hit in empty.variable_findings(MATTER, "baidu.com")] == ["link"]


def rules_of(text: str, slots: list[Slot], channel: str) -> dict[Carrier, set[str]]:
    found: dict[Carrier, set[str]] = {carrier: set() for carrier in Carrier}
    for each in carrier_findings(text, slots, channel):
        found[each.carrier].add(each.rule)
    return found


def test_given_a_proper_message_when_checked_then_no_carrier_objects() -> None:
    number = Slot("number", SlotKind.QUEUE_NUMBER)

    assert not any(rules_of("【雁塔政务】您的号码为{number}，请到等候区等待", [number], "sms").values())


def test_given_templates_with_one_fault_each_when_checked_then_it_is_named() -> None:
    number, long = Slot("a", SlotKind.QUEUE_NUMBER), Slot("b", SlotKind.TEXT, 100)
    cases = [
        ("请到{a}办理业务谢谢配合", [number], "sms", "signature_missing"),
        ("【甲方】请到{a}办理业务【乙方】", [number], "sms", "signature_twice"),
        ("【政务】请到{a}，{b}办理业务", [number, long], "sms", "adjacent_variables"),
        ("{a}号请到窗口办理业务谢谢", [number], "voice", "leading_variable"),
        ("【政务】请看https://x.cn/{a}办理业务", [number], "sms", "variable_in_link"),
        ("【政务】请办理{b}", [long], "sms", "mostly_variable"),
        ("【政务】请办理{b}", [long], "sms", "variable_too_long"),
        ("【政务】请办理{b}", [long], "sms", "variable_could_carry_link"),
        ("字" * 301, [], "voice", "too_long"),
        ("【政务】" + "字" * 400, [], "sms", "too_many_parts"),
    ]
    for text, slots, channel, rule in cases:
        assert rule in rules_of(text, slots, channel)[Carrier.MOBILE], (text, rule)
