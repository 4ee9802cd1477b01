"""Pages to print in Chinese: a font with just the letters of one document, numbered pages, escaped words.

The font is Noto Sans SC (SIL Open Font License 1.1), a variable font: the letters of one document are cut out and
fixed at the weights regular and bold.
"""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files
from threading import Lock
from typing import Any, NamedTuple
from zlib import crc32

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as PdfFont
from reportlab.pdfgen.canvas import Canvas

from yunhu.foundation.ids import new_id

_FONT = ("fonts", "ofl", "notosanssc", "NotoSansSC[wght].ttf")
_ALWAYS = "第页共对/ 0123456789"
_UNUSED = ("BASE", "GDEF", "GPOS", "GSUB", "HVAR", "STAT", "vhea", "vmtx")
"""Tables of setting text down the page, of kerning and of weights' names; widths at a weight are in `gvar`, too."""
_printing = Lock()
"""The library keeps its fonts in one place for all threads."""


class Fonts(NamedTuple):
    """Names of both weights, known to the library while the document is built."""

    regular: str
    bold: str


@contextmanager
def document_fonts(words: Iterable[str]) -> Iterator[Fonts]:
    """Fonts that hold every letter of these words and of the pages' numbers; one document is built at a time."""
    letters = "".join(sorted(set("".join([_ALWAYS, *words]))))
    with _printing:
        fonts = Fonts(_register(letters, 400), _register(letters, 700))
        try:
            yield fonts
        finally:
            for name in fonts:
                font = pdfmetrics._fonts.pop(name)
                # The library would use this font again for any other that calls itself by the same name inside.
                pdfmetrics._dynFaceNames.pop(font.face.name, None)


def numbered_pages(font: str, number: str) -> type[Canvas]:
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


def escaped(text: str) -> str:
    """Words as they stand in a paragraph."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _register(letters: str, weight: int) -> str:
    """Make the letters at one weight known under a fresh name."""
    name = f"yunhu-{weight}-{new_id()}"
    pdfmetrics.registerFont(PdfFont(name, io.BytesIO(_cut(letters, weight))))
    return name


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
        options.drop_tables += _UNUSED
        options.layout_features = []
        options.notdef_outline = True
        subsetter = Subsetter(options)
        subsetter.populate(text=letters)
        subsetter.subset(font)
        out = io.BytesIO()
        font.save(out)
    return out.getvalue()
