"""The statement as a page to print, with the letters that it needs embedded."""

import io
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from yunhu.domains.billing.statements import StatementContent
from yunhu.domains.billing.wording import header_rows, line_cells, total_rows
from yunhu.foundation.printing import document_fonts, escaped, numbered_pages

_HEAD = ("项目", "名称", "单位", "额度", "本期用量", "累计用量", "剩余", "金额（元）")
_WIDTHS = (23, 34, 14, 22, 21, 22, 22, 24)
_ALWAYS = "对账单编号服务费用甲方乙方盖章日期签字：/ 0123456789,.-（）年月日"


def statement_pdf(content: StatementContent, number: str) -> bytes:
    """One A4 document, numbered pages."""
    with document_fonts(_words(content, number)) as (regular, bold):
        out = io.BytesIO()
        title = f"服务费用对账单 {number}"
        document = SimpleDocTemplate(
            out,
            pagesize=A4,
            title=title,
            author=content.operator_name,
            topMargin=18 * mm,
            bottomMargin=20 * mm,
            leftMargin=14 * mm,
            rightMargin=14 * mm,
        )
        document.build(_story(content, number, regular, bold), canvasmaker=numbered_pages(regular, number))
        return out.getvalue()


def _story(content: StatementContent, number: str, regular: str, bold: str) -> list[Any]:
    title = ParagraphStyle("title", fontName=bold, fontSize=18, leading=26, alignment=1, wordWrap="CJK")
    cell = ParagraphStyle("cell", fontName=regular, fontSize=9, leading=12, wordWrap="CJK")
    head = ParagraphStyle("head", parent=cell, fontName=bold)
    right = ParagraphStyle("right", parent=cell, alignment=2)
    rows = [[Paragraph(word, head) for word in _HEAD]]
    for line in content.lines:
        words = [escaped(word) for word in line_cells(line)]
        rows.append([Paragraph(word, cell if column < 3 else right) for column, word in enumerate(words)])
    grid = Table(rows, colWidths=[width * mm for width in _WIDTHS], repeatRows=1)
    grid.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.4, colors.HexColor("#999999")),
                ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#EFEFEF")),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ]
        )
    )
    return [
        Paragraph("服务费用对账单", title),
        Spacer(1, 4 * mm),
        _pairs(header_rows(content, number), head, cell),
        Spacer(1, 5 * mm),
        grid,
        Spacer(1, 5 * mm),
        _pairs(total_rows(content), head, cell),
        Spacer(1, 16 * mm),
        Table(
            [
                [Paragraph("甲方（盖章）：", cell), Paragraph("乙方（盖章）：", cell)],
                [Paragraph("日期：", cell), Paragraph("日期：", cell)],
            ],
            colWidths=[91 * mm, 91 * mm],
            rowHeights=[14 * mm, 8 * mm],
        ),
    ]


def _pairs(rows: list[tuple[str, str]], head: ParagraphStyle, cell: ParagraphStyle) -> Table:
    told = [[Paragraph(escaped(label), head), Paragraph(escaped(value), cell)] for label, value in rows]
    return Table(told, colWidths=[58 * mm, 124 * mm], style=[("TOPPADDING", (0, 0), (-1, -1), 1)])


def _words(content: StatementContent, number: str) -> list[str]:
    words = [*_HEAD, _ALWAYS, number]
    words += [word for pair in (*header_rows(content, number), *total_rows(content)) for word in pair]
    return words + [word for line in content.lines for word in line_cells(line)]
