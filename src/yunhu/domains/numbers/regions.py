"""Where a number belongs: read off the number itself."""

import re

from yunhu.foundation.phone import Phone

_SERVICE = re.compile(r"[48]00\d{7}|\d{5,6}")
_TWO_DIGITS = re.compile(r"10|2\d")
"""Area codes of the big cities have two digits after the trunk prefix, all others three (GB numbering plan)."""
MOBILE, SERVICE = "mobile", "service"


def region_of(phone: Phone) -> str:
    """`29` for Xi'an's fixed lines, `mobile`, or `service` for 400 and short numbers."""
    if phone.is_mobile:
        return MOBILE
    if _SERVICE.fullmatch(phone.national):
        return SERVICE
    return phone.national[:2] if _TWO_DIGITS.match(phone.national) else phone.national[:3]
