"""The statement as a workbook: a summary, and every charged piece, written row by row."""

from collections.abc import AsyncIterable
from pathlib import Path
from typing import Any

import xlsxwriter

from yunhu.domains.billing.statements import StatementContent, StatementLine
from yunhu.domains.billing.wording import KINDS_ZH, header_rows, line_cells, total_rows
from yunhu.foundation.clock import SHANGHAI

ROWS_A_SHEET = 1_000_000
_HEAD = ("项目", "名称", "单位", "额度", "本期用量", "累计用量", "剩余", "金额(元)")
_DETAIL = ("日期", "项目", "结算时间", "通话编号", "金额(元)")


async def write_workbook(
    path: Path, content: StatementContent, number: str, pieces: AsyncIterable[Any]
) -> None:
    """Write the file; memory does not grow with the pieces, which lie in a file of their own until the end."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(path), options)
    try:
        _summary(book, content, number)
        await _details(book, pieces)
    finally:
        book.close()


def _summary(book: Any, content: StatementContent, number: str) -> None:
    sheet = book.add_worksheet("对账单")
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页 / 共 &N 页")
    sheet.set_column(0, 7, 16)
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    head = book.add_format({"bold": True, "bg_color": "#EDEDED", "border": 1})
    sheet.write(0, 0, "服务费用对账单", book.add_format({"bold": True, "font_size": 16}))
    row = 1
    for label, value in header_rows(content, number):
        sheet.write(row, 0, label, bold)
        sheet.write(row, 1, value)
        row += 1
    sheet.write_row(row, 0, _HEAD, head)
    for line in content.lines:
        row += 1
        _line(sheet, row, line, money)
    for label, value in total_rows(content):
        row += 1
        sheet.write(row, 0, label, bold)
        sheet.write(row, 1, value)


def _line(sheet: Any, row: int, line: StatementLine, money: Any) -> None:
    cells = line_cells(line)
    sheet.write_row(row, 0, cells[:3])
    for column, value in enumerate((line.quota, line.pieces, line.used, line.left), start=3):
        if value is not None:
            sheet.write_number(row, column, value)
    sheet.write_number(row, 7, line.amount / 100, money)


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
