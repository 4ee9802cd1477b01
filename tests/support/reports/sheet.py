"""Reads what is in a workbook, by the format itself (ECMA-376), so that no second library has to be trusted."""

import io
import re
import zipfile
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def sheet_names(content: bytes) -> list[str]:
    """In order."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        root = ElementTree.fromstring(book.read("xl/workbook.xml"))
    return [str(sheet.get("name")) for sheet in root.iterfind("m:sheets/m:sheet", _NS)]


def rows_of(content: bytes, sheet: int = 1) -> list[list[Any]]:
    """Texts and numbers of a sheet; None where a cell is empty."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        shared = _shared(book)
        root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))
    found = []
    for row in root.iterfind("m:sheetData/m:row", _NS):
        cells: dict[int, Any] = {}
        for cell in row.iterfind("m:c", _NS):
            assert cell.find("m:f", _NS) is None, "a formula"
            cells[_column(str(cell.get("r")))] = _value(cell, shared)
        found.append([cells.get(place) for place in range(max(cells, default=-1) + 1)])
    width = max((len(row) for row in found), default=0)
    return [row + [None] * (width - len(row)) for row in found]


def moment(serial: float) -> datetime:
    """A date as spreadsheets count it."""
    return datetime(1899, 12, 30) + timedelta(seconds=round(serial * 86_400))  # noqa: DTZ001 spreadsheets know no offset


def _shared(book: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    root = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    return ["".join(entry.itertext()) for entry in root.iterfind("m:si", _NS)]


def _value(cell: ElementTree.Element, shared: list[str]) -> Any:
    if cell.get("t") == "inlineStr":
        return "".join(cell.find("m:is", _NS).itertext())  # type: ignore[union-attr]
    value = cell.findtext("m:v", None, _NS)
    if value is None:
        return None
    return shared[int(value)] if cell.get("t") == "s" else float(value)


def _column(reference: str) -> int:
    place = 0
    for letter in re.match(r"[A-Z]+", reference)[0]:  # type: ignore[index]
        place = place * 26 + ord(letter) - 64
    return place - 1
