"""A paper as a workbook, and for a statement every charged piece."""

import asyncio
import re
import tempfile
import zipfile
from collections.abc import AsyncIterable
from pathlib import Path
from typing import Any

from yunhu.domains.billing.wording import Cell, Money, Paper

ROWS_A_SHEET = 1_000_000
ROWS_A_CHUNK = 2_000
MONEY_STYLE = "{money}"
"""Stands in a row of the details for the number of the style of amounts."""
# The sheets of details are the ones with a style for their fifth column. How far a sheet reaches is not known before.
_MONEY_COLUMN = re.compile(rb'<col min="5" max="5"[^>]* style="([0-9]+)"')
_DIMENSION = re.compile(rb"<dimension [^>]*/>")
_DETAIL = ("日期", "项目", "结算时间", "通话编号", "金额（元）")


async def write_workbook(
    path: Path, paper: Paper, pieces: int = 0, rows: AsyncIterable[str] | None = None
) -> None:
    """Write the file; `rows` are SpreadsheetML, `ROWS_A_CHUNK` of all `pieces` at a time, and go through unread.

    Memory does not grow with them, and neither does the time of this process much: the database writes the rows.
    """
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        frame = Path(folder) / "frame.xlsx"
        _frame(frame, paper, -(-pieces // ROWS_A_SHEET))
        if rows is None:
            frame.replace(path)
        else:
            await _fill(frame, path, rows)


def _frame(path: Path, paper: Paper, sheets: int) -> None:
    """The summary, and for the details sheets with nothing but their head."""
    import xlsxwriter  # noqa: PLC0415 heavy, and most processes write none

    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    try:
        _summary(book, paper)
        money = book.add_format({"num_format": "0.00"})
        for part in range(1, sheets + 1):
            sheet = book.add_worksheet(f"明细{part}")
            sheet.set_column(0, 3, 22)
            sheet.set_column(4, 4, 22, money)
            sheet.write_row(0, 0, _DETAIL)
    finally:
        book.close()


async def _fill(frame: Path, path: Path, rows: AsyncIterable[str]) -> None:
    chunks = aiter(rows)
    with (
        zipfile.ZipFile(frame) as given,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
    ):
        for name in given.namelist():
            content = given.read(name)
            head = content.partition(b"</sheetData>")[0]
            style = _MONEY_COLUMN.search(head)
            if style is None:
                made.writestr(name, content)
                continue
            style_number = style[1].decode()
            with made.open(name, "w", force_zip64=True) as sheet:
                sheet.write(_DIMENSION.sub(b"", head))
                for _ in range(ROWS_A_SHEET // ROWS_A_CHUNK):
                    chunk = await anext(chunks, None)
                    if chunk is None:
                        break
                    styled = chunk.replace(MONEY_STYLE, style_number)
                    await asyncio.to_thread(sheet.write, styled.encode())
                sheet.write(content[len(head) :])


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
