"""The list of all artifacts: found in the box, chosen by keyboard, tagged and taken as one ZIP; a row at a glance."""

import re
import zipfile

from playwright.sync_api import Page, expect

from tests.browser.session_list import faults, make_sessions
from tests.tools.server import Server

SCRIPT = """
for number = 1, 2 do
    local id = Session.create({name = "Work " .. number})
    for part = 1, 4 do
        Artifact.store(id, "tool_result", "part-" .. part .. ".txt", "words of " .. number .. "." .. part)
    end
    Artifact.store(id, "code_generation", "program.lua", "return " .. number)
end
"""


def test_artifacts_of_all_sessions_by_keyboard(server: Server, signed_in: Page) -> None:
    page = signed_in
    make_sessions(page, SCRIPT)
    page.goto(f"{server.url}/artifacts/")
    links = page.locator("tr[data-row] th a")
    expect(links).to_have_count(10)
    box = page.get_by_role("combobox", name="Search")
    box.fill("")
    box.press_sequentially("type:too")
    page.get_by_role("option", name="tool_result").wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value(re.compile("type:tool_result ?"))
    box.press("Enter")
    expect(links).to_have_count(8)
    expect(page).to_have_url(re.compile(r"/artifacts/\?.*q=type"))
    expect(page.get_by_role("complementary", name="Counts")).to_contain_text("8 artifacts")
    box.blur()
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    expect(page.locator(".preview")).to_contain_text("words of 2.4")
    assert faults(page) == []
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    bar = page.get_by_role("form", name="Act on several artifacts")
    expect(bar.get_by_role("status")).to_have_text("2 selected")
    with page.expect_download() as download:
        bar.get_by_role("button", name="ZIP").click()
    assert sorted(zipfile.ZipFile(download.value.path()).namelist()) == ["Work 2/part-3.txt", "Work 2/part-4.txt"]
    bar.get_by_role("button", name="Add tag").press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tag").fill("seen")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The tag “seen” added to 2 artifacts.")).to_be_visible()
    page.goto(f"{server.url}/artifacts/?tag=seen")
    expect(links).to_have_text(["part-4.txt", "part-3.txt"])
