"""Reads a workbook back as a spreadsheet would."""

import io
import re
import zipfile
from xml.etree import ElementTree

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REF = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Cell = str | float | None


def sheets_of(content: bytes) -> dict[str, list[list[Cell]]]:
    """Every sheet by its name, as rows of cells; numbers as numbers."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert book.testzip() is None
        shared = _strings(book)
        places = {
            part.attrib["Id"]: part.attrib["Target"]
            for part in ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
        }
        found = {}
        for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{_NS}sheet"):
            content = book.read(f"xl/{places[sheet.attrib[_REF]]}")
            rows = ElementTree.fromstring(content).iter(f"{_NS}row")
            found[sheet.attrib["name"]] = [_cells(row, shared) for row in rows]
        return found


def _strings(book: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    root = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    return ["".join(item.itertext()) for item in root.iter(f"{_NS}si")]


def _cells(row: ElementTree.Element, shared: list[str]) -> list[Cell]:
    cells: list[Cell] = []
    for cell in row.iter(f"{_NS}c"):
        reference = cell.attrib.get("r")
        if reference is not None:
            column = re.match("[A-Z]+", reference)
            assert column is not None
            while len(cells) < ord(column[0]) - ord("A"):
                cells.append(None)
        value = cell.find(f"{_NS}v")
        kind = cell.attrib.get("t")
        if kind == "inlineStr":
            cells.append("".join(cell.itertext()))
        elif value is None or value.text is None:
            cells.append(None)
        elif kind == "s":
            cells.append(shared[int(value.text)])
        else:
            cells.append(float(value.text))
    return cells
