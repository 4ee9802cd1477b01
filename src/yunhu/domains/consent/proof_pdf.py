"""The proof of one person's consent as a page to print."""

import io
import string
from datetime import datetime
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from yunhu.domains.consent.evidence import Proof, stands
from yunhu.domains.consent.models import Consent, Refusal
from yunhu.foundation.clock import SHANGHAI
from yunhu.foundation.printing import Fonts, document_fonts, escaped, numbered_pages

_TITLE = "用户同意证明"
_PURPOSES = {"queue": "排队叫号提醒", "notice": "其他已备案通知"}
_SOURCES = {"kiosk": "现场取号", "form": "书面表单", "recording": "录音", "import": "批量导入", "api": "接口"}
_REFUSED_BY = {
    "key": "通话按键",
    "agent": "座席登记",
    "web": "网页链接",
    "api": "接口",
    "operator": "乙方登记",
}
_CONSENTS = ("用途", "方式", "同意时间", "有效期至", "凭证", "状态")
_REFUSALS = ("拒绝时间", "方式", "解除时间")
_STATES = "有效已同意：、没有有效的同意；已拒绝来电和短信已撤回已过期长期未解除—"
_HEAD = "甲方电话号码出具时间当前结论"
_WORDS = (
    *(_TITLE, "同意记录", "拒绝记录", _HEAD, _STATES, string.printable),
    *(*_CONSENTS, *_REFUSALS, *_PURPOSES.values(), *_SOURCES.values(), *_REFUSED_BY.values()),
)
"""Always the same letters, whatever a proof says: the font is cut once for a tenant and not for each paper."""
_CONSENT_WIDTHS = (28, 20, 36, 26, 44, 28)
_REFUSAL_WIDTHS = (60, 60, 62)


def proof_pdf(proof: Proof, phone: str, tenant: str) -> bytes:
    """One A4 document. `phone` is printed as it is given: masked, unless somebody was allowed to see it whole."""
    head = [
        ("甲方", tenant),
        ("电话号码", phone),
        ("出具时间", _moment(proof.made_at)),
        ("当前结论", _conclusion(proof)),
    ]
    consents = [_consent_cells(row, proof.made_at) for row in proof.consents]
    refusals = [_refusal_cells(row) for row in proof.refusals]
    words = [*_WORDS, *(word for pair in head for word in pair)]
    words += [cell for row in (*consents, *refusals) for cell in row]
    with document_fonts(words) as fonts:
        out = io.BytesIO()
        document = SimpleDocTemplate(
            out,
            pagesize=A4,
            title=_TITLE,
            author=tenant,
            topMargin=18 * mm,
            bottomMargin=20 * mm,
            leftMargin=14 * mm,
            rightMargin=14 * mm,
        )
        story = _story(head, consents, refusals, fonts)
        document.build(story, canvasmaker=numbered_pages(fonts.regular, _moment(proof.made_at)))
        return out.getvalue()


def _story(
    head: list[tuple[str, str]], consents: list[list[str]], refusals: list[list[str]], fonts: Fonts
) -> list[Any]:
    title = ParagraphStyle("title", fontName=fonts.bold, fontSize=18, leading=26, alignment=1, wordWrap="CJK")
    cell = ParagraphStyle("cell", fontName=fonts.regular, fontSize=9, leading=12, wordWrap="CJK")
    bold = ParagraphStyle("bold", parent=cell, fontName=fonts.bold)
    pairs = [[Paragraph(name, bold), Paragraph(escaped(value), cell)] for name, value in head]
    story: list[Any] = [
        Paragraph(_TITLE, title),
        Spacer(1, 4 * mm),
        Table(pairs, colWidths=[30 * mm, 152 * mm], style=[("TOPPADDING", (0, 0), (-1, -1), 1)]),
    ]
    for name, columns, widths, rows in (
        ("同意记录", _CONSENTS, _CONSENT_WIDTHS, consents),
        ("拒绝记录", _REFUSALS, _REFUSAL_WIDTHS, refusals),
    ):
        if rows:
            lines = [[Paragraph(word, bold) for word in columns]]
            lines += [[Paragraph(escaped(word), cell) for word in row] for row in rows]
            grid = Table(lines, colWidths=[width * mm for width in widths], repeatRows=1)
            line = colors.HexColor("#999999")
            grid.setStyle(
                TableStyle([("GRID", (0, 0), (-1, -1), 0.4, line), ("VALIGN", (0, 0), (-1, -1), "TOP")])
            )
            story += [Spacer(1, 5 * mm), Paragraph(name, bold), Spacer(1, 2 * mm), grid]
    return story


def _conclusion(proof: Proof) -> str:
    names = [_PURPOSES[purpose] for purpose in _PURPOSES if any(
        row.purpose == purpose and stands(row, proof.made_at) for row in proof.consents)]  # fmt: skip
    agreed = f"已同意：{'、'.join(names)}" if names else "没有有效的同意"
    refuses = any(row.lifted_at is None for row in proof.refusals)
    return f"{agreed}；已拒绝来电和短信" if refuses else agreed


def _consent_cells(row: Consent, now: datetime) -> list[str]:
    if row.withdrawn_at is not None:
        state = f"已撤回 {_moment(row.withdrawn_at)}"
    else:
        state = "有效" if stands(row, now) else "已过期"
    return [
        _PURPOSES[row.purpose],
        _SOURCES[row.source],
        _moment(row.given_at),
        row.valid_until.isoformat() if row.valid_until else "长期",
        row.reference or "—",
        state,
    ]


def _refusal_cells(row: Refusal) -> list[str]:
    lifted = _moment(row.lifted_at) if row.lifted_at else "未解除"
    return [_moment(row.at), _REFUSED_BY[row.source], lifted]


def _moment(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
