"""Writes the workbook: row by row, so that memory does not grow with it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from yunhu.domains.exports.cells import CellKind, as_text, local, neutralised
from yunhu.domains.exports.offers import Column

ROWS_A_SHEET = 1_000_000
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


class WorkbookWriter:
    """One export, in as many sheets as it needs, and a last one that says what it is."""

    def __init__(self, path: Path, title: str, columns: Sequence[Column], *, english: bool) -> None:
        import xlsxwriter  # noqa: PLC0415 heavy, and most processes write none

        self.rows = 0
        self._book = xlsxwriter.Workbook(str(path), _OPTIONS)
        self._head = self._book.add_format({"bold": True, "bg_color": "#EDEDED", "border": 1})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._yuan = self._book.add_format({"num_format": "#,##0.00"})
        self._title = title[:25]
        self._columns = columns
        self._english = english
        self._sheet: Any = None
        self._row = 0
        self._sheets = 0
        self._begin_sheet()

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows: one value a column."""
        for row in rows:
            if self._row > ROWS_A_SHEET:
                self._begin_sheet()
            for place, (column, value) in enumerate(zip(self._columns, row, strict=True)):
                self._write(place, column, value)
            self._row += 1
            self.rows += 1

    def close(self, about: Sequence[tuple[str, str]]) -> None:
        """Write what the export is, and the file."""
        sheet = self._book.add_worksheet("About" if self._english else "说明")
        sheet.set_column(0, 1, 28)
        for row, (label, value) in enumerate(about):
            sheet.write_string(row, 0, label, self._head)
            sheet.write_string(row, 1, neutralised(value))
        self._book.close()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        self._sheet = self._book.add_worksheet(self._title + (f" {self._sheets}" if self._sheets > 1 else ""))
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            self._sheet.set_column(place, place, column.width)
            title = column.title if self._english else column.title_zh
            self._sheet.write_string(0, place, title, self._head)
        self._row = 1

    def _write(self, place: int, column: Column, value: Any) -> None:
        if value is None or value in ("", [], {}):
            return
        if column.kind is CellKind.NUMBER:
            self._sheet.write_number(self._row, place, value)
        elif column.kind is CellKind.MONEY:
            self._sheet.write_number(self._row, place, value / 100, self._yuan)
        elif column.kind is CellKind.MOMENT:
            self._sheet.write_datetime(self._row, place, local(value), self._moment)
        elif column.kind is CellKind.DAY and isinstance(value, date):
            self._sheet.write_datetime(self._row, place, value, self._day)
        else:
            self._sheet.write_string(self._row, place, neutralised(self._text(column, value)))

    def _text(self, column: Column, value: Any) -> str:
        if column.said is not None:
            return column.said(value, self._english)
        if column.words and not self._english:
            parts = value if isinstance(value, list) else [value]
            return "、".join(column.words.get(str(part), str(part)) for part in parts)
        return as_text(value, english=self._english)
