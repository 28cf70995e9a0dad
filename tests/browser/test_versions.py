"""The versions of an artifact in Chromium: by keyboard, with nothing for axe to find."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no annotations
from playwright.sync_api import Page, expect

from tests.browser.editor import run_script, wait_for_end
from tests.browser.test_accessibility import RULES

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


def look_at(page: Page) -> None:
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
