"""Ways to reach somebody, hidden in a text: links, phone numbers, messenger ids. Pure.

Every function takes the text as it is and undoes disguise itself (see `normalise`).
"""

import re
from collections.abc import Iterator

from yunhu.domains.screening.normalise import plain

_HAN_DIGITS = str.maketrans("零〇幺一二两三四五六七八九壹贰叁肆伍陆柒捌玖", "00112234567891234567" + "89")
_PHONE = re.compile(
    r"(?:00?86|86)?1[3-9][0-9]{9}"  # mobile
    r"|(?:00?86|86)?0[0-9]{2,3}[2-9][0-9]{6,7}"  # landline with its area code
    r"|[48]00[0-9]{7}"  # service numbers of firms
)
_CALL_ME = re.compile(
    r"(?:电话|致电|拨打|来电|热线|咨询|联系|手机|tel|phone)[^0-9]{0,4}[0-9][0-9 -]{3,}[0-9]"
)
_GROUP = re.compile(r"[0-9]+")
_ALIKE = re.compile(r"(?<![a-z])[0-9oli](?:[^0-9a-z\u4e00-\u9fff]?[0-9oli]){6,}(?![a-z])")
_LETTER_DIGITS = str.maketrans("oli", "011")
_MOST_DIGITS = 17
_WIDEST_GAP = 3

_DOT = re.compile(r"(?<=[a-z0-9])\s*(?:[.。·•・∙⋅]|[(\[]\s*(?:dot|点)\s*[)\]]|dot|点)\s*(?=[a-z0-9])")
_DOMAINS = (
    "com|cn|net|org|gov|edu|info|biz|top|xyz|vip|club|shop|site|online|store|cc|me|io|tv|co|app|link|icu|wang|ltd"
    "|work|fun|pro|mobi|asia|hk|tw|im|gl|ly|la|so|to|ink|red|kim|live|space|website|tech|cloud|dev|us|uk|ru|jp"
)
_LINK = re.compile(
    r"(?:https?|ftp)\s*[:/]|(?<![a-z0-9])www\s*\."
    rf"|[a-z0-9][a-z0-9-]*\.(?:{_DOMAINS})(?![a-z0-9])"
    r"|[a-z0-9\u4e00-\u9fff]\s*\.\s*(?:中国|公司|网络|网址)"
    r"|(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9.])"
    r"|xn--[a-z0-9]"
)
_MAIL = re.compile(r"[a-z0-9_.+-]+\s*@\s*[a-z0-9-]+")
_MESSENGER = (
    r"(?:微信|薇信|威信|维信|徽信|微x|v信|(?<![a-z])(?:vx|wx|vv|wechat|weixin|qq|telegram|whatsapp)|扣扣|口口|企鹅号"
    r"|飞机号|抖音号|快手号)"
)
_MESSENGER_ID = re.compile(rf"{_MESSENGER}(?:群|号|id|:|：|是|为|=|_|-|\.|,|，)*[a-z0-9][a-z0-9_-]{{4,}}")
_ADD_ME = re.compile(
    rf"(?:加|\+|添加|搜索?|联系)(?:我|客服|个|一下|老师|经理)*(?:的)?(?:{_MESSENGER}|[v薇](?![a-z])|徽)"
)
_BLANKS = re.compile(r"\s+")


def has_phone_number(text: str) -> bool:
    """A phone number, also spelled 一三八…, 1 3 8, ①③⑧, l38oo…, or broken up by signs."""
    base = plain(text)
    lettered = _ALIKE.sub(_read_letters, base)
    forms = {base, lettered, base.translate(_HAN_DIGITS)}
    return any(_CALL_ME.search(form) or any(map(_PHONE.fullmatch, _candidates(form))) for form in forms)


def has_link(text: str) -> bool:
    """An address of the web or of mail, also with other dots, letters that look alike, or blanks in between."""
    base = plain(text)
    return any(
        _LINK.search(_DOT.sub(".", form)) or _MAIL.search(form) for form in (base, _BLANKS.sub("", base))
    )


def has_messenger_id(text: str) -> bool:
    """An id of WeChat, QQ and the like, or the wish to be added there."""
    base = _BLANKS.sub("", plain(text))
    return bool(_MESSENGER_ID.search(base) or _ADD_ME.search(base))


def _read_letters(match: re.Match[str]) -> str:
    """Letters that stand for digits, where most of the run is digits anyway."""
    run = match[0]
    digits = sum(character.isdigit() for character in run)
    return run.translate(_LETTER_DIGITS) if digits >= 4 else run


def _candidates(text: str) -> Iterator[str]:
    """Neighbouring groups of digits, written together."""
    groups = list(_GROUP.finditer(text))
    for first, match in enumerate(groups):
        digits, end = match[0], match.end()
        yield digits
        for following in groups[first + 1 :]:
            gap = text[end : following.start()]
            digits += following[0]
            if len(gap) > _WIDEST_GAP or any(map(str.isalnum, gap)) or len(digits) > _MOST_DIGITS:
                break
            yield digits
            end = following.end()
