"""The versions of an artifact in Chromium: by keyboard, with nothing for axe to find."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no annotations
from playwright.sync_api import Page, expect

from tests.artifacts.previews.making import make_image
from tests.browser.editor import run_script, wait_for_end
from tests.browser.files import upload
from tests.browser.test_accessibility import RULES, is_fault
from tests.tools.server import Server

SCRIPT = """
local id = Session.create({name = "Support"})
Session.setCurrent(id)
for number = 1, 3 do
  Artifact.store("", "tool_result", "notes.txt", ("same\\n"):rep(40) .. "the quick " .. number .. " fox\\nend\\n",
    {tags = {"final"}, source = {place = {1, 2}}})
end
"""


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_versions_are_chosen_and_compared(signed_in: Page, width: int, scheme: str) -> None:
    page = signed_in
    run_script(page, SCRIPT)
    wait_for_end(page, "succeeded")
    page.get_by_role("region", name="Touched by this run").get_by_role("link", name="notes.txt").first.click()
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal
    page.get_by_role("link", name="Versions", exact=True).press("Enter")
    page.get_by_label("Choose version 1").press("Space")
    page.get_by_label("Choose version 3").press("Space")
    look_at(page)
    page.get_by_role("button", name="Compare the chosen two").press("Enter")
    expect(page.locator("del")).to_have_text("1")
    expect(page.locator("ins")).to_have_text("3")
    expect(page.get_by_text("lines are the same")).to_be_visible()
    look_at(page)
    page.get_by_role("link", name="Side by side").press("Enter")
    expect(page.get_by_role("link", name="One below the other")).to_be_visible()
    look_at(page)
    page.get_by_role("link", name="notes.txt v1").press("Enter")
    expect(page.get_by_text("This is an old version.")).to_be_visible()
    look_at(page)


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark")])
def test_pictures_and_cells_are_compared(server: Server, signed_in: Page, width: int, scheme: str) -> None:
    page = signed_in
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if is_fault(message) else None)
    session = make_session(page, server)
    for size, price in ((60, 1), (90, 2)):
        picture, table = make_image("PNG", (size, 40)), b"id,name,price\n" + b"1,pear,%d\n2,plum,7\n" % price
        upload(page, session, {"picture.png": picture, "table.csv": table})
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal

    page.goto(f"{session}artifacts/at?artifact=table.csv%40latest")
    page.get_by_role("link", name="What changed").press("Enter")
    table_row = page.get_by_role("row", name="changed 1 1 1 pear")
    expect(table_row.locator("del")).to_have_text("1")
    expect(table_row.locator("ins")).to_have_text("2")
    look_at(page)

    page.goto(f"{session}artifacts/at?artifact=picture.png%40latest")
    page.get_by_role("link", name="What changed").press("Enter")
    expect(page.get_by_text("The second is 30 pixels wider and as tall.")).to_be_visible()
    look_at(page)
    page.get_by_role("link", name="Swipe").press("Enter")
    slider = page.get_by_role("slider")
    slider.press("End")
    expect(page.locator("line")).to_have_attribute("x1", "100%")
    slider.press("ArrowLeft")
    expect(page.locator("line")).to_have_attribute("x1", "99%")
    expect(page).to_have_url(re.compile("at=99"))
    look_at(page)
    page.get_by_role("link", name="Difference", exact=True).press("Enter")
    expect(page.get_by_role("img", name="What differs between the two")).to_be_visible()
    look_at(page)
    page.goto(page.url.replace("layout=difference", "layout=round"))
    expect(page.get_by_role("alert")).to_contain_text("Layout: expected side or swipe or difference or contrast")
    look_at(page)
    assert faults == []


def make_session(page: Page, server: Server) -> str:
    """The address of its page."""
    page.goto(f"{server.url}/sessions/new")
    page.get_by_label("Name", exact=True).fill("Work")
    page.get_by_role("button", name="Create").click()
    page.wait_for_url("**/sessions/*-*/")
    return page.url


def look_at(page: Page) -> None:
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
