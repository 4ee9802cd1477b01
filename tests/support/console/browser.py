"""A browser at the console: opens pages as somebody, and notices what nobody should have to notice."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    async_playwright,
)
from tests.support.console.people import Person

ROOT = Path(__file__).parents[3]
PICTURES = ROOT / "artefacts" / "console"
AXE = ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LANGUAGES = ("zh-CN", "en")
THEMES = ("light", "dark")
WIDTHS = {1280: 800, 390: 844}
_COLOURS_AT_REST = """async () => {
    const frame = () => new Promise(requestAnimationFrame)
    await frame(); await frame()
    const ends = one => one.effect.getComputedTiming().endTime !== Infinity
    await Promise.allSettled(document.getAnimations().filter(ends).map(one => one.finished))
}"""
"""A change of theme fades from one colour to the other; what is measured is where it ends."""
_SOME_FRAMES = """async () => {
    for (let frame = 0; frame < 8; frame++) await new Promise(requestAnimationFrame)
}"""
"""A page that has its answers draws them, and asks for what they lead to, within this; it is longer on a busy machine."""
_SERIOUS = ("serious", "critical")
_PATIENCE_MILLISECONDS = 30_000


class View(msgspec.Struct, frozen=True):
    """How a page is looked at."""

    language: str = "zh-CN"
    theme: str = "light"
    width: int = 1280

    def __str__(self) -> str:
        return f"{self.language}-{self.theme}-{self.width}"


VIEWS = tuple(View(language, theme, width) for language in LANGUAGES for theme in THEMES for width in WIDTHS)
FULLY_CHECKED = (View("zh-CN", "light", 1280), View("zh-CN", "dark", 390))
"""Names, roles and order differ by width, contrast by theme; neither differs by language."""


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, with a profile of its own that goes with it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), headless=True, args=list(FLAGS)
        )
        try:
            yield browser
        finally:
            await browser.close()


class Seat:
    """One person's browser window at one installation."""

    def __init__(self, url: str, context: BrowserContext, page: Page) -> None:
        self.url = url
        self.context = context
        self.page = page
        self.faults: list[str] = []
        self._expected: set[int] = set()
        self._under_way: set[Request] = set()
        self._begun = 0
        page.set_default_timeout(_PATIENCE_MILLISECONDS)
        page.on("console", self._on_console)
        page.on("pageerror", self._on_error)
        page.on("request", self._on_request)
        page.on("requestfinished", self._on_answer)
        page.on("requestfailed", self._on_answer)

    def expect_refusal(self, *statuses: int) -> None:
        """Answers of these statuses are what the test is about: the browser's remark on them is no fault."""
        self._expected.update(statuses)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        refused = any(f"status of {status} " in message.text for status in self._expected)
        if not refused:
            self.faults.append(f"console: {message.text} {message.location.get('url', '')}")

    def _on_error(self, error: Error) -> None:
        self.faults.append(f"error: {error}")

    def _on_request(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self._under_way.clear()  # the page before takes with it what it still waited for
        self._under_way.add(request)
        self._begun += 1

    def _on_answer(self, request: Request) -> None:
        self._under_way.discard(request)

    async def speak(self, language: str) -> None:
        """Choose the language, as the person's browser remembers it; holds from the next page on."""
        await self.context.add_init_script(
            "if (location.protocol === 'http:') "
            f"localStorage.setItem('yunhu.language', {json.dumps(json.dumps(language))})"
        )

    async def look(self, view: View) -> None:
        """Theme and width of the page as it stands: the console follows the system's theme until told otherwise."""
        scheme: Literal["light", "dark"] = "dark" if view.theme == "dark" else "light"
        await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await self.page.set_viewport_size({"width": view.width, "height": WIDTHS[view.width]})
        await self.page.evaluate(_COLOURS_AT_REST)

    async def open(self, path: str, ready: str = "h1", *, follows: bool = False) -> None:
        """Open a page and wait until it shows what it must and, unless it follows what happens, asks for nothing more."""
        await self.page.goto(f"{self.url}{path}")
        await self.page.locator(ready).first.wait_for()
        if not follows:
            await self.settled()

    async def settled(self) -> None:
        """No request is under way, none has followed in some frames, and nothing is marked busy."""
        async with asyncio.timeout(_PATIENCE_MILLISECONDS / 1000):
            while not await self._at_rest():
                pass
        # Not by `wait_for_function`: what it evaluates after its first look is refused by the content security policy.
        await self.page.locator("[aria-busy=true]").first.wait_for(state="detached")

    async def _at_rest(self) -> bool:
        before = self._begun
        try:
            await self.page.evaluate(_SOME_FRAMES)
        except Error as error:
            if "Execution context was destroyed" not in error.message:
                raise
            return False  # another page has begun meanwhile
        return not self._under_way and self._begun == before

    async def findings(self, *rules: str) -> list[str]:
        """What axe finds serious on the page as it stands; only by some of its rules, where they are named."""
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        options: dict[str, Any] = {"resultTypes": ["violations"]}
        if rules:
            options["runOnly"] = {"type": "rule", "values": list(rules)}
        found: dict[str, Any] = await self.page.evaluate("options => axe.run(document, options)", options)
        return [
            f"axe {one['impact']} {one['id']}: {node['target']} {node['failureSummary']}"
            for one in found["violations"]
            if one["impact"] in _SERIOUS
            for node in one["nodes"][:3]
        ]

    async def sideways(self) -> list[str]:
        """Whether the page is wider than the window."""
        over: int = await self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return [f"the page is {over} px wider than the window"] if over > 0 else []

    async def picture(self, name: str) -> None:
        """Keep what is to be seen."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        # JPEG takes the browser half the time of PNG, and a walk over every page takes 800 of them.
        await self.page.screenshot(
            path=PICTURES / f"{name}.jpg", type="jpeg", quality=90, full_page=True, animations="disabled"
        )

    def assert_no_faults(self) -> None:
        """Fails on errors of the console since the last time."""
        faults, self.faults = self.faults, []
        assert not faults, "\n".join(faults)


@asynccontextmanager
async def seat(browser: Browser, url: str, person: Person | None) -> AsyncIterator[Seat]:
    """A window of its own, signed in as a person where one is given."""
    context = await browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="zh-CN", reduced_motion="reduce"
    )
    try:
        if person is not None:
            await context.add_cookies(person.cookies)  # type: ignore[arg-type]
        yield Seat(url, context, await context.new_page())
    finally:
        await context.close()
