"""The readable pages of a pack: Chinese with English labels, printable, without scripts and without a network. Pure."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from html import escape
from typing import Any
from uuid import UUID

from yunhu.foundation.clock import SHANGHAI
from yunhu.foundation.evidence import Attempt, Column, EvidencePart, Fact

Heading = tuple[str, str]
"""Chinese and English."""
_STYLE = """
:root{color:#1a1a1a;background:#fff;font:14px/1.6 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
body{max-width:1080px;margin:0 auto;padding:24px}
h1{font-size:24px;margin:0 0 4px}h2{font-size:18px;margin:32px 0 8px;border-bottom:2px solid #1f4e79;color:#1f4e79}
h3{font-size:15px;margin:20px 0 6px}
small,.en{color:#666;font-weight:normal;font-size:12px}
table{border-collapse:collapse;width:100%;margin:6px 0 14px}
th,td{border:1px solid #c9c9c9;padding:4px 8px;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#f3f6f9;font-weight:600}table.facts>tbody>tr>th{width:220px}
td table{margin:0}code{font:12px/1.5 ui-monospace,Consolas,monospace}
.attempt{border:1px solid #9db3c8;border-radius:6px;padding:4px 16px 8px;margin:16px 0}
.none{color:#888}
@media print{body{max-width:none;padding:0;font-size:11px}.attempt{break-inside:auto}tr,h2,h3{break-inside:avoid}
h2,h3{break-after:avoid}a{color:inherit;text-decoration:none}}
"""
_HEAD = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{style}</style></head><body>
"""
CHANNELS = {"voice": "语音 voice", "sms": "短信 SMS"}


def head(title: str) -> str:
    """Begin a page."""
    return _HEAD.format(title=escape(title), style=_STYLE)


def foot() -> str:
    """End a page."""
    return "</body></html>\n"


def h1(zh: str, en: str) -> str:
    """The page's own heading."""
    return f"<h1>{escape(zh)}</h1>\n<p class=en>{escape(en)}</p>\n"


def h2(heading: Heading) -> str:
    """A section."""
    return f"<h2>{label(*heading)}</h2>\n"


def h3(heading: Heading) -> str:
    """A part of a section."""
    return f"<h3>{label(*heading)}</h3>\n"


def label(zh: str, en: str) -> str:
    """Both languages."""
    return f"{escape(zh)} <span class=en>{escape(en)}</span>"


def paragraph(zh: str, en: str) -> str:
    """A sentence in both languages."""
    return f"<p>{escape(zh)}<br><span class=en>{escape(en)}</span></p>\n"


def nothing() -> str:
    """Where there is nothing to show."""
    return "<p class=none>无记录 <span class=en>nothing on record</span></p>\n"


def pairs(lines: Iterable[tuple[Heading, Any]]) -> str:
    """A table of headings and values."""
    rows = "".join(
        f"<tr><th>{label(*heading)}</th><td>{shown(value)}</td></tr>\n" for heading, value in lines
    )
    return f"<table class=facts><tbody>{rows}</tbody></table>\n"


def fact(columns: Sequence[Column], values: Mapping[str, Any]) -> str:
    """One fact, upright; what has no value is left out."""
    known = [
        ((column.zh, column.en), values[column.name])
        for column in columns
        if values.get(column.name) not in (None, "", [], {})
    ]
    return pairs(known)


def facts(part: EvidencePart, found: Sequence[Fact]) -> str:
    """What a part has to say, under its heading."""
    body = "".join(fact(part.columns, one.values) for one in found)
    return h3((part.zh, part.en)) + (body or nothing())


def attempt_block(
    number: int, attempt: Attempt, said: Iterable[tuple[EvidencePart, Sequence[Fact]]], recording: str
) -> str:
    """Everything about one call or message."""
    title = f"{number}. {CHANNELS.get(attempt.channel, attempt.channel)} {moment(attempt.at)}"
    body = "".join(facts(part, found) for part, found in said if found)
    return (
        f'<section class=attempt id="a-{attempt.id}"><h3>{escape(title)}</h3>'
        f"<p><code>{attempt.id}</code></p>{body}{recording}</section>\n"
    )


def attempts_head() -> str:
    """Begin a table of many attempts, one a line."""
    headings = (("时间", "When"), ("渠道", "Channel"), ("号码", "Phone"), ("结果", "Result"), ("内容", "Text"),
                ("编号", "Id"))  # fmt: skip
    return f"<table><thead><tr>{''.join(f'<th>{label(*one)}</th>' for one in headings)}</tr></thead><tbody>\n"


def attempt_row(attempt: Attempt, phone: str) -> str:
    """One attempt in that table."""
    cells = (
        escape(moment(attempt.at)),
        escape(CHANNELS.get(attempt.channel, attempt.channel)),
        escape(phone),
        escape(attempt.result) or "–",
        escape(attempt.summary),
        f"<code>{attempt.id}</code>",
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n"


def attempts_foot() -> str:
    """End that table."""
    return "</tbody></table>\n"


def link(path: str, text: str) -> str:
    """A link inside the pack."""
    return f'<a href="{escape(path, quote=True)}">{escape(text)}</a>'


def moment(value: datetime) -> str:
    """China time, to the second."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def shown(value: Any) -> str:
    """A value for people."""
    if value is None or value == "":
        return "–"
    for kind, form in _FORMS:
        if isinstance(value, kind):
            return form(value)
    return escape(str(value)).replace("\n", "<br>")


def _table(value: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><th>{escape(str(name))}</th><td>{shown(one)}</td></tr>" for name, one in value.items()
    )
    return f"<table>{rows}</table>" if rows else "–"


def _list(value: Sequence[Any]) -> str:
    if not value:
        return "–"
    if not all(isinstance(one, dict) for one in value):
        return "<br>".join(shown(one) for one in value)
    names = list(dict.fromkeys(name for one in value for name in one))
    header = "".join(f"<th>{escape(str(name))}</th>" for name in names)
    rows = "".join(
        f"<tr>{''.join(f'<td>{_cell(one.get(name))}</td>' for name in names)}</tr>" for one in value
    )
    return f"<table><tr>{header}</tr>{rows}</table>"


def _cell(value: Any) -> str:
    # A table in a table in a table cannot be read any more.
    if isinstance(value, dict):
        return (
            escape(
                "; ".join(
                    f"{name}: {json.dumps(one, ensure_ascii=False, default=str)}"
                    for name, one in value.items()
                )
            )
            or "–"
        )
    return shown(value)


# In this order: a bool is an int, a moment is a day.
_FORMS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "是 yes" if value else "否 no"),
    (datetime, lambda value: f"{moment(value)} <span class=en>UTC+8</span>"),
    (date, date.isoformat),
    (bytes, lambda value: f"<code>{value.hex()}</code>"),
    (UUID, lambda value: f"<code>{value}</code>"),
    (dict, _table),
    (list, _list),
    (tuple, _list),
)
