"""A paper of billing as a page to print, with the letters that it needs embedded.

The font is Noto Sans SC (SIL Open Font License 1.1), a variable font: the letters of one document are cut out and
fixed at the weights regular and bold.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files
from threading import Lock
from typing import Any
from zlib import crc32

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as PdfFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from yunhu.domains.billing.wording import Cell, Paper, text_of
from yunhu.foundation.ids import new_id

_FONT = ("fonts", "ofl", "notosanssc", "NotoSansSC[wght].ttf")
_WEIGHTS = (400, 700)
_drawing = Lock()
"""The library keeps its fonts in one place for all threads."""
_ALWAYS = "第页共对账单编号服务费用甲方乙方盖章日期签字：/ 0123456789,.-（）年月日零壹贰叁肆伍陆柒捌玖拾佰仟万亿兆元角分整负"


def paper_pdf(paper: Paper) -> bytes:
    """One A4 document, numbered pages."""
    letters = _letters(paper)
    with _drawing, fonts_of(letters) as (regular, bold):
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
        document.build(_story(paper, regular, bold), canvasmaker=_numbered(regular, paper.number))
        return out.getvalue()


def _story(paper: Paper, regular: str, bold: str) -> list[Any]:
    title = ParagraphStyle("title", fontName=bold, fontSize=18, leading=26, alignment=1, wordWrap="CJK")
    cell = ParagraphStyle("cell", fontName=regular, fontSize=9, leading=12, wordWrap="CJK")
    head = ParagraphStyle("head", parent=cell, fontName=bold)
    right = ParagraphStyle("right", parent=cell, alignment=2)
    rows = [[Paragraph(_escaped(word), head) for word in paper.columns]]
    styles = [cell] * paper.texts + [right] * (len(paper.columns) - paper.texts)
    rows += [
        [Paragraph(_escaped(text_of(value)), style) for value, style in zip(cells, styles, strict=True)]
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
        [Paragraph(_escaped(label), head), Paragraph(_escaped(text_of(value)), cell)] for label, value in rows
    ]
    return Table(told, colWidths=[58 * mm, 124 * mm], style=[("TOPPADDING", (0, 0), (-1, -1), 1)])


def _numbered(font: str, number: str) -> type[Canvas]:
    """A canvas that knows how many pages there are when it writes their numbers."""

    class Numbered(Canvas):  # type: ignore[misc]  # the library has no types
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 the library calls it by this name
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for page, state in enumerate(self._pages, start=1):
                self.__dict__.update(state)
                self.setFont(font, 8)
                self.drawString(14 * mm, 10 * mm, number)
                self.drawRightString(A4[0] - 14 * mm, 10 * mm, f"第 {page} 页 / 共 {len(self._pages)} 页")
                super().showPage()
            super().save()

    return Numbered


def _letters(paper: Paper) -> str:
    words = [_ALWAYS, paper.title, paper.number, *paper.columns]
    words += [word for label, value in (*paper.header, *paper.totals) for word in (label, text_of(value))]
    words += [text_of(value) for cells in paper.rows for value in cells]
    return "".join(sorted(set("".join(words))))


@contextmanager
def fonts_of(letters: str) -> Iterator[tuple[str, str]]:
    """The names of a regular and a bold font with these letters, known to the library until the block ends."""
    names = []
    try:
        for weight in _WEIGHTS:
            names.append(f"yunhu-{weight}-{new_id()}")
            pdfmetrics.registerFont(PdfFont(names[-1], io.BytesIO(_cut(letters, weight))))
        yield names[0], names[1]
    finally:
        for name in names:
            font = pdfmetrics._fonts.pop(name, None)
            if font is not None:
                # The library would use this font again for any other that calls itself by the same name inside.
                pdfmetrics._dynFaceNames.pop(font.face.name, None)


@lru_cache(maxsize=8)
def _cut(letters: str, weight: int) -> bytes:
    """Papers of one tenant are written with the same letters, month by month: cut once."""
    with TTFont(io.BytesIO(_subset(letters)), lazy=True) as font:
        fixed = instantiateVariableFont(font, {"wght": weight})
        # Viewers, and the library, tell embedded fonts apart by this name.
        fixed["name"].setName(f"NotoSansSC-{weight}-{crc32(letters.encode()):08x}", 6, 3, 1, 0x409)
        out = io.BytesIO()
        fixed.save(out)
    return out.getvalue()


@lru_cache(maxsize=4)
def _subset(letters: str) -> bytes:
    """The variable font with these letters alone; the whole of it is large and slow to take apart."""
    content = files("justmytype_intl_cjk").joinpath(*_FONT).read_bytes()
    with TTFont(io.BytesIO(content), lazy=True) as font:
        options = Options()
        options.layout_features = []
        options.notdef_outline = True
        subsetter = Subsetter(options)
        subsetter.populate(text=letters)
        subsetter.subset(font)
        out = io.BytesIO()
        font.save(out)
    return out.getvalue()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
