"""Every relative link leads somewhere, and every symbol that is said to be in a file is in it."""

import re
from pathlib import Path

import pytest
from tests.integration.docs.markdown import DOCUMENTS, anchors, links, name_of

_SYMBOL_IN_FILE = re.compile(r"`([A-Za-z_]\w*)`\s+in\s+\[[^\]]*\]\(([^)\s]+\.py)\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_given_a_document_when_its_links_are_followed_then_each_leads_somewhere(document: Path) -> None:
    broken = []
    for target in links(document.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path) if path else document
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_given_a_symbol_placed_in_a_file_when_the_file_is_read_then_it_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    missing = [
        (symbol, target)
        for symbol, target in _SYMBOL_IN_FILE.findall(text)
        if not re.search(rf"\b{symbol}\b", (document.parent / target).read_text(encoding="utf-8"))
    ]
    assert not missing


def test_given_the_documents_when_gathered_then_each_part_of_the_house_has_one() -> None:
    names = {name_of(document) for document in DOCUMENTS}
    assert {
        "README.md",
        "README.zh-CN.md",
        "CHANGELOG.md",
        "docs/architecture.md",
        "docs/life-of-a-call.md",
        "docs/howto/integrate.md",
        "docs/howto/trunks.md",
        "docs/runbooks/operations.md",
        "docs/decisions/0001-the-house.md",
    } <= names
