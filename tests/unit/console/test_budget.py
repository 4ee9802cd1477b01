"""How much script a page needs before it shows, as it goes over the wire."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
DIST = ROOT / "src" / "yunhu" / "console_dist"
MOST_BYTES = 350 * 1024
ENTRY = "index.html"


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """Vite's list of what needs what, of a build of the sources as they are."""
    subprocess.run([sys.executable, str(ROOT / "console" / "build.py")], check=True, timeout=280)
    loaded: dict[str, Any] = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    return loaded


def _scripts(manifest: dict[str, Any], *wanted: str) -> set[str]:
    found: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        chunk = manifest[name]
        if chunk["file"] not in found:
            found.add(chunk["file"])
            waiting += chunk.get("imports", [])
    return {file for file in found if file.endswith(".js")}


def _bytes(file: str) -> int:
    packed = DIST / f"{file}.gz"
    return (packed if packed.exists() else DIST / file).stat().st_size


def test_given_every_page_when_its_scripts_are_added_up_then_they_keep_the_budget(
    manifest: dict[str, Any],
) -> None:
    pages = [name for name in manifest if name.startswith("src/features/") and name.endswith("Page.vue")]
    words = [name for name in manifest if name.endswith("/words/zh-CN.ts")]
    common = [name for name in words if name.startswith(("src/app/", "src/shared/"))]
    assert len(pages) > 10
    assert len(common) == 2
    sizes = {}
    for page in pages:
        own = [name for name in words if name.startswith(page.rsplit("/", 1)[0] + "/")]
        sizes[page] = sum(_bytes(file) for file in _scripts(manifest, ENTRY, page, *common, *own))
    assert {page: size for page, size in sizes.items() if size > MOST_BYTES} == {}


def test_given_the_entry_when_read_then_pages_are_chunks_of_their_own(manifest: dict[str, Any]) -> None:
    entry = _scripts(manifest, ENTRY)
    pages = {chunk["file"] for name, chunk in manifest.items() if name.endswith("Page.vue")}
    assert entry & pages == set()


def test_given_the_page_when_read_then_nothing_stands_inline_and_nothing_comes_from_elsewhere(
    manifest: dict[str, Any],
) -> None:
    assert manifest
    html = (DIST / "index.html").read_text(encoding="utf-8")
    assert "<style" not in html
    assert "style=" not in html
    assert html.count("<script") == html.count('<script type="module" crossorigin src="/assets/')
    assert "//" not in html.replace("<!doctype html>", "")
