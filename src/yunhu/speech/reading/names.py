"""Surnames whose reading differs from the character's common one are handed over as a homophone."""

from types import MappingProxyType

_HOMOPHONES = MappingProxyType(
    {
        "万俟": "莫其",
        "尉迟": "玉迟",
        "令狐": "零狐",
        "单于": "缠于",
        "单": "善",
        "仇": "求",
        "解": "谢",
        "曾": "增",
        "查": "扎",
        "盖": "葛",
        "区": "欧",
        "朴": "瓢",
        "任": "人",
        "华": "化",
        "乐": "月",
        "翟": "宅",
        "员": "运",
        "缪": "妙",
        "繁": "婆",
        "种": "虫",
        "秘": "必",
        "黑": "贺",
        "折": "舌",
        "召": "绍",
        "覃": "秦",
    }
)
"""Longer surnames first: the first that matches is taken."""
_LONGEST_PERSON = 4


def read_surname(name: str) -> str:
    """单雄信 → 善雄信. Leaves alone what is too long to be a person's name, such as an office's."""
    if len(name) > _LONGEST_PERSON:
        return name
    for surname, homophone in _HOMOPHONES.items():
        if name.startswith(surname):
            return homophone + name[len(surname) :]
    return name
