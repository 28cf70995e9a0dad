"""The second factor as people meet it: turned on with an app, then asked for when logging in."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no annotations
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, USERNAME
from tests.browser.test_accessibility import RULES
from tests.tools.server import Server


def faults(page: Page) -> list[str]:
    found = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # colours change at once
        found += [str(fault["nodes"][0]["html"]) for fault in Axe().run(page, options=RULES).response["violations"]]
    return found


def test_a_second_factor_is_turned_on_and_asked_for(server: Server, signed_in: Page) -> None:
    page = signed_in
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto(f"{server.url}/account/")
    page.get_by_role("link", name="Turn on…").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    picture = page.get_by_alt_text("QR code")
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("image => image.naturalWidth") > 0
    secret = page.locator("[data-secret]").inner_text()
    found = faults(page)
    page.get_by_label("code").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    code = page.locator("main li code").first.inner_text()
    found += faults(page)
    page.context.clear_cookies()
    page.goto(f"{server.url}/login/?next=/account/")
    page.get_by_label("Username").fill(USERNAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    found += faults(page)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("9 recovery codes left")).to_be_visible()
    page.get_by_role("link", name="Turn off…").click()
    found += faults(page)
    assert found == []
    assert refused == []
