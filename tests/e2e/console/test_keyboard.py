"""By keyboard alone: past the navigation, through the search box, over the week, in and out of dialogs; and the API's page."""

import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page
from tests.e2e.console.conftest import Sit
from tests.e2e.console.pages.notifications import message_id, played
from tests.support.console.browser import Seat, View
from tests.support.console.people import TENANT, Cast

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.peer("chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def focused(page: Page, what: str) -> Any:
    """Something of the element that has the focus."""
    return await page.evaluate(f"() => document.activeElement?.{what}")


async def test_given_a_page_when_tab_and_enter_are_pressed_first_then_the_focus_is_in_the_content(
    sit: Sit,
) -> None:
    window = await sit("tenant:supervisor")
    await window.open("/calls")
    await window.page.keyboard.press("Tab")
    assert await focused(window.page, "textContent") == "跳到正文"
    await window.page.keyboard.press("Enter")
    assert await focused(window.page, "id") == "content"
    await window.page.keyboard.press("Tab")
    assert await focused(window.page, "closest('main')?.id") == "content"
    window.assert_no_faults()


async def test_given_the_search_box_when_used_by_keys_alone_then_arrows_choose_enter_opens_and_escape_closes(
    sit: Sit,
) -> None:
    window = await sit("tenant:supervisor")
    page = window.page
    await window.open("/calls")
    box = await box_of(page)
    await page.keyboard.insert_text("通")
    hits = page.locator("#search-hits [role=option]")
    await hits.first.and_(page.get_by_role("option", name="通知")).wait_for()
    assert await box.get_attribute("aria-activedescendant") == "hit-0"
    await page.keyboard.press("ArrowUp")
    last = await hits.count() - 1
    assert last > 0
    assert await box.get_attribute("aria-activedescendant") == f"hit-{last}"
    await page.keyboard.press("ArrowDown")
    assert await box.get_attribute("aria-activedescendant") == "hit-0"
    await page.keyboard.press("Escape")
    await box.wait_for(state="hidden")
    opener = page.get_by_role("button", name=re.compile("搜索号码"))
    await opener.focus()
    await page.keyboard.press("Enter")
    await box.wait_for()
    await page.keyboard.press("Escape")
    await box.wait_for(state="hidden")
    await opener.and_(page.locator(":focus")).wait_for()  # the focus is where it was
    await page.keyboard.press("Enter")
    await box.and_(page.locator(":focus")).wait_for()
    # Enter right after the last letter goes by these letters, not by what was listed before.
    await page.keyboard.insert_text("外显号码")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/numbers")
    window.assert_no_faults()


async def box_of(page: Page) -> Locator:
    """The search box, once the keys go to it."""
    await page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="搜索")
    await box.and_(page.locator(":focus")).wait_for()
    return box


async def searched(sit: Sit, role: str, words: str, address: str) -> None:
    """Whoever has the role finds something by words, and Enter leads to its page."""
    window = await sit(role)
    await window.open("/account")
    await box_of(window.page)
    await window.page.keyboard.insert_text(words)
    await window.page.keyboard.press("Enter")
    await window.page.wait_for_url(address)
    await window.page.locator("main h1").wait_for()
    await window.settled()
    assert "/forbidden" not in window.page.url
    window.assert_no_faults()


async def test_given_a_tenants_people_when_they_search_then_script_contract_and_number_lead_to_their_pages(
    sit: Sit, cast: Cast
) -> None:
    role = "tenant:supervisor"
    script = (await cast.call(role, "GET", "/scripts"))["items"][0]
    contract = (await cast.call(role, "GET", "/contracts/current"))["contract"]
    number = (await cast.call(role, "GET", "/caller-numbers"))["items"][0]
    await searched(sit, role, script["slug"], f"**/scripts/{script['slug']}")
    await searched(sit, role, contract["number"], f"**/contracts/{contract['id']}")
    await searched(sit, role, number["number"], f"**/numbers/{number['id']}")


async def test_given_the_operators_people_when_they_search_then_tenant_contract_and_number_lead_to_their_pages(
    sit: Sit, cast: Cast
) -> None:
    role = "operator:administrator"
    contract = (await cast.call(role, "GET", f"/operator/contracts?tenant={TENANT}"))["items"][0]
    number = (await cast.call(role, "GET", "/operator/caller-numbers"))["items"][0]
    await searched(sit, role, TENANT, f"**/operator/*tenant*{TENANT}*")
    await searched(sit, role, contract["number"], f"**/operator/contracts/{contract['id']}")
    await searched(sit, role, number["number"], f"**/operator/numbers/{number['id']}")


async def test_given_a_text_a_call_or_a_notification_when_its_id_is_searched_then_each_side_comes_to_its_own_page_of_it(
    sit: Sit, cast: Cast
) -> None:
    message, played_call = await message_id(cast), (await played(cast))["calls"][0]
    call, notification = str(played_call["id"]), str(played_call["notification_id"])
    await searched(sit, "tenant:agent", message, f"**/messages/{message}")
    await searched(sit, "operator:support", message, f"**/operator/messages/{message}")
    await searched(sit, "operator:support", call, f"**/operator/calls/{call}")
    await searched(sit, "operator:support", notification, f"**/operator/notifications/{notification}")


async def test_given_the_week_when_painted_by_arrows_shift_and_space_then_the_lines_below_say_so(
    sit: Sit,
) -> None:
    window = await sit("tenant:supervisor")
    page = window.page
    await window.open("/filings/new", "[data-test=week]")
    await page.get_by_role("button", name="清空").click()
    grid = page.get_by_role("grid")
    await grid.focus()
    name = "() => document.getElementById(document.querySelector('[role=grid]').getAttribute('aria-activedescendant')).getAttribute('aria-label')"
    assert await page.evaluate(name) == "周一 09:00—09:30"
    await page.keyboard.press("Space")
    lines = page.get_by_role("list", name="时段")
    assert await lines.locator("li").count() == 1
    assert await page.locator("[role=gridcell][aria-selected=true]").count() == 1
    for key in ("ArrowRight", "Shift+ArrowRight", "Shift+Control+ArrowRight", "Shift+ArrowDown"):
        await page.keyboard.press(key)
    await page.keyboard.press("Space")
    # Monday 9:00 to 11:30, Tuesday 9:30 to 11:30.
    assert await page.locator("[role=gridcell][aria-selected=true]").count() == 9
    await page.get_by_text("每周 4.5 小时").wait_for()
    await page.keyboard.press("Space")
    assert await page.locator("[role=gridcell][aria-selected=true]").count() == 8, "painting again clears"
    await page.keyboard.press("Shift+ArrowUp")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+Home")
    assert await page.evaluate(name) == "周一 00:00—00:30"
    assert await window.findings() == []
    window.assert_no_faults()


async def test_given_a_dialog_when_closed_by_keyboard_then_the_focus_is_back_on_its_button(sit: Sit) -> None:
    window = await sit("operator:administrator")
    page = window.page
    await window.open("/operator/tenants", "tbody tr")
    for button in ("add", "toggle"):
        await page.locator(f"[data-test={button}]").first.focus()
        await page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        await dialog.wait_for()
        await page.keyboard.press("Escape")
        await dialog.wait_for(state="hidden")
        assert await focused(page, "dataset.test") == button
    await window.look(View(width=390))
    await page.locator("[data-test=add]").click()
    box = await page.get_by_role("dialog").locator("form").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390, "a dialog is no wider than a phone"
    window.assert_no_faults()


async def tried_by_keys(window: Seat, button: str, field: str, following: str) -> None:
    """A form opens by Enter with the keys in its first field; Tab goes on; Escape closes and leads back."""
    page = window.page
    await page.locator(button).first.focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await dialog.locator(f"{field}:focus").wait_for()
    assert await window.findings() == []
    await page.keyboard.press("Tab")
    await dialog.locator(f"{following}:focus").wait_for()
    await page.keyboard.press("Shift+Tab")
    await dialog.locator(f"{field}:focus").wait_for()
    await page.keyboard.press("Escape")
    await dialog.wait_for(state="hidden")
    assert await page.locator(button).first.evaluate("one => one === document.activeElement")


async def test_given_forms_in_dialogs_when_opened_then_the_keys_are_in_the_first_field_and_escape_closes(
    sit: Sit,
) -> None:
    window = await sit("operator:administrator")
    await window.open("/operator/tenants", "tbody tr")
    await tried_by_keys(window, "[data-test=add]", "input", "input")
    # A question that wants a reason, with a list of what will happen before it.
    await tried_by_keys(window, "[data-test=toggle]", "textarea", "button")
    # A choice from a list first.
    await window.open(f"/operator/complaints?tenant={TENANT}", "[data-test=gauge]")
    await tried_by_keys(window, "[data-test=intake]", "input[role=combobox]", "input")
    # Radio buttons first: the chosen one.
    await window.open("/operator/card-carriers", "[data-test=set-way]")
    await tried_by_keys(window, "[data-test=set-way]", "input[type=radio]:checked", "input")
    window.assert_no_faults()


async def test_given_the_page_of_the_api_when_a_request_is_tried_with_the_session_then_it_answers_on_a_phone_too(
    sit: Sit,
) -> None:
    window = await sit("tenant:integrator")
    page = window.page
    await window.open("/docs", "section summary")
    await page.get_by_label("查找").fill("notifications post")
    await page.get_by_text("本浏览器的登录会话").click()
    await page.get_by_text("tenant-integrator").wait_for()
    await page.get_by_label("查找").fill("list notifications")
    shown = page.locator("section > details:visible").first
    await shown.locator("summary").first.click()
    await shown.get_by_label(re.compile("limit")).fill("1")
    await shown.get_by_role("button", name="发送 Send").click()
    await shown.get_by_text("200").first.wait_for()
    assert '"items"' in await shown.locator("pre").first.inner_text()
    for view in (View(), View(theme="dark", width=390)):
        await window.look(view)
        assert await window.sideways() == []
        assert await window.findings() == []
        await window.picture(f"docs-{view}")
    window.assert_no_faults()


async def test_given_the_page_of_the_api_when_a_key_is_not_good_then_the_refusal_is_shown(sit: Sit) -> None:
    window = await sit(None)
    window.expect_refusal(401)
    await window.open("/docs#ApiV1NotificationsListNotifications", "section summary")
    await window.page.locator("#key").fill("yh_nobody_nothing")
    await window.page.get_by_label("查找").fill("list notifications")
    shown = window.page.locator("section > details:visible").first
    if await shown.get_attribute("open") is None:
        await shown.locator("summary").first.click()
    await shown.get_by_role("button", name="发送 Send").click()
    await shown.get_by_text("identity.unauthenticated").wait_for()
    window.assert_no_faults()
