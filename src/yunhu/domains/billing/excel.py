"""A paper as a workbook, and for a statement every charged piece, written row by row."""

from collections.abc import AsyncIterable
from pathlib import Path
from typing import Any

import xlsxwriter

from yunhu.domains.billing.wording import KINDS_ZH, Cell, Money, Paper
from yunhu.foundation.clock import SHANGHAI

ROWS_A_SHEET = 1_000_000
_DETAIL = ("日期", "项目", "结算时间", "通话编号", "金额（元）")


async def write_workbook(path: Path, paper: Paper, pieces: AsyncIterable[Any] | None = None) -> None:
    """Write the file; memory does not grow with the pieces, which lie in a file of their own until the end."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(path), options)
    try:
        _summary(book, paper)
        if pieces is not None:
            await _details(book, pieces)
    finally:
        book.close()


def _summary(book: Any, paper: Paper) -> None:
    sheet = book.add_worksheet(paper.title)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页 / 共 &N 页")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, max(7, len(paper.columns) - 1), 18)
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    count = book.add_format({"num_format": "#,##0"})
    head = book.add_format({"bold": True, "bg_color": "#EDEDED", "border": 1})
    sheet.write_string(0, 0, paper.title, book.add_format({"bold": True, "font_size": 16}))
    row = 1
    for label, value in paper.header:
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, value)
        row += 1
    sheet.write_row(row, 0, paper.columns, head)
    for cells in paper.rows:
        row += 1
        for column, cell in enumerate(cells):
            _write(sheet, row, column, cell, money, count)
    for label, value_ in paper.totals:
        row += 1
        sheet.write_string(row, 0, label, bold)
        _write(sheet, row, 1, value_, money, count)


def _write(sheet: Any, row: int, column: int, cell: Cell, money: Any, count: Any) -> None:
    if isinstance(cell, Money):
        sheet.write_number(row, column, cell.fen / 100, money)
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell, count)
    elif cell is not None:
        sheet.write_string(row, column, cell)


async def _details(book: Any, pieces: AsyncIterable[Any]) -> None:
    money = book.add_format({"num_format": "0.00"})
    sheet: Any = None
    row, part = ROWS_A_SHEET, 0
    async for piece in pieces:
        if row >= ROWS_A_SHEET:
            part += 1
            sheet = book.add_worksheet(f"明细{part}")
            sheet.set_column(0, 4, 22)
            sheet.write_row(0, 0, _DETAIL)
            row = 0
        row += 1
        sheet.write_string(row, 0, piece.day.isoformat())
        sheet.write_string(row, 1, KINDS_ZH[piece.kind])
        sheet.write_string(row, 2, f"{piece.settled_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}")
        sheet.write_string(row, 3, str(piece.call_id))
        sheet.write_number(row, 4, piece.amount / 100, money)
