"""From nobody to the start page, and out again: what a person meets at the door."""

from urllib.parse import urlsplit

import pyotp
import pytest
from tests.e2e.console.conftest import Sit
from tests.support.console.people import PASSWORD, Cast, fresh_code

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.peer("chromium"),
    pytest.mark.asyncio(loop_scope="session"),
]
NEW_PASSWORD = "Lantern-Gravel-77"


async def test_given_an_invitation_when_taken_then_the_second_factor_is_enrolled_and_the_start_page_opens(
    sit: Sit, cast: Cast
) -> None:
    await cast.person("tenant:administrator")
    token = await cast.invite("tenant:administrator", "second.administrator")
    window = await sit(None)
    await window.open(f"/welcome#token={token}", "input[name=password]")
    assert "token" not in window.page.url, "the token stays in no history"
    await window.page.fill("input[name=password]", PASSWORD)
    await window.page.fill("input[name=again]", PASSWORD)
    await window.page.click("button[type=submit]")
    await window.page.locator("input[name=login]").fill("second.administrator")
    await window.page.fill("input[name=password]", PASSWORD)
    await window.page.click("button[type=submit]")
    secret = await window.page.locator(".qr input").input_value()
    await window.page.fill("input[name=code]", pyotp.TOTP(secret).now())
    await window.page.click("button[type=submit]")
    await window.page.locator("[data-test=enter]").wait_for()
    assert await window.page.locator(".codes li").count() == 10
    await window.page.click("[data-test=enter]")
    await window.page.locator("nav [aria-current=page]").first.wait_for()
    stored = await window.page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert secret not in stored
    assert not any(word in stored.lower() for word in ("token", "csrf", "session"))
    cookies = await window.context.cookies()
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Strict" for cookie in cookies)
    window.assert_no_faults()


async def test_given_wrong_words_when_signing_in_then_the_page_says_so_and_tells_the_stable_id(
    sit: Sit, cast: Cast
) -> None:
    await cast.person("tenant:agent")
    window = await sit(None)
    window.expect_refusal(401)
    await window.open("/account", "input[name=login]")
    assert urlsplit(window.page.url).path == "/sign-in"
    await window.page.fill("input[name=login]", "tenant-agent")
    await window.page.fill("input[name=password]", "Wrong-Words-1")
    await window.page.click("button[type=submit]")
    note = window.page.locator("[role=alert]")
    await note.wait_for()
    assert "identity.sign_in_failed" in await note.inner_text()
    await window.page.fill("input[name=password]", PASSWORD)
    await window.page.click("button[type=submit]")
    await window.page.wait_for_url("**/account")  # one lands where one wanted to go
    await window.page.get_by_text("127.0.0.1").first.wait_for()
    window.assert_no_faults()


async def test_given_a_reset_password_when_signing_in_then_another_is_demanded(sit: Sit, cast: Cast) -> None:
    token = await cast.invite("tenant:agent", "forgetful")
    accepted = await cast.http.post("/invitations/accept", json={"token": token, "password": PASSWORD})
    assert accepted.status_code == 204
    users = await cast.call("tenant:administrator", "GET", "/users")
    user = next(one for one in users["items"] if one["login"] == "forgetful")
    manager = await sit("tenant:administrator")
    await manager.open(f"/users/{user['id']}", "form")
    await manager.page.get_by_role("button", name="重置密码").click()
    await manager.page.click(".el-dialog [data-test=confirm]")
    temporary = await manager.page.locator("[data-test=temporary] input").input_value()
    manager.assert_no_faults()
    window = await sit(None)
    await window.open("/sign-in", "input[name=login]")
    await window.page.fill("input[name=login]", "forgetful")
    await window.page.fill("input[name=password]", temporary)
    await window.page.click("button[type=submit]")
    await window.page.locator("input[name=new_password]").fill(NEW_PASSWORD)
    await window.page.fill("input[name=again]", NEW_PASSWORD)
    await window.page.click("button[type=submit]")
    await window.page.locator("nav [aria-current=page]").first.wait_for()
    window.assert_no_faults()


async def test_given_a_session_that_was_ended_elsewhere_when_something_is_done_then_a_notice_says_so(
    sit: Sit, cast: Cast
) -> None:
    first = await cast.person("tenant:administrator")
    window = await sit("tenant:administrator")
    await window.open("/users", "tbody tr")
    window.expect_refusal(401)
    code_taker = await cast.sign_in_again(first, await fresh_code(first))
    for session in await cast.call_as(code_taker, "GET", "/account/sessions"):
        if not session["current"]:
            await cast.call_as(code_taker, "DELETE", f"/account/sessions/{session['id']}")
    await window.page.get_by_role("button", name="刷新").click()
    await window.page.get_by_text("会话已结束").wait_for()
    await window.page.get_by_role("button", name="重新登录").click()
    await window.page.locator("input[name=login]").wait_for()
    assert "next=" in window.page.url
    cast.replace("tenant:administrator", code_taker)
    window.assert_no_faults()
