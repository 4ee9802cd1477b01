"""How a paper of billing is laid out on pages."""

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from yunhu.domains.billing.wording import Cell, Paper, text_of
from yunhu.foundation.printing import document_fonts, escaped, numbered_pages

_ALWAYS = "第页共对账单编号服务费用甲方乙方盖章日期签字：/ 0123456789,.-（）年月日零壹贰叁肆伍陆柒捌玖拾佰仟万亿兆元角分整负"


def laid_out(paper: Paper) -> bytes:
    """One A4 document, numbered pages."""
    with document_fonts(_words(paper)) as (regular, bold):
        out = io.BytesIO()
        document = SimpleDocTemplate(
            out,
            pagesize=A4,
            title=f"{paper.title} {paper.number}",
            author=paper.author,
            topMargin=18 * mm,
            bottomMargin=20 * mm,
            leftMargin=14 * mm,
            rightMargin=14 * mm,
        )
        document.build(_story(paper, regular, bold), canvasmaker=numbered_pages(regular, paper.number))
        return out.getvalue()


def _story(paper: Paper, regular: str, bold: str) -> list[Any]:
    title = ParagraphStyle("title", fontName=bold, fontSize=18, leading=26, alignment=1, wordWrap="CJK")
    cell = ParagraphStyle("cell", fontName=regular, fontSize=9, leading=12, wordWrap="CJK")
    head = ParagraphStyle("head", parent=cell, fontName=bold)
    right = ParagraphStyle("right", parent=cell, alignment=2)
    rows = [[Paragraph(escaped(word), head) for word in paper.columns]]
    styles = [cell] * paper.texts + [right] * (len(paper.columns) - paper.texts)
    rows += [
        [Paragraph(escaped(text_of(value)), style) for value, style in zip(cells, styles, strict=True)]
        for cells in paper.rows
    ]
    grid = Table(rows, colWidths=[width * mm for width in paper.widths], repeatRows=1)
    grid.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.4, colors.HexColor("#999999")),
                ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#EFEFEF")),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ]
        )
    )
    stamps = Table(
        [
            [Paragraph("甲方（盖章）：", cell), Paragraph("乙方（盖章）：", cell)],
            [Paragraph("日期：", cell), Paragraph("日期：", cell)],
        ],
        colWidths=[91 * mm, 91 * mm],
        rowHeights=[14 * mm, 8 * mm],
    )
    return [
        Paragraph(paper.title, title),
        Spacer(1, 4 * mm),
        _pairs(paper.header, head, cell),
        Spacer(1, 5 * mm),
        grid,
        Spacer(1, 5 * mm),
        _pairs(paper.totals, head, cell),
        Spacer(1, 16 * mm),
        KeepTogether(stamps),
    ]


def _pairs(rows: Sequence[tuple[str, Cell]], head: ParagraphStyle, cell: ParagraphStyle) -> Table:
    told = [
        [Paragraph(escaped(label), head), Paragraph(escaped(text_of(value)), cell)] for label, value in rows
    ]
    return Table(told, colWidths=[58 * mm, 124 * mm], style=[("TOPPADDING", (0, 0), (-1, -1), 1)])


def _words(paper: Paper) -> list[str]:
    words = [_ALWAYS, paper.title, paper.number, *paper.columns]
    words += [word for label, value in (*paper.header, *paper.totals) for word in (label, text_of(value))]
    words += [text_of(value) for cells in paper.rows for value in cells]
    return words
