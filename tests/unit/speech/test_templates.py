"""Filed templates: shown word for word, spoken by kind."""

import pytest

from yunhu.speech.reading import (
    Segment,
    Slot,
    SlotKind,
    SlotUndeclaredError,
    SlotValueError,
    TemplateError,
    ValueMissingError,
    ValueUnknownError,
    placeholders,
    render_segments,
    render_text,
    render_words,
)

CALL = "尊敬的用户，请您到“{window}”号窗口办理业务，谢谢"
SMS = "西安市雁塔区政务服务大厅提醒您，您办理的{matter}事项号码为{queue_number}，请您在休息等候区等待，前面等待人数{ahead}人；"
WINDOW = Slot("window", SlotKind.WINDOW)


def test_given_the_filed_call_text_when_rendered_then_text_and_words_part_only_in_the_slot_and_the_quotes() -> (
    None
):
    assert render_text(CALL, {"window": "A001"}) == "尊敬的用户，请您到“A001”号窗口办理业务，谢谢"
    assert render_words(CALL, [WINDOW], {"window": "A001"}) == "尊敬的用户，请您到A零零一号窗口办理业务，谢谢"


def test_given_the_filed_sms_text_when_rendered_then_every_kind_is_read_its_way() -> None:
    slots = [
        Slot("matter", SlotKind.TEXT),
        Slot("queue_number", SlotKind.QUEUE_NUMBER),
        Slot("ahead", SlotKind.COUNT),
    ]
    values = {"matter": "社保卡申领", "queue_number": "A010", "ahead": "2"}
    assert render_text(SMS, values) == (
        "西安市雁塔区政务服务大厅提醒您，您办理的社保卡申领事项号码为A010，"
        "请您在休息等候区等待，前面等待人数2人；"
    )
    assert render_words(SMS, slots, values) == (
        "西安市雁塔区政务服务大厅提醒您，您办理的社保卡申领事项号码为A零一零，"
        "请您在休息等候区等待，前面等待人数两人；"
    )


def test_given_a_template_when_cut_into_segments_then_they_join_to_the_words_and_name_their_slots() -> None:
    segments = render_segments(CALL, [WINDOW], {"window": "3"})
    assert segments == (
        Segment("尊敬的用户，请您到"),
        Segment("三", "window"),
        Segment("号窗口办理业务，谢谢"),
    )


def test_given_a_value_that_looks_like_a_placeholder_when_rendered_then_it_is_not_filled_again() -> None:
    assert render_text("{a}和{b}", {"a": "{b}", "b": "二"}) == "{b}和二"


def test_given_a_template_when_asked_for_placeholders_then_each_is_named_once_in_order() -> None:
    assert placeholders("{b}{a}{b}") == ("b", "a")


@pytest.mark.parametrize(
    "template", ["{", "}", "{window", "window}", "{{window}}", "{Window}", "{}", "{a b}", "{窗口}"]
)
def test_given_a_stray_brace_when_rendered_then_the_template_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        render_text(template, {"window": "3"})


def test_given_a_stray_brace_then_its_position_is_told() -> None:
    with pytest.raises(TemplateError) as refusal:
        placeholders("ab{c}d}")
    assert refusal.value.details == {"position": 7}


def test_given_a_missing_value_when_rendered_then_it_is_refused() -> None:
    with pytest.raises(ValueMissingError, match="window"):
        render_text(CALL, {})


def test_given_a_value_that_the_template_does_not_use_when_rendered_then_it_is_refused() -> None:
    with pytest.raises(ValueUnknownError, match="ahead"):
        render_words(CALL, [WINDOW], {"window": "3", "ahead": "4"})


def test_given_a_placeholder_without_a_declared_slot_when_read_then_it_is_refused() -> None:
    with pytest.raises(SlotUndeclaredError, match="window"):
        render_words(CALL, [Slot("ahead", SlotKind.COUNT)], {"window": "3"})


def test_given_a_wrong_value_when_read_then_the_refusal_names_the_slot_in_both_languages() -> None:
    with pytest.raises(SlotValueError) as refusal:
        render_words(CALL, [WINDOW], {"window": "?"})
    assert refusal.value.id == "reading.slot_value_invalid"
    assert refusal.value.details["slot"] == "window"
    assert refusal.value.title.isascii()
    assert not refusal.value.title_zh.isascii()
