"""Reads what the documents say, as far as their tests need it."""

import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted(
    [*ROOT.glob("README*.md"), ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")],
)

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


class Block(NamedTuple):
    """A fenced block."""

    language: str
    text: str


def name_of(document: Path) -> str:
    """How a test is named after its document."""
    return str(document.relative_to(ROOT))


def blocks(text: str, *languages: str) -> list[Block]:
    """Fenced blocks in these languages, in order; all of them when none is named."""
    found = [Block(*match.groups()) for match in _FENCE.finditer(text)]
    return [block for block in found if not languages or block.language in languages]


def code(text: str) -> list[str]:
    """Every piece of code: fenced blocks, and spans in the prose between them, with line breaks folded."""
    prose = _FENCE.sub("", text)
    return [block.text for block in blocks(text)] + [" ".join(span.split()) for span in _SPAN.findall(prose)]


def links(text: str) -> list[str]:
    """Targets of links outside fenced blocks."""
    return _LINK.findall(_FENCE.sub("", text))


def anchors(text: str) -> set[str]:
    """Names under which headings can be linked to, as GitHub makes them."""
    return {_slug(heading) for heading in _HEADING.findall(_FENCE.sub("", text))}


def _slug(heading: str) -> str:
    kept = [c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LN"]
    return "".join(kept).strip().replace(" ", "-")
