"""The short way through `Phone.parse` answers as the whole numbering plan does."""

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st

from yunhu.foundation.phone import InvalidPhoneError, Phone


def _by_the_plan(text: str) -> str | None:
    number = phonenumbers.parse(text, "CN")
    valid = phonenumbers.is_possible_number(number) and phonenumbers.is_valid_number(number)
    return f"+86{number.national_number}" if valid and number.country_code == 86 else None


@given(st.sampled_from(["", "+86"]), st.from_regex(r"1[0-9]{10}", fullmatch=True))
def test_given_any_eleven_digits_from_one_on_when_parsed_then_the_plan_decides(
    prefix: str, digits: str
) -> None:
    try:
        parsed = Phone.parse(prefix + digits).e164
    except InvalidPhoneError:
        parsed = None
    assert parsed == _by_the_plan(prefix + digits)


def test_given_every_prefix_of_mobiles_when_parsed_then_the_plan_decides() -> None:
    for start in range(1000, 2000):
        digits = f"{start}0001234"
        try:
            parsed = Phone.parse(digits).e164
        except InvalidPhoneError:
            parsed = None
        assert parsed == _by_the_plan(digits), digits
