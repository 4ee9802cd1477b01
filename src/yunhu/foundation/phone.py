"""Phone numbers as a type: parsed once, printed masked, spoken to machines in E.164."""

import functools
import re

import phonenumbers

_MOBILE = re.compile(r"1[3-9]\d{9}")
_SERVICE = re.compile(r"[48]00\d{7}|\d{5,6}")
_DIALLED = re.compile(r"[+0-9 ()\-]{3,24}")


class InvalidPhoneError(ValueError):
    """The text is not a number that can be dialled from China. The text itself is never repeated."""


@functools.cache
def _plain_mobile() -> re.Pattern[str]:
    """A mainland mobile number by the library's own plan, written the usual way: it needs no full parse."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region("CN")
    mobile = plan.mobile if plan is not None else None
    pattern = mobile.national_number_pattern if mobile is not None else None
    # Without one nothing matches, and every number goes the long way.
    return re.compile(rf"(?:\+86)?((?=1\d{{10}}\Z)(?:{pattern or '(?!)'}))", re.ASCII)


class Phone:
    """A mainland phone number. `str()` and `repr()` are masked; `e164` is the whole of it."""

    __slots__ = ("_e164",)

    def __init__(self, e164: str) -> None:
        if not re.fullmatch(r"\+86\d{5,12}", e164):
            raise InvalidPhoneError("a phone number in E.164 form (+86…) is expected")
        self._e164 = e164

    @classmethod
    def parse(cls, text: str) -> "Phone":
        """Read what people write: 13812345678, +86 138-1234-5678, 029-88886666, 02988886666."""
        plain = _plain_mobile().fullmatch(text) if isinstance(text, str) else None
        if plain is not None:
            phone = cls.__new__(cls)
            phone._e164 = f"+86{plain[1]}"
            return phone
        if not isinstance(text, str) or not _DIALLED.fullmatch(text.strip()):
            raise InvalidPhoneError("a phone number has 5 to 12 digits, and perhaps +86, spaces or hyphens")
        try:
            number = phonenumbers.parse(text, "CN")
        except phonenumbers.NumberParseException as error:
            raise InvalidPhoneError("the phone number cannot be read") from error
        if number.country_code != 86:
            raise InvalidPhoneError("only numbers of mainland China can be called")
        if not phonenumbers.is_possible_number(number) or not phonenumbers.is_valid_number(number):
            raise InvalidPhoneError("the phone number does not exist in China's numbering plan")
        return cls(f"+86{number.national_number}")

    @property
    def e164(self) -> str:
        """The whole number, `+8613812345678`."""
        return self._e164

    @property
    def national(self) -> str:
        """Without the country code: `13812345678`, `2988886666` (no trunk prefix 0)."""
        return self._e164[3:]

    @property
    def dialled(self) -> str:
        """As a subscriber in China dials it: mobiles and 400/800 bare, fixed lines with the trunk prefix 0."""
        bare = self.is_mobile or _SERVICE.fullmatch(self.national) is not None
        return self.national if bare else f"0{self.national}"

    @property
    def is_mobile(self) -> bool:
        """Whether it is a mobile number (`1[3-9]` and nine digits)."""
        return _MOBILE.fullmatch(self.national) is not None

    @property
    def masked(self) -> str:
        """138****5678 and 029****6666; a short number keeps its first and last digit."""
        digits = self.dialled
        return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 9 else f"{digits[:1]}***{digits[-1:]}"

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"Phone({self.masked})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phone) and other._e164 == self._e164

    def __hash__(self) -> int:
        return hash(self._e164)
