"""Message ids in the forms that centres use."""

import pytest

from yunhu.messaging.ids import receipt_forms, stored_form


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("abc", "abc"),
        ("0000001A", "1a"),
        ("000", "0"),
        ("", ""),
        ("Msg-0001", "Msg-0001"),
        (" 12\0 ", "12"),
        ("x" * 500, "x" * 64),
    ],
)
def test_given_an_id_when_stored_then_in_one_form(raw: str, stored: str) -> None:
    assert stored_form(raw) == stored


@pytest.mark.parametrize(
    ("answered", "reported"), [("0000001A", "26"), ("26", "1A"), ("26", "000026"), ("q-9", "q-9")]
)
def test_given_another_form_when_reported_then_the_stored_one_is_among_its_forms(
    answered: str, reported: str
) -> None:
    assert stored_form(answered) in receipt_forms(reported)


def test_given_an_id_when_its_forms_are_listed_then_its_own_comes_first_and_none_for_nothing() -> None:
    assert receipt_forms("26") == ("26", "38", "1a")
    assert receipt_forms("") == ()
